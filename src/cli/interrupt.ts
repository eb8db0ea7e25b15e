// The end of a command that goes on until it is told to end.

import { EXIT_OK } from "./exit-codes.js";

/** From now on, Ctrl-C and SIGTERM are how the command is meant to end. */
export function endOnSignal(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => process.exit(EXIT_OK));
}
