// The scenario in virtual time.

import type { SimPeer } from "../../src/simulator/sim-peer.js";
import { Simulator } from "../../src/simulator/simulator.js";
import {
  CRASHED,
  type Lists,
  listAll,
  listEverywhere,
  listName,
  listNowhere,
  PAUSED,
  PEER_OPTIONS,
  PEERS,
  PEERS_PER_PROCESS,
  type Stage,
  type Times,
  UPDATED,
} from "./cluster.js";

const PATIENCE_MS = 30_000;
/** As loopback is. */
const LOOPBACK = { oneWayMs: 0.03, jitterMs: 0.02 } as const;

/** Milliseconds that one of CPU time takes in each part, for want of a CPU, or on a slower one. */
export type StageSlowness = Readonly<Record<Stage, number>>;

/** The times of a run, and the CPU time that was charged for the join. */
export interface SimulatedRun {
  readonly times: Times;
  readonly joinCpuMs: number;
}

/** Runs the scenario once. */
export function runSimulated(seed: number, slowness: StageSlowness): SimulatedRun {
  const sim = new Simulator({
    seed,
    peers: PEERS,
    start: "stopped",
    options: PEER_OPTIONS,
    network: { latency: LOOPBACK },
    // Peers of one process wait for each other; processes do so as `slowness` tells.
    cpuOf: (index) => Math.floor(index / PEERS_PER_PROCESS),
  });
  const slow = (stage: Stage): void => {
    for (const peer of sim.peers) sim.slow(peer, slowness[stage]);
  };
  slow("join");
  const join = [timeJoin(sim)];
  const cpuMs = sim.peers.reduce((sum, { host }) => sum + host.counters.cpuMs, 0);
  slow("update");
  const update = UPDATED.map((index) => timeUpdate(sim, index));
  pause(sim);
  slow("pause");
  const returns = timeReturns(sim);
  slow("crash");
  const crash = timeCrashes(sim);
  return {
    times: { join, update, pause: returns, crash },
    joinCpuMs: cpuMs / slowness.join,
  };
}

function timeJoin(sim: Simulator): number {
  const [seed, ...others] = sim.peers;
  seed?.start();
  sim.runFor(PEER_OPTIONS.pingPeriodMs);
  for (const peer of others) peer.start();
  return until(sim, "all join", () => listAll(listsOf(sim)));
}

function timeUpdate(sim: Simulator, index: number): number {
  const { peer, address } = sim.peer(index);
  const name = `peer-${index}-updated`;
  peer.updateInfo({ name });
  return until(sim, "an update", () => listName(listsOf(sim), address, name));
}

function pause(sim: Simulator): void {
  const paused = PAUSED.map((index) => sim.peer(index));
  for (const peer of paused) sim.pause(peer);
  until(sim, "a pause noticed", () =>
    paused.every(({ address }) => listNowhere(listsOf(sim), address, PAUSED)),
  );
}

function timeReturns(sim: Simulator): number[] {
  const paused = PAUSED.map((index) => sim.peer(index));
  for (const peer of paused) sim.resume(peer);
  const times = timeEach(sim, "returns", paused, listEverywhere);
  until(sim, "agreement after a pause", () => listAll(listsOf(sim)));
  return times;
}

function timeCrashes(sim: Simulator): number[] {
  const crashed = CRASHED.map((index) => sim.peer(index));
  for (const peer of crashed) sim.crash(peer);
  return timeEach(sim, "crashes", crashed, (lists, address) =>
    listNowhere(lists, address, CRASHED),
  );
}

/** How long it takes from now until something holds of each of these peers. */
function timeEach(
  sim: Simulator,
  what: string,
  peers: readonly SimPeer[],
  isReached: (lists: Lists, address: string) => boolean,
): number[] {
  const startMs = sim.nowMs;
  const times = new Map<SimPeer, number>();
  until(sim, what, () => {
    const lists = listsOf(sim);
    for (const peer of peers) {
      if (times.has(peer) || !isReached(lists, peer.address)) continue;
      times.set(peer, sim.nowMs - startMs);
    }
    return times.size === peers.length;
  });
  return [...times.values()];
}

function until(sim: Simulator, what: string, isReached: () => boolean): number {
  const tookMs = sim.runUntil(isReached, { withinMs: PATIENCE_MS });
  if (tookMs === undefined) throw new Error(`${what}: ${sim.describe()}`);
  return tookMs;
}

function listsOf(sim: Simulator): Lists {
  return sim.peers.map(listOf);
}

function listOf({ peer }: SimPeer): ReadonlyMap<string, string> {
  return new Map(Array.from(peer.members().values(), ({ address, info }) => [address, info.name]));
}
