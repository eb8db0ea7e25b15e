// The token of the admin service, which stands in a file: in a flag or a variable others could see it.

import { readText } from "./certs-folder.js";

/** The token in that file, without the newline at its end. */
export function readToken(path: string): string {
  return readText(path, "name a file with the token in it").trim();
}
