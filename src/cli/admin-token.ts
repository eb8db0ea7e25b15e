// The token of the admin service, which stands in a file: in a flag or a variable others could see it.

import { readText } from "./file-text.js";

/** The token in that file, without the newline at its end. */
export async function readToken(path: string): Promise<string> {
  return (await readText(path, "name a file with the token in it")).trim();
}
