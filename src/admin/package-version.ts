// The version of this package, as package.json has it.

import { readFileSync } from "node:fs";

/** Such as `1.2.3`. */
export function packageVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(text) as { version: string };
  return version;
}
