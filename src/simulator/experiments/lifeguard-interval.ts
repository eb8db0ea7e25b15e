// Lifeguard's interval grid: members that are in trouble again and again, and how often somebody
// that is not in trouble is removed because of it.

import type { Budget } from "./budget.js";
import type { Experiment, ExperimentContext, ExperimentResult, RunNumbers } from "./experiment.js";
import { drawPart, runsPerStratum } from "./grid.js";
import {
  ANOMALOUS_MS,
  blockAll,
  CONCURRENT,
  MEMBERS,
  REPETITIONS,
  runSeed,
  troubledCluster,
  unblockAll,
} from "./lifeguard.js";
import { scaleCount } from "./statistics.js";

const NORMAL_MS = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384] as const;
const WARM_UP_MS = 15_000;
const RUN_MS = 120_000;
const PART_PER_STRATUM = 3;

/** The paper's false positives by the number of members in trouble. */
const LIFEGUARD_BY_CONCURRENT = [18, 143, 110, 224, 573, 751, 842, 1_335, 1_196] as const;
const SWIM_BY_CONCURRENT = [
  906, 5_972, 11_284, 23_147, 34_505, 45_489, 58_957, 77_079, 81_664,
] as const;
const LIFEGUARD_FALSE_POSITIVES = 5_193;
const SWIM_FALSE_POSITIVES = 339_002;
const SWIM_HEALTHY_FALSE_POSITIVES = 1_326;
/** Goals are for the whole grid, and for as much of it as was run. */
const GOAL_FALSE_POSITIVES = 1_000;
const LIFEGUARD_HEALTHY_FALSE_POSITIVES = 25;
const LIFEGUARD_BYTES_PER_SECOND = 2_300;

interface Cell {
  readonly number: number;
  readonly concurrent: number;
  readonly anomalousMs: number;
  readonly normalMs: number;
}

interface CellResult {
  readonly cell: Cell;
  readonly numbers: RunNumbers;
}

/** The experiment. */
export const lifeguardInterval: Experiment = {
  name: "lifeguard-interval",
  summary:
    "Some of 128 members block before each send and after each receive, again and again; who else is removed?",
  anchor: "Lifeguard (Dadgar, Phillips, Currey), interval experiment, alpha 5, beta 6",
  parameters: {
    members: MEMBERS,
    "members in trouble (C)": CONCURRENT,
    "in trouble for, ms (D)": ANOMALOUS_MS,
    "well in between for, ms (I)": NORMAL_MS,
    repetitions: REPETITIONS,
    "virtual time of a run": "15 s to settle, then whole cycles for at least 120 s",
    "part by default": `${PART_PER_STRATUM} random runs for each C`,
  },
  budgetSeconds: 150,
  run,
};

function run({ seed, scale, budget, onProgress }: ExperimentContext): ExperimentResult {
  const strata = CONCURRENT.map((concurrent, index) => cellsOf(concurrent, index));
  const perStratum = strata[0]?.length ?? 0;
  const part = drawPart(strata, runsPerStratum(scale, perStratum, PART_PER_STRATUM), seed);
  const results: CellResult[] = [];
  for (const cell of part) {
    const result = runCell(cell, seed, budget);
    if (result === undefined) break;
    results.push(result);
    onProgress(results.length, part.length);
  }
  return summarise(results, part.length, strata.flat().length);
}

function cellsOf(concurrent: number, stratum: number): Cell[] {
  const cells: Cell[] = [];
  const perStratum = ANOMALOUS_MS.length * NORMAL_MS.length * REPETITIONS;
  for (const anomalousMs of ANOMALOUS_MS) {
    for (const normalMs of NORMAL_MS) {
      for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
        const number = stratum * perStratum + cells.length;
        cells.push({ number, concurrent, anomalousMs, normalMs });
      }
    }
  }
  return cells;
}

