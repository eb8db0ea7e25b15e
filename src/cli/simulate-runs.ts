// Random runs: one with its result, or many with a summary; those that fail are shrunk and named by
// the command that repeats them.

import { createHash } from "node:crypto";
import type { Chart } from "../simulator/experiments/experiment.js";
import { PLANNED_KINDS, type PlannedKind } from "../simulator/fault-plan.js";
import { type RandomRunResult, runRandom } from "../simulator/random-run.js";
import { drawSvg } from "../simulator/report/svg.js";
import { replayCommand, shrink } from "../simulator/shrink.js";
import { storyOf } from "../simulator/story.js";
import { CommandFailed } from "./command-failed.js";
import { type CoverageReport, coverageReport, coverageText } from "./coverage-report.js";
import { LineCoverage } from "./line-coverage.js";
import { writePlot } from "./plot-file.js";
import { startProgress } from "./progress.js";
import type { ScriptCoverage } from "./run-coverage.js";
import type { RunOutcome } from "./run-messages.js";
import { runInWorkers } from "./run-pool.js";
import type { FaultChoice } from "./simulate-flags.js";
import { usage } from "./usage.js";

/** A run that failed, after it was shrunk. */
interface Failure {
  readonly seed: number;
  readonly violations: RandomRunResult["violations"];
  /** What was thrown, or how its process ended, where it did not come to its end. */
  readonly error: string | undefined;
  readonly replay: string;
  /** What happened in the smallest run that fails like it, line by line. */
  readonly story: readonly string[];
}

/** What came of many runs: the same, whatever the number of workers. */
interface RunsSummary {
  readonly runs: number;
  readonly firstSeed: number;
  readonly failures: readonly Failure[];
  readonly fired: Readonly<Record<PlannedKind, number>>;
  /** How many runs met each of the known failures, by its name. */
  readonly known: Readonly<Record<string, number>>;
  /** Of the traces of all runs, in the order of their seeds. */
  readonly traceHash: string;
  /** What of the core and the wire was run, where that was asked for. */
  readonly coverage: CoverageReport | undefined;
}

/** Which run. */
export interface RunsOptions {
  readonly seed: number;
  readonly peers: number | undefined;
  readonly json: boolean;
}

/** Which runs, and what is done with what comes of them. */
export interface ManyRunsOptions extends RunsOptions {
  readonly runs: number;
  readonly workers: number;
  readonly coverage: boolean;
  /** The file of a plot. */
  readonly plot: string | undefined;
}

/** Makes one run, and prints what came of it. */
export function simulateOne(
  options: RunsOptions,
  faults: FaultChoice,
  faultsForMs: number | undefined,
): void {
  const { seed, peers, json } = options;
  const result = runRandom({ seed, peers, faults: faults.numbers, faultsForMs });
  checkFaults(result, faults);
  const smallest = result.violations.length === 0 ? result : shrink(result);
  const replay = replayCommand(smallest);
  const story = storyOf(smallest);
  if (json) console.log(JSON.stringify({ ...result, replay, story }, undefined, 2));
  else printOne(result, replay, story);
  if (result.violations.length > 0) throw new CommandFailed(`the run of seed ${seed} failed`);
}

/** Makes many runs, from a seed on. */
export async function simulateMany(options: ManyRunsOptions): Promise<void> {
  const { runs, json, plot } = options;
  const summary = await makeRuns(options);
  if (plot !== undefined) await writePlot(plot, await drawSvg([firedChart(summary)]));
  console.log(json ? JSON.stringify(summary, undefined, 2) : summaryText(summary));
  const { failures } = summary;
  if (failures.length > 0) throw new CommandFailed(`${failures.length} of ${runs} runs failed`);
}

