// What a command throws when it did what it was asked, and the outcome is a failure: exit code 1.

/** The message is the one line that is printed. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
}
