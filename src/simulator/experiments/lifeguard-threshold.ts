// Lifeguard's threshold grid: members that are in trouble once, and how soon it is noticed.

import type { Budget } from "./budget.js";
import { Removals } from "./cluster.js";
import type {
  Chart,
  Experiment,
  ExperimentContext,
  ExperimentResult,
  Row,
  RunNumbers,
} from "./experiment.js";
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
import { median, quantile } from "./statistics.js";

const WARM_UP_MS = 15_000;
/** A call that began while the member blocked may fail a little after. */
const AFTER_MS = 5_000;
const PART_PER_STRATUM = 3;
/** Where nobody is noticed by all among 128: how many there may be. */
const SMALL_MEMBERS = 16;
const SMALL_RUNS = 10;

interface Cell {
  readonly number: number;
  readonly members: number;
  readonly concurrent: number;
  readonly anomalousMs: number;
}

interface CellResult {
  readonly numbers: RunNumbers;
  readonly firstMs: readonly number[];
  readonly allMs: readonly number[];
  readonly anomalousMs: number;
}

/** The experiment. */
export const lifeguardThreshold: Experiment = {
  name: "lifeguard-threshold",
  summary: "Some of 128 members block once; how soon do the healthy ones notice, first and all?",
  anchor: "Lifeguard (Dadgar, Phillips, Currey), threshold experiment, alpha 5, beta 6",
  parameters: {
    members: MEMBERS,
    "members in trouble (C)": CONCURRENT,
    "in trouble for, ms (D)": ANOMALOUS_MS,
    repetitions: REPETITIONS,
    "virtual time of a run": "15 s to settle, D, and 5 s",
    "part by default": `${PART_PER_STRATUM} random runs for each C`,
    "where none is noticed by all": `${SMALL_RUNS} runs more of ${SMALL_MEMBERS} members, C 1, D 32768`,
  },
  budgetSeconds: 60,
  run,
};

function run({ seed, scale, budget, onProgress }: ExperimentContext): ExperimentResult {
  const strata = CONCURRENT.map((concurrent, stratum) => cellsOf(concurrent, stratum));
  const all = strata[0]?.length ?? 0;
  const part = drawPart(strata, runsPerStratum(scale, all, PART_PER_STRATUM), seed);
  const results = runCells(part, seed, budget.share(0.8), onProgress);
  const small = results.some(({ allMs }) => allMs.length > 0)
    ? []
    : runCells(smallCells(), seed, budget, () => {});
  return {
    rows: rowsOf(results, small, part.length, strata.flat().length),
    runs: [...results, ...small].map(({ numbers }) => numbers),
    charts: [chartOf(results)],
  };
}

function cellsOf(concurrent: number, stratum: number): Cell[] {
  const perStratum = ANOMALOUS_MS.length * REPETITIONS;
  return Array.from({ length: perStratum }, (_, index) => ({
    number: stratum * perStratum + index,
    members: MEMBERS,
    concurrent,
    anomalousMs: ANOMALOUS_MS[index % ANOMALOUS_MS.length] ?? 0,
  }));
}

function smallCells(): Cell[] {
  return Array.from({ length: SMALL_RUNS }, (_, index) => ({
    number: 1_000_000 + index,
    members: SMALL_MEMBERS,
    concurrent: 1,
    anomalousMs: Math.max(...ANOMALOUS_MS),
  }));
}

function runCells(
  cells: readonly Cell[],
  seed: number,
  budget: Budget,
  onProgress: (done: number, total: number) => void,
): CellResult[] {
  const results: CellResult[] = [];
  for (const cell of cells) {
    const result = runCell(cell, seed, budget);
    if (result === undefined) break;
    results.push(result);
    onProgress(results.length, cells.length);
  }
  return results;
}

function runCell(cell: Cell, seed: number, budget: Budget): CellResult | undefined {
  const { concurrent, members, anomalousMs } = cell;
  const { cluster, anomalous } = troubledCluster(runSeed(seed, cell.number), members, concurrent);
  cluster.pass(WARM_UP_MS, budget);
  cluster.startCounting();
  const healthy = cluster.sim.peers.filter((peer) => !cluster.anomalous.has(peer));
  const removals = new Removals(cluster, anomalous, healthy);
  blockAll(cluster, anomalous);
  cluster.pass(anomalousMs, budget);
  unblockAll(cluster, anomalous);
  if (!cluster.pass(AFTER_MS, budget)) return undefined;
  const { firstMs, allMs } = removals;
  const label = `${members} members, C ${concurrent}, D ${anomalousMs} ms`;
  const timesMs = { detectFirst: median(firstMs), detectAll: median(allMs) };
  return { numbers: cluster.numbers(label, true, timesMs), firstMs, allMs, anomalousMs };
}

function rowsOf(
  results: readonly CellResult[],
  small: readonly CellResult[],
  planned: number,
  allRuns: number,
): Row[] {
  const first = results.flatMap(({ firstMs }) => firstMs);
  const all = results.flatMap(({ allMs }) => allMs);
  const early = results.length < planned ? `; the CPU budget ended it before ${planned}` : "";
  const note = `${first.length} members noticed in ${results.length} runs of ${allRuns}${early}`;
  const rows: Row[] = [
    {
      what: "a member in trouble is noticed first, median",
      unit: "ms",
      anchor: 12_450,
      goal: { atMost: 3_200 },
      ours: median(first),
      note,
    },
    {
      what: "the same, 99.9th percentile",
      unit: "ms",
      anchor: 21_200,
      goal: { atMost: 7_000 },
      ours: quantile(first, 0.999),
      note,
    },
    {
      what: "by all healthy members after the first, medians",
      unit: "ms",
      anchor: 460,
      goal: { atMost: 200 },
      ours: allAfterFirst(results),
      atLeast: median(unnoticedMs(results)),
      note:
        all.length > 0
          ? `${all.length} members noticed by all`
          : `not finished: of ${first.length} noticed, none by all before its trouble ended`,
    },
  ];
  if (small.length === 0) return rows;
  const noticed = small.flatMap(({ allMs }) => allMs).length;
  rows.push({
    what: `the same among ${SMALL_MEMBERS} members, in trouble for 32.8 s`,
    unit: "ms",
    ours: allAfterFirst(small),
    note: `${noticed} members noticed by all in ${small.length} runs`,
  });
  return rows;
}

/** How long after the first notice those were still in trouble that not all noticed. */
function unnoticedMs(results: readonly CellResult[]): number[] {
  return results.flatMap(({ firstMs, allMs, anomalousMs }) =>
    allMs.length > 0 ? [] : firstMs.map((ms) => Math.max(0, anomalousMs - ms)),
  );
}

/** The median of the last notice less that of the first, of those that all noticed. */
function allAfterFirst(results: readonly CellResult[]): number | undefined {
  const all = median(results.flatMap(({ allMs }) => allMs));
  const first = median(results.flatMap(({ firstMs }) => firstMs));
  return all === undefined || first === undefined ? undefined : all - first;
}

function chartOf(results: readonly CellResult[]): Chart {
  const first = results.flatMap(({ firstMs }) => firstMs).sort((a, b) => a - b);
  return {
    title: "A member in trouble is noticed by the first healthy one",
    x: { label: "seconds since the trouble began" },
    y: { label: "share of the members noticed" },
    series: [
      {
        name: "ours",
        points: first.map((ms, index) => [ms / 1_000, (index + 1) / first.length] as const),
      },
      {
        name: "Lifeguard (median, 99th, 99.9th)",
        points: [
          [12.45, 0.5],
          [17.9, 0.99],
          [21.2, 0.999],
        ],
      },
    ],
  };
}