/** Tells of each failure as soon as it is its turn. */
async function makeRuns(options: ManyRunsOptions): Promise<RunsSummary> {
  const { seed: firstSeed, runs, peers, workers, json } = options;
  const lines = options.coverage ? new LineCoverage() : undefined;
  const onCoverage =
    lines === undefined
      ? undefined
      : (scripts: readonly ScriptCoverage[]): void => lines.add(scripts);
  const fired = Object.fromEntries(PLANNED_KINDS.map((kind) => [kind, 0])) as Record<
    PlannedKind,
    number
  >;
  const failures: Failure[] = [];
  const known: Record<string, number> = {};
  const hash = createHash("sha256");
  const progress = startProgress("runs");
  try {
    for await (const outcome of runInWorkers({ firstSeed, runs, peers, workers, onCoverage })) {
      for (const kind of outcome.fired) fired[kind] += 1;
      for (const name of outcome.known) known[name] = (known[name] ?? 0) + 1;
      hash.update(`${outcome.seed} ${outcome.traceHash}\n`);
      const failure = failureOf(outcome);
      if (failure !== undefined) failures.push(failure);
      if (failure !== undefined && !json) progress.print(failureText(failure));
      progress.update(outcome.seed - firstSeed + 1, runs);
    }
  } finally {
    progress.stop();
  }
  const traceHash = hash.digest("hex").slice(0, 16);
  const coverage = lines === undefined ? undefined : coverageReport(lines.files());
  return { runs, firstSeed, failures, fired, known, traceHash, coverage };
}

function checkFaults({ seed, planned, faults }: RandomRunResult, { numbers = [] }: FaultChoice) {
  const missing = numbers.find((number) => !faults.includes(number));
  if (missing === undefined) return;
  throw usage(`there is no fault ${missing}: the plan of seed ${seed} has 0 to ${planned - 1}`);
}

function failureOf({ seed, violations, error, replay, story }: RunOutcome): Failure | undefined {
  return replay === undefined ? undefined : { seed, violations, error, replay, story };
}

function printOne(result: RandomRunResult, replay: string, story: readonly string[]): void {
  const { seed, peers, faults, planned, fired, violations, known, traceHash, steps } = result;
  console.log(
    [
      `seed ${seed}: ${peers} peers, ${faults.length} of ${planned} planned faults, ${steps} steps`,
      `faults that fired: ${fired.length === 0 ? "none" : fired.join(", ")}`,
      `trace: ${traceHash}`,
      ...(violations.length === 0 ? ["all invariants held"] : violations.map(violationText)),
      ...(known.length === 0 ? [] : [`known failures: ${known.join(", ")}`]),
      `replay: ${replay}`,
      ...(story.length === 0 ? [] : ["what happened in it:", ...story]),
    ].join("\n"),
  );
}

function failureText({ seed, violations, error, replay, story }: Failure): string {
  const [first] = violations;
  const text = first === undefined ? `broke off: ${error}` : violationText(first);
  const lines = story.map((line) => `  ${line}`);
  return [`seed ${seed}: ${text}`, `  replay: ${replay}`, ...lines].join("\n");
}

function violationText({
  invariant,
  atMs,
  message,
}: RandomRunResult["violations"][number]): string {
  return `violated: ${invariant} after ${Math.round(atMs)} ms: ${message}`;
}

function summaryText(summary: RunsSummary): string {
  const { runs, firstSeed, failures, fired, known, traceHash, coverage } = summary;
  const widest = Math.max(...PLANNED_KINDS.map((kind) => kind.length));
  const met = Object.entries(known).map(([name, count]) => `  ${name}: ${count} runs`);
  return [
    `${runs} runs from seed ${firstSeed}: ${failures.length} failed`,
    ...(met.length === 0 ? [] : ["failed in a way that is known:", ...met]),
    `traces: ${traceHash}`,
    "faults that fired:",
    ...PLANNED_KINDS.map((kind) => `  ${kind.padEnd(widest)} ${fired[kind]}`),
    ...(coverage === undefined ? [] : [coverageText(coverage)]),
  ].join("\n");
}

function firedChart({ runs, fired }: RunsSummary): Chart {
  return {
    title: `Faults that fired in ${runs} runs`,
    x: { label: "kind of fault", categories: PLANNED_KINDS },
    y: { label: "times" },
    series: [
      { name: "fired", points: PLANNED_KINDS.map((kind, index) => [index, fired[kind]] as const) },
    ],
  };
}
