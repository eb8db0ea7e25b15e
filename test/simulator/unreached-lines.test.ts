// The list of lines that random runs do not reach: it is held against what they reached, whatever the
// numbers of the lines are by then.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { FileCoverage } from "../../src/cli/line-coverage.js";
import { type ExplainedLines, UNREACHED_LINES, unexplained } from "./unreached-lines.js";

/** Of a file in which these lines were not reached. */
function coverageOf(...unreached: FileCoverage["unreached"][number][]): FileCoverage {
  return { file: "src/core/a.ts", lines: 9, unreached, unreachedRanges: [], partlyReached: [] };
}

const BY_TEXT = {
  type: "line",
  file: "src/core/a.ts",
  text: "throw new Error();",
  reason: "it cannot be",
} as const satisfies ExplainedLines;
const BY_FUNCTION = {
  type: "function",
  file: "src/core/a.ts",
  name: "get size",
  reason: "for people",
} as const satisfies ExplainedLines;
const BY_FILE = {
  type: "whole-file",
  file: "src/core/a.ts",
  reason: "nobody calls it",
} as const satisfies ExplainedLines;

const THROW = { line: 7, text: "throw new Error();", functionName: "get own" };
const RETURN = { line: 3, text: "return 1;", functionName: "get size" };

test("a line is explained by its text, its function or its file, wherever it stands", () => {
  for (const [entry, line] of [
    [BY_TEXT, THROW],
    [BY_FUNCTION, RETURN],
    [BY_FILE, THROW],
  ] as const) {
    for (const number of [line.line, 99]) {
      const files = [coverageOf({ ...line, line: number })];
      expect(unexplained(files, [entry])).toEqual({ unexplained: [], stale: [] });
    }
  }
});

test("a line that nothing explains is named", () => {
  const files = [coverageOf(RETURN, THROW)];
  expect(unexplained(files, [BY_TEXT]).unexplained).toEqual(["src/core/a.ts:3: return 1;"]);
  const elsewhere = { ...BY_FUNCTION, file: "src/core/b.ts" };
  expect(unexplained(files, [BY_TEXT, elsewhere]).unexplained).toHaveLength(1);
});

test("an entry whose lines are reached, or are no more, is stale", () => {
  const files = [coverageOf(THROW)];
  expect(unexplained(files, [BY_TEXT, BY_FUNCTION]).stale).toEqual([BY_FUNCTION]);
  expect(unexplained([], [BY_FILE]).stale).toEqual([BY_FILE]);
});

test("the list names files that are there, with a reason for each", () => {
  for (const { file, reason } of UNREACHED_LINES) {
    expect(existsSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)))).toBe(true);
    expect(reason).toMatch(/^[^\n]{10,}$/);
  }
});
