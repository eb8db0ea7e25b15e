// The lines of the core and the wire that random runs do not reach, each with the reason why. What is
// named here has to be unreached, and what is unreached has to be named here: see `unexplained`.

import type { FileCoverage } from "../../src/cli/line-coverage.js";

/** Why some lines of a file are not reached. Lines have no numbers here, since these move. */
export type ExplainedLines = {
  /** As in `src/core/core.ts`. */
  readonly file: string;
  /** In one line. */
  readonly reason: string;
} & (
  | { readonly type: "whole-file" }
  /** All unreached lines of that function, as V8 calls it: `#onHello`, or `get size`. */
  | { readonly type: "function"; readonly name: string }
  /** All lines with that text, without the spaces around it. */
  | { readonly type: "line"; readonly text: string }
);

/** To be kept short: what a better world would reach belongs into the world. */
export const UNREACHED_LINES: readonly ExplainedLines[] = [
  {
    type: "whole-file",
    file: "src/wire/server-reflection.ts",
    reason: "a service of gRPC beside the protocols, which no peer asks another for",
  },
  {
    type: "whole-file",
    file: "src/wire/health-check.ts",
    reason: "a service of gRPC beside the protocols, which no peer asks another for",
  },
];

/** How the list and what was reached differ; both are empty where they agree. */
export interface UnexplainedLines {
  /** Unreached lines that nothing explains, as in `src/core/core.ts:12: text`. */
  readonly unexplained: readonly string[];
  /** Entries of the list that no unreached line fits: they are reached by now, or gone. */
  readonly stale: readonly ExplainedLines[];
}

/** Holds what was reached against the list. */
export function unexplained(
  files: readonly FileCoverage[],
  list: readonly ExplainedLines[] = UNREACHED_LINES,
): UnexplainedLines {
  const needed = new Set<ExplainedLines>();
  const lines: string[] = [];
  for (const { file, unreached } of files) {
    const entries = list.filter((entry) => entry.file === file);
    for (const { line, text, functionName } of unreached) {
      const fitting = entries.filter((entry) => fits(entry, text, functionName));
      for (const entry of fitting) needed.add(entry);
      if (fitting.length === 0) lines.push(`${file}:${line}: ${text}`);
    }
  }
  return { unexplained: lines, stale: list.filter((entry) => !needed.has(entry)) };
}

function fits(entry: ExplainedLines, text: string, functionName: string): boolean {
  switch (entry.type) {
    case "whole-file":
      return true;
    case "function":
      return entry.name === functionName;
    case "line":
      return entry.text === text;
    default:
      return entry satisfies never;
  }
}
