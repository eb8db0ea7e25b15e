// The three faults of the Rapid paper at 1,000 members: ten crash, ten hear nothing every other 20
// seconds, ten lose most of what they send.

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
import { inPercent, inSeconds, runCases, runLadder, unfinished } from "./ladder.js";

const SIZES = [1_000, 100] as const;
const FAULTY = 10;
const FLIP_MS = 20_000;
const LOSS_RATE = 0.8;
const WARM_UP_MS = 15_000;
const VIRTUAL_MS = 400_000;
const SAMPLE_MS = 250;

type Fault = "crash" | "flip" | "loss";
const FAULTS: readonly Fault[] = ["crash", "flip", "loss"];
const TITLES: Readonly<Record<Fault, string>> = {
  crash: `${FAULTY} crash`,
  flip: `${FAULTY} hear nothing for 20 s, then all for 20 s, and so on`,
  loss: `${FAULTY} lose 80 % of what they send`,
};

interface Result {
  readonly fault: Fault;
  readonly size: number;
  readonly isFinished: boolean;
  readonly waited: Waited;
  readonly doneMs: number | undefined;
  readonly share: number;
  readonly mostReturns: number;
  readonly numbers: RunNumbers;
  readonly samples: readonly (readonly [number, number])[];
}

/** The experiment. */
export const rapidFaults: Experiment = {
  name: "rapid-faults",
  summary: "Ten of 1,000 members crash, hear nothing now and then, or lose most of what they send.",
  anchor: "Rapid (Suresh et al., ATC 2018): memberlist under the same three faults",
  parameters: {
    members: SIZES,
    faulty: FAULTY,
    "ingress flips every, ms": FLIP_MS,
    "loss of what they send": LOSS_RATE,
    "virtual time": "15 s to settle, then until done (crash) or 400 s (flip, loss)",
  },
  budgetSeconds: 420,
  run,
};

function run({ seed, budget, onProgress }: ExperimentContext): ExperimentResult {
  const results = runCases(FAULTS, budget, onProgress, (fault, share) =>
    runLadder(SIZES, share, (size, ofSize) => runFault(fault, size, seed, ofSize)),
  ).flat();
  return {
    rows: results.flatMap(rowsOf),
    runs: results.map(({ numbers }) => numbers),
    charts: [
      {
        title: "Removed, of all pairs of a healthy and a faulty member",
        x: { label: "seconds since the fault began" },
        y: { label: "share" },
        series: results.map(({ fault, size, samples }) => ({
          name: `${fault}, ${size} members`,
          points: samples,
        })),
      },
    ],
  };
}

function runFault(fault: Fault, size: number, seed: number, budget: Budget): Result {
  const cluster = new Cluster({ seed, peers: size, start: "converged" });
  const faulty = cluster.draw(FAULTY, "faulty");
  for (const peer of faulty) cluster.anomalous.add(peer);
  const healthy = cluster.sim.peers.filter((peer) => !cluster.anomalous.has(peer));
  cluster.pass(WARM_UP_MS, budget);
  cluster.startCounting();
  const removals = new Removals(cluster, faulty, healthy);
  begin(cluster, fault, faulty, healthy);
  const samples: (readonly [number, number])[] = [];
  const isReached = (): boolean => {
    samples.push([cluster.countedMs / 1_000, removals.share]);
    return fault === "crash" && removals.isDone;
  };
  const waited = cluster.wait(isReached, { withinMs: VIRTUAL_MS, budget, pollMs: SAMPLE_MS });
  const { doneMs, share, mostReturns } = removals;
  const isFinished = fault === "crash" ? waited.isReached : waited.cut === "virtual time";
  const label = `${fault}, ${size} members`;
  const timesMs = { detectFirst: Math.min(...removals.firstMs), detectAll: doneMs };
  const numbers = cluster.numbers(label, isFinished, removals.firstMs.length > 0 ? timesMs : {});
  return { fault, size, isFinished, waited, doneMs, share, mostReturns, numbers, samples };
}

function begin(
  { sim }: Cluster,
  fault: Fault,
  faulty: readonly SimPeer[],
  healthy: readonly SimPeer[],
): void {
  const flip = (isDeaf: boolean): void => {
    if (isDeaf) sim.cut(healthy, faulty);
    else sim.heal();
    sim.after(FLIP_MS, () => flip(!isDeaf));
  };
  switch (fault) {
    case "crash":
      for (const peer of faulty) sim.crash(peer);
      break;
    case "flip":
      flip(true);
      break;
    case "loss":
      sim.lose(faulty, healthy, LOSS_RATE);
      break;
    default:
      fault satisfies never;
  }
}

function rowsOf(result: Result): Row[] {
  const { fault, size, waited, doneMs, share, mostReturns, numbers, isFinished } = result;
  const isFull = size === SIZES[0];
  const isCrash = fault === "crash";
  const came = unfinished(waited, `${inPercent(share)} of the removals standing`);
  const ran = isFinished ? `in ${inSeconds(waited.tookMs)}` : came;
  const members = `${size.toLocaleString("en-US")} members`;
  const removed: Row = {
    what: `${members}, ${TITLES[fault]}: removed by all healthy ones`,
    unit: "ms",
    anchor: isFull && !isCrash ? "never settles" : undefined,
    goal: isFull ? { atMost: isCrash ? 1_000 : 20_000 } : undefined,
    ours: doneMs,
    atLeast: waited.tookMs,
    note: doneMs === undefined ? neverRemoved(result, came) : ran,
  };
  const healthy: Row = {
    what: `${members}, ${fault}: healthy members removed by healthy ones`,
    unit: "count",
    goal: isFull ? { atMost: 0 } : undefined,
    ours: isFinished ? numbers.healthyFalsePositives : undefined,
    atLeast: numbers.healthyFalsePositives,
    note: ran,
  };
  if (isCrash) return [removed, healthy];
  const returns: Row = {
    what: `${members}, ${fault}: returns of one faulty member, as one healthy one saw it`,
    unit: "count",
    goal: isFull ? { atMost: 3 } : undefined,
    ours: isFinished ? mostReturns : undefined,
    atLeast: mostReturns,
    note: ran,
  };
  return [removed, returns, healthy];
}

function neverRemoved({ isFinished, waited, share }: Result, came: string): string {
  if (!isFinished) return came;
  return `never all at once in ${inSeconds(waited.tookMs)}; ${inPercent(share)} of the removals standing at the end`;
}