/** Undefined when the budget ended it: a part of a run counts for nothing. */
function runCell(cell: Cell, seed: number, budget: Budget): CellResult | undefined {
  const { concurrent, anomalousMs, normalMs } = cell;
  const { cluster, anomalous } = troubledCluster(runSeed(seed, cell.number), MEMBERS, concurrent);
  cluster.pass(WARM_UP_MS, budget);
  cluster.startCounting();
  while (cluster.countedMs < RUN_MS) {
    blockAll(cluster, anomalous);
    cluster.pass(anomalousMs, budget);
    unblockAll(cluster, anomalous);
    if (!cluster.pass(normalMs, budget)) return undefined;
  }
  const label = `C ${concurrent}, D ${anomalousMs} ms, I ${normalMs} ms`;
  return { cell, numbers: cluster.numbers(label, true, {}) };
}

function summarise(
  results: readonly CellResult[],
  planned: number,
  allRuns: number,
): ExperimentResult {
  const runs = results.map(({ numbers }) => numbers);
  const sum = (count: (run: RunNumbers) => number): number =>
    runs.reduce((total, numbers) => total + count(numbers), 0);
  const all = sum((numbers) => numbers.falsePositives);
  const healthy = sum((numbers) => numbers.healthyFalsePositives);
  const seconds = sum((numbers) => numbers.virtualMs) / 1_000;
  const early = runs.length < planned ? `; the CPU budget ended it before ${planned}` : "";
  const share = runs.length / allRuns;
  const note = (swim: number): string => {
    const most = runs.length === 0 ? "unknown" : scaleCount(0, runs.length, allRuns).value;
    const rest = share < 1 ? `; none would mean at most ${Math.ceil(Number(most))} in all` : "";
    return `in ${runs.length} runs of ${allRuns}${early}${rest}; SWIM, scaled: ${Math.round(swim * share)}`;
  };
  return {
    rows: [
      {
        what: "false positives",
        unit: "count",
        anchor: LIFEGUARD_FALSE_POSITIVES * share,
        goal: { atMost: GOAL_FALSE_POSITIVES * share },
        ours: runs.length === 0 ? undefined : all,
        note: note(SWIM_FALSE_POSITIVES),
      },
      {
        what: "of these raised by healthy members",
        unit: "count",
        anchor: LIFEGUARD_HEALTHY_FALSE_POSITIVES * share,
        goal: { atMost: 0 },
        ours: runs.length === 0 ? undefined : healthy,
        note: note(SWIM_HEALTHY_FALSE_POSITIVES),
      },
      {
        what: "bytes sent a member",
        unit: "bytes/s",
        anchor: LIFEGUARD_BYTES_PER_SECOND,
        goal: { atMost: 600 },
        ours: seconds === 0 ? undefined : sum((numbers) => numbers.perPeer.bytes) / seconds,
        note: `mean of ${runs.length} runs`,
      },
    ],
    runs,
    charts: [chartOf(results, allRuns)],
  };
}

function chartOf(results: readonly CellResult[], allRuns: number) {
  const allPerStratum = allRuns / CONCURRENT.length;
  const ours = CONCURRENT.flatMap((concurrent) => {
    const stratum = results.filter(({ cell }) => cell.concurrent === concurrent);
    const count = stratum.reduce((sum, { numbers }) => sum + numbers.falsePositives, 0);
    if (count === 0) return [];
    return [[concurrent, scaleCount(count, stratum.length, allPerStratum).value] as const];
  });
  const published = (counts: readonly number[]) =>
    counts.map((count, index) => [CONCURRENT[index] ?? 0, count] as const);
  return {
    title: "False positives of the interval grid (zeros not drawn)",
    x: { label: "members in trouble" },
    y: { label: "false positives", isLogarithmic: true },
    series: [
      { name: "ours, scaled to the grid", points: ours },
      { name: "Lifeguard", points: published(LIFEGUARD_BY_CONCURRENT) },
      { name: "SWIM", points: published(SWIM_BY_CONCURRENT) },
    ],
  };
}
