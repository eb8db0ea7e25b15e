// What random runs reached of the core and the wire, for people and for programs.

import type { FileCoverage } from "./line-coverage.js";
import { plainTable } from "./output.js";

/** Of one file, or of all. */
interface CoverageFigures {
  /** Lines with code that can be reached. */
  readonly lines: number;
  readonly reached: number;
  /** The share that was reached, with two digits behind the point. */
  readonly percent: number;
}

/** What is printed as JSON. */
export interface CoverageReport extends CoverageFigures {
  readonly files: readonly (FileCoverage & CoverageFigures)[];
}

/** Adds up the figures of all files. */
export function coverageReport(files: readonly FileCoverage[]): CoverageReport {
  const sums = files.map((file) => ({
    ...file,
    ...figuresOf(file.lines, file.lines - file.unreached.length),
  }));
  const lines = sums.reduce((sum, file) => sum + file.lines, 0);
  const reached = sums.reduce((sum, file) => sum + file.reached, 0);
  return { ...figuresOf(lines, reached), files: sums };
}

/** A line for each file. */
export function coverageText({ lines, reached, percent, files }: CoverageReport): string {
  const rows = files.map((file) => [
    file.file,
    `${file.reached}/${file.lines}`,
    `${file.percent} %`,
    file.unreachedRanges.map(rangeText).join(", "),
  ]);
  return [
    `lines of src/core and src/wire that were reached: ${reached} of ${lines}, ${percent} %`,
    plainTable(["FILE", "REACHED", "", "UNREACHED LINES"], rows),
  ].join("\n");
}

function rangeText([first, last]: readonly [number, number]): string {
  return first === last ? `${first}` : `${first}-${last}`;
}

function figuresOf(lines: number, reached: number): CoverageFigures {
  // Never rounded up to all.
  return { lines, reached, percent: Math.floor((10_000 * reached) / lines) / 100 };
}
