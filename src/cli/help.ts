// What `--help` says after the flags: examples to copy, and the exit codes of the command.

import type { Command } from "commander";
import {
  EXIT_FAILURE,
  EXIT_MEANINGS,
  EXIT_NO_AGENT,
  EXIT_OK,
  EXIT_REFUSED,
  EXIT_USAGE,
} from "./exit-codes.js";

/** What is taught of a command. */
export interface Lesson {
  /** Command lines, with what each does. */
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  /** Paragraphs, wrapped by hand. */
  readonly text?: string;
  /** What it means that it could not do what was asked, where more can be said. */
  readonly failure?: string;
  /** Whether it asks a running agent, which may be absent or refuse. */
  readonly asksAgent?: boolean;
}

/** Adds the lesson to the command's help. */
export function teach(command: Command, lesson: Lesson): Command {
  const { examples, text, failure = EXIT_MEANINGS[EXIT_FAILURE], asksAgent = false } = lesson;
  const widest = Math.max(...examples.map(([example]) => example.length));
  const agentCodes = asksAgent ? ([EXIT_NO_AGENT, EXIT_REFUSED] as const) : [];
  const codes = ([EXIT_USAGE, ...agentCodes] as const).map(
    (code) => `  ${code}  ${EXIT_MEANINGS[code]}`,
  );
  const lines = [
    "",
    "Examples:",
    ...examples.map(([example, meaning]) => `  $ ${example.padEnd(widest)}  ${meaning}`),
    ...(text === undefined ? [] : ["", text.trim()]),
    "",
    "Exit codes:",
    `  ${EXIT_OK}  ${EXIT_MEANINGS[EXIT_OK]}`,
    `  ${EXIT_FAILURE}  ${failure}`,
    ...codes,
  ];
  return command.addHelpText("after", lines.join("\n"));
}
