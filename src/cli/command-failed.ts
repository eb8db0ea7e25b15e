// What a command throws when it did what it was asked, and the outcome is a failure.

import { EXIT_FAILURE, type ExitCode } from "./exit-codes.js";

/** The message is the one line that is printed. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";

  /** With what the process ends. */
  readonly exitCode: ExitCode;

  constructor(
    message: string,
    { exitCode = EXIT_FAILURE, cause }: { exitCode?: ExitCode; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}
