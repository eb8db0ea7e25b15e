// A sample of the mutants that StrykerJS makes: first the tests beside the source, by StrykerJS itself; then,
// of those that survive, the tests of test/; and random runs.

import { SURVIVORS } from "../../test/mutants/survivors.js";
import { experimentsOf } from "./experiments.js";
import { killersOf, type Measured } from "./measure.js";
import type { Options } from "./options.js";
import { RandomRuns } from "./random-runs.js";
import { lineOf, type ReportRow, summaryOf } from "./report.js";
import { Results } from "./results.js";
import { allMutants, draw, type SampledMutant } from "./sample.js";
import { strykerOutcomes } from "./stryker.js";
import { testsAcrossOf } from "./unit-tests.js";

/** What StrykerJS calls those that a test has noticed. */
const KILLED: ReadonlySet<string> = new Set(["Killed", "Timeout", "RuntimeError"]);

/** What was found of the sample. */
export interface SampleMeasured {
  readonly rows: readonly ReportRow[];
  readonly results: Results;
  /** How many mutants there are to draw from. */
  readonly total: number;
  /** Those that nobody killed, and that nobody has classed. */
  readonly unexplained: readonly string[];
}

/** Draws the sample, measures it, and prints what comes of it. */
export async function measureSample(
  count: number,
  options: Options,
  command: string,
): Promise<SampleMeasured> {
  const { seed, judges, cpuMs, runs, isResumed } = options;
  const all = await allMutants();
  const sample = draw(all, count, seed);
  const order = { firstSeed: seed, runs: judges.includes("random runs") ? runs : 0, cpuMs };
  const randomRuns = await RandomRuns.without(order);
  const conditions = { command, seed, withoutMutant: randomRuns.withoutMutant };
  const results = new Results("sample", conditions, isResumed);
  if (judges.includes("tests")) await askTests(sample, results);
  for (const mutant of sample) {
    const held = results.of(mutant.name) ?? { name: mutant.name };
    if (Date.now() > options.endMs) break;
    const measured = await askSimulator(mutant, held, options, randomRuns);
    if (measured === held) continue;
    results.add(measured);
    console.log(lineOf(measured));
  }
  const rows = sample.flatMap((mutant) => rowOf(mutant, results));
  for (const line of summaryOf(rows.map(({ measured }) => measured))) console.log(line);
  return { rows, results, total: all.length, unexplained: unexplained(sample, results) };
}

/** Those beside the source, and of those that survive them the others. */
async function askTests(sample: readonly SampledMutant[], results: Results): Promise<void> {
  const open = sample.filter(({ name }) => results.of(name)?.test === undefined);
  if (open.length === 0) return;
  const outcomes = await strykerOutcomes(open, (line) => console.log(line));
  for (const mutant of open) {
    const { name } = mutant;
    const { status = "not tried", killedBy } = outcomes.get(name) ?? {};
    const isKilled = KILLED.has(status);
    const test = isKilled ? (killedBy ?? status) : ((await testsAcrossOf(mutant)).killedBy ?? null);
    const measured: Measured = { ...results.of(name), name, test };
    results.add(measured);
    console.log(lineOf(measured));
  }
}

/** Random runs of all, and experiments of those that nobody has killed by then. */
async function askSimulator(
  mutant: SampledMutant,
  held: Measured,
  { judges, seed }: Options,
  randomRuns: RandomRuns,
): Promise<Measured> {
  let measured = held;
  if (judges.includes("random runs") && measured.randomRuns === undefined) {
    measured = { ...measured, randomRuns: await randomRuns.of(mutant, true) };
  }
  const isOpen = measured.experiment === undefined && killersOf(measured).length === 0;
  if (judges.includes("experiments") && isOpen) {
    measured = { ...measured, experiment: (await experimentsOf(mutant, seed)) ?? null };
  }
  return measured;
}

function rowOf(mutant: SampledMutant, results: Results): ReportRow[] {
  const measured = results.of(mutant.name);
  return measured === undefined ? [] : [{ measured, place: mutant.file, what: mutant.mutator }];
}

function unexplained(sample: readonly SampledMutant[], results: Results): string[] {
  return sample
    .filter(({ name }) => killersOf(results.of(name) ?? { name }).length === 0)
    .filter(({ file, from, to }) => {
      return !SURVIVORS.some((other) => {
        return other.file === file && other.from === from && other.to === to;
      });
    })
    .map(({ name }) => name);
}
