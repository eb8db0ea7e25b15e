// Random runs: one with its result, or many with a summary; those that fail are shrunk and named by
// the command that repeats them.

import { setImmediate as nextTurn } from "node:timers/promises";
import type { Chart } from "../simulator/experiments/experiment.js";
import { PLANNED_KINDS, type PlannedKind } from "../simulator/fault-plan.js";
import { type RandomRunResult, runRandom } from "../simulator/random-run.js";
import { drawSvg } from "../simulator/report/svg.js";
import { replayCommand, shrink } from "../simulator/shrink.js";
import { storyOf } from "../simulator/story.js";
import { CommandFailed } from "./command-failed.js";
import { writePlot } from "./plot-file.js";
import { startProgress } from "./progress.js";
import type { FaultChoice } from "./simulate-flags.js";
import { usage } from "./usage.js";

/** A run that failed, after it was shrunk. */
interface Failure {
  readonly seed: number;
  readonly violations: RandomRunResult["violations"];
  readonly replay: string;
  /** What happened in the smallest run that fails like it, line by line. */
  readonly story: readonly string[];
}

/** What came of many runs. */
interface RunsSummary {
  readonly runs: number;
  readonly firstSeed: number;
  readonly failures: readonly Failure[];
  readonly fired: Readonly<Record<PlannedKind, number>>;
  /** How many runs met each of the known failures, by its name. */
  readonly known: Readonly<Record<string, number>>;
}

/** Which runs. */
export interface RunsOptions {
  readonly seed: number;
  readonly peers: number | undefined;
  readonly json: boolean;
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
export async function simulateMany(
  options: RunsOptions,
  runs: number,
  plot: string | undefined,
): Promise<void> {
  const { seed: firstSeed, peers, json } = options;
  const fired = Object.fromEntries(PLANNED_KINDS.map((kind) => [kind, 0])) as Record<
    PlannedKind,
    number
  >;
  const failures: Failure[] = [];
  const known: Record<string, number> = {};
  const progress = startProgress("runs");
  for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
    const result = runRandom({ seed, peers });
    for (const kind of result.fired) fired[kind] += 1;
    for (const name of result.known) known[name] = (known[name] ?? 0) + 1;
    if (result.violations.length > 0) {
      const failure = shrunk(result);
      failures.push(failure);
      if (!json) progress.print(failureText(failure));
    }
    progress.update(seed - firstSeed + 1, runs);
    // What a run's peers left to be done after it keeps its whole simulation in memory until then.
    await nextTurn();
  }
  progress.stop();
  const summary: RunsSummary = { runs, firstSeed, failures, fired, known };
  if (plot !== undefined) writePlot(plot, await drawSvg([firedChart(summary)]));
  console.log(json ? JSON.stringify(summary, undefined, 2) : summaryText(summary));
  if (failures.length > 0) throw new CommandFailed(`${failures.length} of ${runs} runs failed`);
}

function checkFaults({ seed, planned, faults }: RandomRunResult, { numbers = [] }: FaultChoice) {
  const missing = numbers.find((number) => !faults.includes(number));
  if (missing === undefined) return;
  throw usage(`there is no fault ${missing}: the plan of seed ${seed} has 0 to ${planned - 1}`);
}

function shrunk(failed: RandomRunResult): Failure {
  const { seed, violations } = failed;
  const smallest = shrink(failed);
  return { seed, violations, replay: replayCommand(smallest), story: storyOf(smallest) };
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

function failureText({ seed, violations, replay, story }: Failure): string {
  const [first] = violations;
  const text = first === undefined ? "" : violationText(first);
  return [`seed ${seed}: ${text}`, `  replay: ${replay}`, ...story.map((line) => `  ${line}`)].join(
    "\n",
  );
}

function violationText({
  invariant,
  atMs,
  message,
}: RandomRunResult["violations"][number]): string {
  return `violated: ${invariant} after ${Math.round(atMs)} ms: ${message}`;
}

function summaryText({ runs, firstSeed, failures, fired, known }: RunsSummary): string {
  const widest = Math.max(...PLANNED_KINDS.map((kind) => kind.length));
  const met = Object.entries(known).map(([name, count]) => `  ${name}: ${count} runs`);
  return [
    `${runs} runs from seed ${firstSeed}: ${failures.length} failed`,
    ...(met.length === 0 ? [] : ["failed in a way that is known:", ...met]),
    "faults that fired:",
    ...PLANNED_KINDS.map((kind) => `  ${kind.padEnd(widest)} ${fired[kind]}`),
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
