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
import { mean } from "./statistics.js";

const SIZES = [5_000, 1_000, 250] as const;
const SHARE_PER_MINUTE = 0.01;
const AWAY_MS = 30_000;
/** After its return a peer is not counted as there until the others can have noticed. */
const RETURN_MS = 10_000;
const SETTLE_MS = 5_000;
const STEADY_MS = 10_000;
const VIRTUAL_MS = 180_000;
/** No divisor of a ping period: what happens once a period is seen at every phase. */
const SAMPLE_MS = 170;

/** Addresses to dial, rumors to send, probes under way and suspects, of one peer together. */
interface Queues {
  /** Over all peers. */
  readonly mean: number;
  readonly longest: number;
}

interface Result {
  readonly size: number;
  readonly isFinished: boolean;
  readonly waited: Waited;
  readonly steady: readonly Queues[];
  readonly churning: readonly Queues[];
  readonly numbers: RunNumbers;
  /** The longest queue at each time. */
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
    "virtual time": "5 s to settle, 10 s without churn, 180 s with",
  },
  budgetSeconds: 200,
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
        title: "Longest queue of a peer (to dial, to tell, probes and suspects)",
        x: { label: "seconds since the churn began" },
        y: { label: "entries" },
        series: results.map(({ size, samples }) => ({ name: `${size} peers`, points: samples })),
      },
    ],
  };
}

function runChurn(size: number, seed: number, budget: Budget): Result {
  const cluster = new Cluster({ seed, peers: size, start: "converged" });
  cluster.pass(SETTLE_MS, budget);
  const steady: Queues[] = [];
  cluster.wait(() => sample(cluster, steady), {
    withinMs: STEADY_MS,
    budget,
    pollMs: SAMPLE_MS,
  });
  cluster.startCounting();
  begin(cluster);
  const churning: Queues[] = [];
  const samples: (readonly [number, number])[] = [];
  const look = (): boolean => {
    sample(cluster, churning);
    samples.push([cluster.countedMs / 1_000, churning.at(-1)?.longest ?? 0]);
    return false;
  };
  const waited = cluster.wait(look, { withinMs: VIRTUAL_MS, budget, pollMs: SAMPLE_MS });
  const isFinished = waited.cut === "virtual time";
  const numbers = cluster.numbers(`${size} peers`, isFinished, {});
  return { size, isFinished, waited, steady, churning, numbers, samples };
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

/** Notes what waits at the peers now. Never says that the wait is over. */
function sample({ sim }: Cluster, into: Queues[]): false {
  const lengths = sim.running.flatMap(({ native, isLeaving }) => {
    // Who leaves waits for all its neighbours at once, whatever goes on beside.
    if (native === undefined || isLeaving) return [];
    const { candidates, rumors, probes, suspected } = native.sizes;
    return [candidates + rumors + probes + suspected];
  });
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  into.push({ mean: mean(lengths) ?? 0, longest });
  return false;
}

function rowsOf(result: Result): Row[] {
  const { size, isFinished, waited, steady, churning, numbers } = result;
  const isFull = size === SIZES[0];
  const note = isFinished
    ? `in ${inSeconds(waited.tookMs)}`
    : unfinished(waited, `${numbers.falsePositives} such removals`);
  const peers = `${size.toLocaleString("en-US")} peers, 1 % a minute`;
  const [before, then] = [summed(steady), summed(churning)];
  const queues = `longest ${then.longest} with churn, ${before.longest} before; mean ${then.mean.toFixed(3)}, ${before.mean.toFixed(3)} before`;
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
      ours: isFinished ? then.longest / Math.max(1, before.longest) : undefined,
      note: isFinished ? queues : `${queues}; ${note}`,
    },
  ];
}

/** The longest queue at any time, and the mean over all times. */
function summed(queues: readonly Queues[]): Queues {
  const longest = queues.reduce((most, queue) => Math.max(most, queue.longest), 0);
  return { mean: mean(queues.map((queue) => queue.mean)) ?? 0, longest };
}
