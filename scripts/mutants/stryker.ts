// What the tests beside the source say of a sample of mutants, by StrykerJS and its vitest runner: it
// instruments the files once, notes which test covers which mutant, and runs only those.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "./bundle.js";
import { FOLDER } from "./cache.js";
import { start } from "./child.js";
import { mutantKey, SAMPLE_VARIABLE } from "./mutant-key.js";
import type { SampledMutant } from "./sample.js";

const CONFIG = join(FOLDER, "stryker.json");
const SAMPLE = join(FOLDER, "sample.json");
const REPORT = join(FOLDER, "stryker-report.json");
/** Beyond what the tests take without a mutant. */
const TIMEOUT_MS = 20_000;

/** What came of the tests of a mutant. */
export interface StrykerOutcome {
  /** Killed, Survived, NoCoverage, Timeout and so on, as StrykerJS says. */
  readonly status: string;
  /** The test that failed first. */
  readonly killedBy?: string | undefined;
}

/** Runs the tests against each of the mutants; the outcome of each by its name. */
export async function strykerOutcomes(
  sample: readonly SampledMutant[],
  onProgress: (line: string) => void,
): Promise<Map<string, StrykerOutcome>> {
  const plugin = await bundle("scripts/mutants/sample-checker.ts", "sample-checker", undefined);
  const keys = sample.map((mutant) => [keyOf(mutant), mutant.name] as const);
  writeFileSync(SAMPLE, JSON.stringify(keys.map(([key]) => key)));
  writeFileSync(CONFIG, JSON.stringify(configOf(sample, plugin), undefined, 2));
  const env = { [SAMPLE_VARIABLE]: join(process.cwd(), SAMPLE), GOSSIP_MUTANT_TESTS: "beside" };
  const { lines, ended } = start("npx", ["stryker", "run", CONFIG], env);
  for await (const line of lines) onProgress(line);
  const { code, stderr } = await ended;
  if (code !== 0) throw new Error(`StrykerJS failed: ${stderr}`);
  const names = new Map(keys);
  const outcomes = new Map<string, StrykerOutcome>();
  for (const { key, outcome } of reported()) {
    const name = names.get(key);
    if (name !== undefined) outcomes.set(name, outcome);
  }
  return outcomes;
}

function configOf(sample: readonly SampledMutant[], plugin: string): unknown {
  return {
    testRunner: "vitest",
    checkers: ["sample"],
    plugins: ["@stryker-mutator/vitest-runner", join(process.cwd(), plugin)],
    vitest: { configFile: "test/mutants/vitest.config.ts", related: false },
    mutate: sample.map(rangeOf),
    coverageAnalysis: "perTest",
    concurrency: 1,
    timeoutMS: TIMEOUT_MS,
    reporters: ["json", "progress-append-only"],
    jsonReporter: { fileName: REPORT },
    ignorePatterns: ["dist", ".cache", "docs/images"],
    tempDirName: ".stryker-tmp",
    allowConsoleColors: false,
  };
}

/** The part of its file, as StrykerJS takes it: lines from 1, columns from 0. */
function rangeOf({ file, location: { start: from, end } }: SampledMutant): string {
  return `${file}:${from.line + 1}:${from.column}-${end.line + 1}:${end.column}`;
}

function keyOf({ file, mutator, location, replacement }: SampledMutant): string {
  return mutantKey(file, mutator, location.start, replacement);
}

/** The part of the report that is read. */
interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly ReportedMutant[] }>>;
  readonly testFiles?: Readonly<
    Record<string, { readonly tests: readonly { readonly id: string; readonly name: string }[] }>
  >;
}

interface ReportedMutant {
  readonly mutatorName: string;
  readonly replacement: string;
  readonly status: string;
  readonly killedBy?: readonly string[];
  /** Here lines and columns are from 1. */
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
}

function reported(): { key: string; outcome: StrykerOutcome }[] {
  const { files, testFiles = {} } = JSON.parse(readFileSync(REPORT, "utf8")) as Report;
  const tests = new Map<string, string>();
  for (const [file, { tests: ofFile }] of Object.entries(testFiles)) {
    for (const { id, name } of ofFile) tests.set(id, `${file}: ${name}`);
  }
  return Object.entries(files).flatMap(([file, { mutants }]) =>
    mutants.map(({ mutatorName, replacement, status, killedBy = [], location }) => {
      const { line, column } = location.start;
      const position = { line: line - 1, column: column - 1 };
      const key = mutantKey(file, mutatorName, position, replacement);
      return { key, outcome: { status, killedBy: tests.get(killedBy[0] ?? "") } };
    }),
  );
}
