// One peer changes its info: how long until all have it, at several sizes and with loss.

import type { Budget } from "./budget.js";
import { Cluster, type Waited } from "./cluster.js";
import type {
  Experiment,
  ExperimentContext,
  ExperimentResult,
  Row,
  RunNumbers,
} from "./experiment.js";
import { inPercent, runCases, unfinished } from "./ladder.js";
import { Spread } from "./spread.js";
import { median, quantile } from "./statistics.js";

const SIZES = [128, 1_000, 5_000] as const;
/** How the budget is shared: by what the sizes cost to simulate. */
const WEIGHTS = { 128: 1, 1000: 2, 5000: 6 } as const;
const LOSS_RATES = [0, 0.05, 0.25] as const;
const ONE_WAY_MS = 0.5;
const WARM_UP_MS = 15_000;
const UPDATES = 5;
/** For the rumors that are on their way when all know. */
const TAIL_MS = 2_000;
const VIRTUAL_MS = 60_000;

interface Case {
  readonly size: (typeof SIZES)[number];
  readonly lossRate: number;
}

interface Result extends Case {
  /** The times of all peers of the updates that all got. */
  readonly timesMs: readonly number[];
  readonly updates: number;
  /** How far the first update that did not reach all came. */
  readonly came: string | undefined;
  /** How long that update was followed. */
  readonly cameMs: number | undefined;
  readonly numbers: RunNumbers;
  /** Rumors that a peer got of one update; undefined where they could not all be waited for. */
  readonly copies: number | undefined;
}

const CASES: readonly Case[] = SIZES.flatMap((size) =>
  LOSS_RATES.map((lossRate) => ({ size, lossRate })),
);

/** The experiment. */
export const update: Experiment = {
  name: "update",
  summary: "One peer changes its info; how long until all have it?",
  anchor: "Serf's closed form: 2.5 s to 99.99 % of 5,000 members",
  parameters: {
    peers: SIZES,
    "loss rates": LOSS_RATES,
    "one-way delay, ms": ONE_WAY_MS,
    "updates, one after the other": UPDATES,
    "virtual time": "15 s to settle, then at most 60 s an update",
  },
  budgetSeconds: 200,
  run,
};

function run({ seed, budget, onProgress }: ExperimentContext): ExperimentResult {
  const results = runCases(
    CASES,
    budget,
    onProgress,
    (item, share) => runUpdates(item, seed, share),
    ({ size }) => WEIGHTS[size],
  );
  return {
    rows: results.flatMap(rowsOf),
    runs: results.map(({ numbers }) => numbers),
    charts: [
      {
        title:
          "One update: the share of the other peers that have it (mean of those that reached all)",
        x: { label: "milliseconds since the update" },
        y: { label: "share" },
        series: results.flatMap(({ size, lossRate, timesMs }) =>
          timesMs.length === 0
            ? []
            : [{ name: `${size} peers, ${inPercent(lossRate)} loss`, points: cumulative(timesMs) }],
        ),
      },
    ],
  };
}

function runUpdates({ size, lossRate }: Case, seed: number, budget: Budget): Result {
  const cluster = new Cluster({
    seed,
    peers: size,
    start: "converged",
    network: { latency: { oneWayMs: ONE_WAY_MS, jitterMs: 0 }, lossRate },
  });
  let came: string | undefined;
  let cameMs: number | undefined;
  const warmedUp = cluster.wait(() => false, { withinMs: WARM_UP_MS, budget });
  if (warmedUp.cut === "CPU time") came = unfinished(warmedUp, "no update made yet");
  cluster.startCounting();
  const rumorsBefore = rumorsReceived(cluster);
  const timesMs: number[] = [];
  let updates = 0;
  for (const owner of cluster.draw(UPDATES, "owners")) {
    if (came !== undefined) break;
    const spread = new Spread(cluster, owner, `update ${updates}`);
    const waited: Waited = cluster.wait(() => spread.isDone, { withinMs: VIRTUAL_MS, budget });
    if (!waited.isReached) {
      came = unfinished(waited, `${inPercent(spread.share)} of the peers reached`);
      cameMs = waited.tookMs;
      break;
    }
    updates += 1;
    timesMs.push(...spread.timesMs);
  }
  const label = `${size} peers, ${inPercent(lossRate)} loss`;
  const converge = { converge: timesMs.length === 0 ? undefined : Math.max(...timesMs) };
  const numbers = cluster.numbers(label, updates > 0, converge);
  // Those that are still on their way.
  const isOver = cluster.pass(TAIL_MS, budget);
  const copies = isOver ? (rumorsReceived(cluster) - rumorsBefore) / (updates * size) : undefined;
  return { size, lossRate, timesMs, updates, came, cameMs, numbers, copies };
}

function rumorsReceived({ sim }: Cluster): number {
  return sim.peers.reduce((sum, { peer }) => sum + peer.stats().rumorsReceived, 0);
}

function rowsOf({
  size,
  lossRate,
  timesMs,
  updates,
  came,
  cameMs,
  numbers,
  copies,
}: Result): Row[] {
  const isFinished = updates > 0;
  const isLargest = size === 5_000;
  const where = `${size.toLocaleString("en-US")} peers, ${100 * lossRate} % loss`;
  const done = `${updates} updates of ${UPDATES}${came === undefined ? "" : `; the next ${came}`}`;
  const note = isFinished ? done : (came ?? "");
  const goalMs = lossRate === 0 ? 40 : 100;
  const rows: Row[] = [
    {
      what: `${where}: an update reaches 99.9 % of the peers`,
      unit: "ms",
      anchor: isLargest ? 2_500 : undefined,
      goal: isLargest && lossRate !== 0.05 ? { atMost: goalMs } : undefined,
      ours: isFinished ? quantile(timesMs, 0.999) : undefined,
      atLeast: cameMs,
      note: isFinished ? `${note}; median ${Math.round(median(timesMs) ?? 0)} ms` : note,
    },
  ];
  if (!isFinished) return rows;
  rows.push({
    what: `${where}: messages sent a peer for one update and what went on beside it`,
    unit: "count",
    ours: numbers.perPeer.messages / updates,
    note,
  });
  if (copies === undefined) return rows;
  rows.push({
    what: `${where}: copies of one update that a peer got`,
    unit: "count",
    goal: isLargest ? { atMost: 10 } : undefined,
    ours: copies,
    note,
  });
  return rows;
}

function cumulative(timesMs: readonly number[]): (readonly [number, number])[] {
  const sorted = [...timesMs].sort((a, b) => a - b);
  const steps = Math.min(200, sorted.length);
  return Array.from({ length: steps }, (_, step) => {
    const index = Math.ceil(((step + 1) * sorted.length) / steps) - 1;
    return [sorted[index] ?? 0, (index + 1) / sorted.length] as const;
  });
}
