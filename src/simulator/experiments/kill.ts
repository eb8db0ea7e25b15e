// One peer goes, or most of them at once, by a crash or with their machines: how long until the rest
// agree, and whether what they say afterwards still reaches all of them.

import type { SimPeer } from "../sim-peer.js";
import type { Budget } from "./budget.js";
import { Cluster, Removals, type Waited } from "./cluster.js";
import type {
  Experiment,
  ExperimentContext,
  ExperimentResult,
  Row,
  RunNumbers,
} from "./experiment.js";
import { inPercent, runCases, runLadder, unfinished } from "./ladder.js";
import { Spread } from "./spread.js";
import { mean, median } from "./statistics.js";

const SIZES = [1_000, 128] as const;
const SHARES = [0.5, 0.95] as const;
const SINGLE_SIZE = 128;
const SINGLE_RUNS = 3;
const WARM_UP_MS = 15_000;
const AGREEMENT_MS = 600_000;
const UPDATES = 3;
const UPDATE_MS = 60_000;
const POLL_MS = 50;

type Way = "crash" | "vanish";
const WAYS: readonly Way[] = ["crash", "vanish"];
const DONE: Readonly<Record<Way, string>> = {
  crash: "crashed (ports closed)",
  vanish: "vanished (silence)",
};

interface Case {
  readonly way: Way;
  /** Of all peers; undefined for a single one. */
  readonly share: number | undefined;
}

interface Result {
  readonly size: number;
  readonly isFinished: boolean;
  readonly waited: Waited;
  readonly removedShare: number;
  readonly delivered: number | undefined;
  readonly numbers: RunNumbers;
}

const CASES: readonly Case[] = [
  ...WAYS.map((way) => ({ way, share: undefined })),
  ...SHARES.flatMap((share) => WAYS.map((way) => ({ way, share }))),
];

/** The experiment. */
export const kill: Experiment = {
  name: "kill",
  summary: "One peer goes, or half or 95 % of them at once; how long until the rest agree?",
  anchor:
    "HyParView (Leitão, Pereira, Rodrigues): ~90 % delivery after 95 % failed; memberlist, measured: a crash seen by all of 100 in 10.4 s",
  parameters: {
    peers: SIZES,
    shares: SHARES,
    "single: peers": SINGLE_SIZE,
    "single: runs": SINGLE_RUNS,
    "virtual time": "15 s to settle, at most 600 s to agree, then 3 updates of at most 60 s",
  },
  budgetSeconds: 500,
  run,
};

function run({ seed, budget, onProgress }: ExperimentContext): ExperimentResult {
  const charted: { way: Way; share: number; result: Result }[] = [];
  const runs: RunNumbers[] = [];
  const rows = runCases(CASES, budget, onProgress, ({ way, share }, ofCase) => {
    if (share === undefined) return singleRow(way, seed, ofCase, runs);
    const tried = runLadder(SIZES, ofCase, (size, ofSize) =>
      runKill(way, share, size, seed, ofSize),
    );
    for (const result of tried) charted.push({ way, share, result });
    runs.push(...tried.map(({ numbers }) => numbers));
    return tried.flatMap((result) => rowsOf(way, share, result));
  }).flat();
  const series = WAYS.flatMap((way) =>
    SIZES.map((size) => ({
      name: `${way}, ${size} peers`,
      points: charted.flatMap(({ way: other, share, result }) =>
        other === way && result.size === size && result.isFinished
          ? [[100 * share, result.waited.tookMs / 1_000] as const]
          : [],
      ),
    })),
  );
  return {
    rows,
    runs,
    charts: [
      {
        title: "Killed at once: how long until the rest agree",
        x: { label: "killed, per cent" },
        y: { label: "seconds" },
        series: series.filter(({ points }) => points.length > 0),
      },
    ],
  };
}

