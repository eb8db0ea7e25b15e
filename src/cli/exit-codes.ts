// The exit codes of every command.

/** It did what was asked. */
export const EXIT_OK = 0;
/** It could not do what was asked. */
export const EXIT_FAILURE = 1;
/** It was not asked rightly: an unknown flag, a value that cannot be. */
export const EXIT_USAGE = 2;
