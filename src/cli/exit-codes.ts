// The exit codes of every command, and what each means.

/** It did what was asked. */
export const EXIT_OK = 0;
/** It could not do what was asked. */
export const EXIT_FAILURE = 1;
/** It was not asked rightly: an unknown flag, a value that cannot be. */
export const EXIT_USAGE = 2;
/** No agent answered where one was asked for. */
export const EXIT_NO_AGENT = 3;
/** The agent answered, and refused. */
export const EXIT_REFUSED = 4;

/** One of the exit codes. */
export type ExitCode =
  | typeof EXIT_OK
  | typeof EXIT_FAILURE
  | typeof EXIT_USAGE
  | typeof EXIT_NO_AGENT
  | typeof EXIT_REFUSED;

/** What each means; docs/CLI.md has the same table. */
export const EXIT_MEANINGS: Readonly<Record<ExitCode, string>> = {
  [EXIT_OK]: "it did what was asked",
  [EXIT_FAILURE]: "it could not do what was asked",
  [EXIT_USAGE]: "a flag, an argument, a variable or the config file is wrong",
  [EXIT_NO_AGENT]: "no agent answers at the address of --admin",
  [EXIT_REFUSED]: "the agent refused: an unknown member, a read-only agent, a value over a limit",
};