/** One peer of a small cluster, several times: the median of when all others have removed it. */
function singleRow(way: Way, seed: number, budget: Budget, runs: RunNumbers[]): Row[] {
  const tookMs: number[] = [];
  let came = "";
  let cameMs: number | undefined;
  for (let number = 0; number < SINGLE_RUNS; number += 1) {
    const cluster = new Cluster({ seed: seed + number, peers: SINGLE_SIZE, start: "converged" });
    cluster.pass(WARM_UP_MS, budget);
    const { removals, waited } = killAndWait(cluster, way, 1, budget);
    const isFinished = removals.doneMs !== undefined;
    const first = removals.firstMs[0];
    const timesMs = { detectFirst: first, detectAll: removals.doneMs };
    runs.push(cluster.numbers(`one of ${SINGLE_SIZE}, ${way}`, isFinished, timesMs));
    if (removals.doneMs === undefined) {
      came = `; the next ${unfinished(waited, `${inPercent(removals.share)} of the others knowing`)}`;
      cameMs = waited.tookMs;
      break;
    }
    tookMs.push(removals.doneMs);
  }
  return [
    {
      what: `1 of ${SINGLE_SIZE} peers ${DONE[way]}: removed by all, median`,
      unit: "ms",
      anchor: 10_400,
      goal: { atMost: way === "crash" ? 300 : 3_500 },
      ours: median(tookMs),
      atLeast: cameMs,
      note: `${tookMs.length} runs of ${SINGLE_RUNS}${came}`,
    },
  ];
}

function runKill(way: Way, share: number, size: number, seed: number, budget: Budget): Result {
  const cluster = new Cluster({ seed, peers: size, start: "converged" });
  cluster.pass(WARM_UP_MS, budget);
  const { removals, waited } = killAndWait(cluster, way, Math.round(share * size), budget);
  const delivered = waited.isReached ? delivery(cluster, budget) : undefined;
  const label = `${inPercent(share)} of ${size} ${way}`;
  const converge = waited.isReached ? waited.tookMs : undefined;
  const timesMs = { detectAll: removals.doneMs, converge };
  const numbers = cluster.numbers(label, waited.isReached, timesMs);
  const { isReached: isFinished } = waited;
  return { size, isFinished, waited, removedShare: removals.share, delivered, numbers };
}

function killAndWait(
  cluster: Cluster,
  way: Way,
  count: number,
  budget: Budget,
): { readonly removals: Removals; readonly waited: Waited } {
  const { sim } = cluster;
  const killed = cluster.draw(count, "killed");
  const gone = new Set<SimPeer>(killed);
  const rest = sim.peers.filter((peer) => !gone.has(peer));
  cluster.startCounting();
  const removals = new Removals(cluster, killed, rest);
  for (const peer of killed) {
    if (way === "crash") sim.crash(peer);
    else sim.killHost(peer);
  }
  const isReached = (): boolean => removals.isDone && sim.agrees;
  const waited = cluster.wait(isReached, { withinMs: AGREEMENT_MS, budget, pollMs: POLL_MS });
  return { removals, waited };
}

/** The mean share of the rest that updates reach; undefined when the budget ended it. */
function delivery(cluster: Cluster, budget: Budget): number | undefined {
  const shares: number[] = [];
  for (const owner of cluster.draw(UPDATES, "owners", cluster.sim.running)) {
    const spread = new Spread(cluster, owner, `update ${shares.length}`);
    const waited = cluster.wait(() => spread.isDone, { withinMs: UPDATE_MS, budget });
    if (waited.cut === "CPU time") break;
    shares.push(spread.share);
  }
  return mean(shares);
}

function rowsOf(way: Way, share: number, result: Result): Row[] {
  const { size, isFinished, waited, removedShare, delivered } = result;
  const isMost = share === 0.95;
  const note = isFinished
    ? "one run"
    : unfinished(waited, `${inPercent(removedShare)} of the removals made`);
  const isFull = size === SIZES[0];
  const what = `${Math.round(100 * share)} % of ${size.toLocaleString("en-US")} peers ${DONE[way]}`;
  const rows: Row[] = [
    {
      what: `${what}: the rest agree`,
      unit: "ms",
      goal: isMost && isFull ? { atMost: 30_000 } : undefined,
      ours: isFinished ? waited.tookMs : undefined,
      atLeast: waited.tookMs,
      note,
    },
  ];
  if (!isMost) return rows;
  rows.push({
    what: `${what}: the rest reached by later updates`,
    unit: "share",
    anchor: isFull ? 0.9 : undefined,
    goal: isFull ? { atLeast: 1 } : undefined,
    ours: delivered,
    note: isFinished ? `${UPDATES} updates` : note,
  });
  return rows;
}
