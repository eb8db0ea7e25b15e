// What must remove nobody, or must not last: every link of a live peer reset at once, a firewall that
// refuses dials to it on one side, and a network that is split for an hour.

import type { SimPeer } from "../sim-peer.js";
import type { Budget } from "./budget.js";
import { Cluster } from "./cluster.js";
import type { Experiment, ExperimentContext, ExperimentResult, Row } from "./experiment.js";
import { inSeconds, runCases, unfinished } from "./ladder.js";

const PEERS = 128;
const SPLIT_PEERS = 32;
const WARM_UP_MS = 15_000;
const WATCHED_MS = 30_000;
const SPLIT_MS = 3_600_000;
const HEALING_MS = 60_000;

type Trouble = "reset" | "firewall" | "split";
const TROUBLES: readonly Trouble[] = ["reset", "firewall", "split"];
/** An hour takes its time, even of few peers. */
const WEIGHTS: Readonly<Record<Trouble, number>> = { reset: 1, firewall: 1, split: 10 };

/** The experiment. */
export const trouble: Experiment = {
  name: "trouble",
  summary: "Links that break, a firewall on one side, and a split for an hour: who is lost by it?",
  anchor:
    "none published; several systems stay split once they were for longer than their retention",
  parameters: {
    peers: PEERS,
    "peers of the cluster that is split into halves": SPLIT_PEERS,
    "watched after a reset, or behind the firewall, ms": WATCHED_MS,
    "split for, ms": SPLIT_MS,
  },
  budgetSeconds: 90,
  run,
};

function run({ seed, budget, onProgress }: ExperimentContext): ExperimentResult {
  const results = runCases(
    TROUBLES,
    budget,
    onProgress,
    (kind, share) => (kind === "split" ? split(seed, share) : watch(kind, seed, share)),
    (kind) => WEIGHTS[kind],
  );
  return { rows: results.map(({ row }) => row), runs: results.map(({ run }) => run), charts: [] };
}

interface Result {
  readonly row: Row;
  readonly run: ExperimentResult["runs"][number];
}

const WHAT: Readonly<Record<Exclude<Trouble, "split">, string>> = {
  reset: "every link of one live peer reset at once, three times",
  firewall:
    "a firewall refuses dials to one live peer for half of the others, and its links are reset",
};

/** Counts the members that are removed anywhere. */
function watch(kind: Exclude<Trouble, "split">, seed: number, budget: Budget): Result {
  const cluster = new Cluster({ seed, peers: PEERS, start: "converged" });
  cluster.pass(WARM_UP_MS, budget);
  cluster.startCounting();
  const [hit] = cluster.draw(1, "hit");
  if (hit === undefined) throw new Error("there are no peers");
  const isWatched =
    kind === "reset" ? resetThrice(cluster, hit, budget) : wallIn(cluster, hit, budget);
  const numbers = cluster.numbers(kind, isWatched, {});
  const row: Row = {
    what: `${PEERS} peers, ${WHAT[kind]}: live members removed anywhere`,
    unit: "count",
    goal: { atMost: 0 },
    ours: isWatched ? cluster.falsePositives : undefined,
    atLeast: cluster.falsePositives,
    note: isWatched
      ? `in ${inSeconds(cluster.countedMs)}`
      : `not finished, after ${inSeconds(cluster.countedMs)}`,
  };
  return { row, run: numbers };
}

function resetThrice(cluster: Cluster, hit: SimPeer, budget: Budget): boolean {
  for (let time = 0; time < 3; time += 1) {
    cluster.sim.resetConnections(hit);
    if (!cluster.pass(WATCHED_MS / 3, budget)) return false;
  }
  return true;
}

function wallIn(cluster: Cluster, hit: SimPeer, budget: Budget): boolean {
  const others = cluster.sim.peers.filter((peer) => peer !== hit);
  cluster.sim.refuse(others.slice(0, others.length / 2), [hit]);
  cluster.sim.resetConnections(hit);
  return cluster.pass(WATCHED_MS, budget);
}

/** The time from the network's healing until all agree on a list of all. */
function split(seed: number, budget: Budget): Result {
  const cluster = new Cluster({ seed, peers: SPLIT_PEERS, start: "converged" });
  const { sim } = cluster;
  cluster.pass(WARM_UP_MS, budget);
  cluster.startCounting();
  const half = SPLIT_PEERS / 2;
  sim.partition(sim.peers.slice(0, half), sim.peers.slice(half));
  const wasSplit = cluster.pass(SPLIT_MS, budget);
  sim.heal();
  const isOne = (): boolean =>
    sim.agrees && sim.peers.every(({ listSize }) => listSize === SPLIT_PEERS);
  const waited = cluster.wait(isOne, { withinMs: HEALING_MS, budget });
  const isFinished = wasSplit && waited.isReached;
  const row: Row = {
    what: `${SPLIT_PEERS} peers, split into halves for an hour: one cluster again after`,
    unit: "ms",
    goal: { atMost: 10_000 },
    ours: isFinished ? waited.tookMs : undefined,
    atLeast: waited.tookMs,
    note: isFinished
      ? "nobody did anything"
      : unfinished(
          waited,
          `${sim.peers.filter(({ listSize }) => listSize === SPLIT_PEERS).length} whole lists`,
        ),
  };
  const numbers = cluster.numbers("split", isFinished, { converge: row.ours });
  return { row, run: numbers };
}
