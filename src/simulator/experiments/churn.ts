// Peers go and come all the time: one in a hundred each minute. Is anybody removed who is there, and
// do the queues stay short?

import type { SimPeer } from "../sim-peer.js";
import type { Budget } from "./budget.js";
import { Cluster, type Waited } from "./cluster.js";
import type {
  Experiment,
  ExperimentContext,
  ExperimentResult,
  Row,
  RunNumbers,
} from "./experiment.js";
import { inSeconds, runLadder, unfinished } from "./ladder.js";

const SIZES = [5_000, 1_000, 250] as const;
const SHARE_PER_MINUTE = 0.01;
const AWAY_MS = 30_000;
/** After its return a peer is not counted as there until the others can have noticed. */
const RETURN_MS = 10_000;
const STEADY_MS = 10_000;
const VIRTUAL_MS = 180_000;
const SAMPLE_MS = 1_000;

interface Result {
  readonly size: number;
  readonly isFinished: boolean;
  readonly waited: Waited;
  readonly steadyQueue: number;
  readonly churnQueue: number;
  readonly numbers: RunNumbers;
  readonly samples: readonly (readonly [number, number])[];
}

/** The experiment. */
export const churn: Experiment = {
  name: "churn",
  summary: "Each minute one peer in a hundred crashes or leaves, and is back half a minute later.",
  anchor: "Consul's guideline: at most 5,000 members in a pool",
  parameters: {
    peers: SIZES,
    "share that goes in a minute": SHARE_PER_MINUTE,
    "how they go": "a crash and a leave by turns; peer-0, the seed of those that return, stays",
    "away for, ms": AWAY_MS,
    "virtual time": "10 s without churn, 180 s with",
  },
  budgetSeconds: 60,
  run,
};

function run({ seed, budget, onProgress }: ExperimentContext): ExperimentResult {
  const results = runLadder(SIZES, budget, (size, share) => runChurn(size, seed, share));
  onProgress(1, 1);
  return {
    rows: results.flatMap(rowsOf),
    runs: results.map(({ numbers }) => numbers),
    charts: [
      {
        title: "Longest queue of a peer (addresses to dial, and calls under way)",
        x: { label: "seconds since the churn began" },
        y: { label: "entries" },
        series: results.map(({ size, samples }) => ({ name: `${size} peers`, points: samples })),
      },
    ],
  };
}

function runChurn(size: number, seed: number, budget: Budget): Result {
  const cluster = new Cluster({ seed, peers: size, start: "converged" });
  let steadyQueue = 0;
  cluster.wait(
    () => {
      steadyQueue = Math.max(steadyQueue, longestQueue(cluster));
      return false;
    },
    { withinMs: STEADY_MS, budget, pollMs: SAMPLE_MS },
  );
  cluster.startCounting();
  begin(cluster);
  const samples: (readonly [number, number])[] = [];
  const sample = (): boolean => {
    samples.push([cluster.countedMs / 1_000, longestQueue(cluster)]);
    return false;
  };
  const waited = cluster.wait(sample, { withinMs: VIRTUAL_MS, budget, pollMs: SAMPLE_MS });
  const isFinished = waited.cut === "virtual time";
  const churnQueue = Math.max(...samples.map(([, queue]) => queue));
  const numbers = cluster.numbers(`${size} peers`, isFinished, {});
  return { size, isFinished, waited, steadyQueue, churnQueue, numbers, samples };
}

function begin(cluster: Cluster): void {
  const { sim } = cluster;
  const order = cluster.draw(sim.peers.length - 1, "churn", sim.peers.slice(1));
  const gapMs = 60_000 / (sim.peers.length * SHARE_PER_MINUTE);
  const next = (turn: number): void => {
    const peer = order[turn % order.length];
    if (peer?.isRunning) sendAway(cluster, peer, turn % 2 === 0);
    sim.after(gapMs, () => next(turn + 1));
  };
  sim.after(gapMs, () => next(0));
}

function sendAway({ sim, anomalous }: Cluster, peer: SimPeer, crashes: boolean): void {
  anomalous.add(peer);
  if (crashes) sim.crash(peer);
  else sim.leave(peer);
  sim.after(AWAY_MS, () => sim.restart(peer));
  sim.after(AWAY_MS + RETURN_MS, () => anomalous.delete(peer));
}

function longestQueue({ sim }: Cluster): number {
  let longest = 0;
  for (const { core } of sim.running) {
    if (core === undefined) continue;
    const { candidates, calls } = core.sizes;
    longest = Math.max(longest, candidates + calls);
  }
  return longest;
}

function rowsOf(result: Result): Row[] {
  const { size, isFinished, waited, steadyQueue, churnQueue, numbers } = result;
  const isFull = size === SIZES[0];
  const note = isFinished
    ? `in ${inSeconds(waited.tookMs)}`
    : unfinished(waited, `${numbers.falsePositives} such removals`);
  const peers = `${size.toLocaleString("en-US")} peers, 1 % a minute`;
  const queues = `longest ${churnQueue} with churn, ${steadyQueue} before`;
  return [
    {
      what: `${peers}: removals of members that were there`,
      unit: "count",
      goal: isFull ? { atMost: 0 } : undefined,
      ours: isFinished ? numbers.falsePositives : undefined,
      atLeast: numbers.falsePositives,
      note,
    },
    {
      what: `${peers}: longest queue against that without churn`,
      unit: "count",
      goal: isFull ? { atMost: 2 } : undefined,
      ours: isFinished ? churnQueue / Math.max(1, steadyQueue) : undefined,
      note: isFinished ? queues : `${queues}; ${note}`,
    },
  ];
}
