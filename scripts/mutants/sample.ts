// The mutants that StrykerJS makes of src/core and src/wire, and a sample of them that a seed draws. Each
// is written as a patch of whole lines, as the mutants of rules are.

import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "@stryker-mutator/api/logging";
import { Instrumenter } from "@stryker-mutator/instrumenter";
import { randomIndex } from "../../src/core/random.js";
import { forkRandom } from "../../src/simulator/random.js";
import type { Patch } from "./patch.js";

const FOLDERS = ["src/core", "src/wire"];

/** A mutant of StrykerJS. */
export interface SampledMutant extends Patch {
  /** Where it is, and what is done there. */
  readonly name: string;
  readonly mutator: string;
  /** Where it is, as StrykerJS counts: lines from 0. */
  readonly location: Location;
  /** What StrykerJS puts there. */
  readonly replacement: string;
}

/** A part of a file. */
interface Location {
  readonly start: Position;
  readonly end: Position;
}

interface Position {
  readonly line: number;
  readonly column: number;
}

/** All mutants that there are, in order. */
export async function allMutants(): Promise<SampledMutant[]> {
  const names = (await Promise.all(FOLDERS.map(sourcesOf))).flat().sort();
  const texts = new Map(names.map((name) => [name, readFileSync(name, "utf8")]));
  const files = Array.from(texts, ([name, content]) => ({ name, content, mutate: true }));
  const options = { plugins: null, excludedMutations: [], ignorers: [] };
  const { mutants } = await new Instrumenter(SILENT).instrument(files, options);
  return mutants.map(({ fileName, mutatorName, location, replacement }) => {
    const text = texts.get(fileName) ?? "";
    const { line, column } = location.start;
    return {
      name: `${fileName}:${line + 1}:${column + 1} ${mutatorName}: ${inOneLine(replacement)}`,
      mutator: mutatorName,
      location,
      replacement,
      ...patchOf(fileName, text, location, replacement),
    };
  });
}

/** So many of them, drawn by that seed; in order. */
export function draw(
  mutants: readonly SampledMutant[],
  count: number,
  seed: number,
): SampledMutant[] {
  const random = forkRandom(seed, "mutants");
  const left = mutants.map((_, index) => index);
  const drawn: number[] = [];
  while (drawn.length < count && left.length > 0) {
    drawn.push(...left.splice(randomIndex(left.length, random), 1));
  }
  drawn.sort((a, b) => a - b);
  return drawn.flatMap((index) => mutants[index] ?? []);
}

/** The lines that the mutant is in, and as many before them as make them the only ones of their kind. */
function patchOf(file: string, text: string, { start, end }: Location, replacement: string): Patch {
  const lines = text.split("\n");
  const offsetOf = ({ line, column }: Position): number => lengthOf(lines, line) + column;
  const [from, to] = [offsetOf(start), offsetOf(end)];
  const ends = lengthOf(lines, end.line + 1);
  let first = start.line;
  const begins = (): number => lengthOf(lines, first);
  while (first > 0 && isRepeated(text, text.slice(begins(), ends))) first -= 1;
  return {
    file,
    from: text.slice(begins(), ends),
    to: text.slice(begins(), from) + replacement + text.slice(to, ends),
  };
}

/** How many characters the first `count` lines take. */
function lengthOf(lines: readonly string[], count: number): number {
  return lines.slice(0, count).reduce((sum, line) => sum + line.length + 1, 0);
}

function isRepeated(text: string, part: string): boolean {
  return text.indexOf(part) !== text.lastIndexOf(part);
}

function inOneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}

async function sourcesOf(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true });
  return files
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => join(folder, file));
}

const ignore = (): void => {};
const SILENT: Logger = {
  isTraceEnabled: () => false,
  isDebugEnabled: () => false,
  isInfoEnabled: () => false,
  isWarnEnabled: () => false,
  isErrorEnabled: () => false,
  isFatalEnabled: () => false,
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  fatal: ignore,
};
