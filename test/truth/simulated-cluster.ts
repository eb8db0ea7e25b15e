// The scenario in virtual time.

import type { SimPeer } from "../../src/simulator/sim-peer.js";
import { Simulator } from "../../src/simulator/simulator.js";
import {
  CRASHED,
  gather,
  type Lists,
  listAll,
  listEverywhere,
  listName,
  listNowhere,
  type OfStages,
  PAUSED,
  PEER_OPTIONS,
  PEERS,
  PEERS_PER_PROCESS,
  type Stage,
  type StageResult,
  type Times,
  UPDATED,
} from "./cluster.js";

const PATIENCE_MS = 30_000;
/** As loopback is. */
const LOOPBACK = { oneWayMs: 0.03, jitterMs: 0.02 } as const;

/** The times of a run, and the CPU time in ms that each process was charged in each part. */
export interface SimulatedRun {
  readonly times: Times;
  readonly cpu: OfStages<number>;
}

/**
 * Runs the scenario once. `slowness` tells how many milliseconds one of charged CPU time takes in
 * each process, for want of a CPU, or on one that is not that of the table of costs.
 */
export function runSimulated(seed: number, slowness?: OfStages<number>): SimulatedRun {
  return new SimulatedCluster(seed, slowness).run();
}

class SimulatedCluster {
  readonly #sim: Simulator;
  readonly #slowness: OfStages<number> | undefined;
  /** What each peer lists, once it was asked since its last change. */
  readonly #lists: (ReadonlyMap<string, string> | undefined)[] = [];
  #hasChanged = true;

  constructor(seed: number, slowness: OfStages<number> | undefined) {
    this.#sim = new Simulator({
      seed,
      peers: PEERS,
      start: "stopped",
      options: PEER_OPTIONS,
      network: { latency: LOOPBACK },
      // Peers of one process wait for each other; processes do so as `slowness` tells.
      cpuOf: processOf,
    });
    this.#slowness = slowness;
    this.#sim.observe({
      onRecordChange: ({ index }) => {
        this.#lists[index] = undefined;
        this.#hasChanged = true;
      },
    });
  }

  run(): SimulatedRun {
    return gather({
      join: this.#measure("join", () => [this.#join()]),
      update: this.#measure("update", () => UPDATED.map((index) => this.#update(index))),
      pause: this.#measure("pause", () => this.#pause()),
      resume: this.#measure("resume", () => this.#resume()),
      crash: this.#measure("crash", () => this.#crash()),
    });
  }

  #measure(stage: Stage, run: () => number[]): StageResult<number> {
    for (const peer of this.#sim.peers) {
      this.#sim.slow(peer, this.#slowness?.[stage][processOf(peer.index)] ?? 1);
    }
    const before = this.#cpuMs();
    const times = run();
    const cpu = this.#cpuMs().map((cpuMs, index) => cpuMs - (before[index] ?? 0));
    return { times, cpu };
  }

  /** What each process was charged so far. */
  #cpuMs(): number[] {
    const charged = new Array<number>(PEERS / PEERS_PER_PROCESS).fill(0);
    for (const { index, host } of this.#sim.peers) {
      charged[processOf(index)] = (charged[processOf(index)] ?? 0) + host.counters.cpuMs;
    }
    return charged;
  }

  #join(): number {
    const [seed, ...others] = this.#sim.peers;
    seed?.start();
    this.#sim.runFor(PEER_OPTIONS.pingPeriodMs);
    for (const peer of others) peer.start();
    return this.#until("all join", listAll);
  }

  #update(index: number): number {
    const { peer, address } = this.#sim.peer(index);
    const name = `peer-${index}-updated`;
    peer.updateInfo({ name });
    this.#lists[index] = undefined;
    return this.#until("an update", (lists) => listName(lists, address, name));
  }

  /** Pauses a process until all others have given its peers up. */
  #pause(): number[] {
    for (const index of PAUSED) this.#sim.pause(this.#sim.peer(index));
    return this.#untilEach("a pause", PAUSED, (lists, address) =>
      listNowhere(lists, address, PAUSED),
    );
  }

  #resume(): number[] {
    for (const index of PAUSED) this.#sim.resume(this.#sim.peer(index));
    const times = this.#untilEach("a return", PAUSED, listEverywhere);
    this.#until("agreement after a pause", listAll);
    return times;
  }

  #crash(): number[] {
    for (const index of CRASHED) this.#sim.crash(this.#sim.peer(index));
    return this.#untilEach("a crash", CRASHED, (lists, address) =>
      listNowhere(lists, address, CRASHED),
    );
  }

  /** How long it takes from now until something holds of each of these peers. */
  #untilEach(
    what: string,
    indexes: readonly number[],
    isReached: (lists: Lists, address: string) => boolean,
  ): number[] {
    const startMs = this.#sim.nowMs;
    const times = new Map<number, number>();
    this.#until(what, (lists) => {
      for (const index of indexes) {
        if (times.has(index) || !isReached(lists, this.#sim.peer(index).address)) continue;
        times.set(index, this.#sim.nowMs - startMs);
      }
      return times.size === indexes.length;
    });
    return [...times.values()];
  }

  #until(what: string, isReached: (lists: Lists) => boolean): number {
    this.#hasChanged = true;
    const hasBeenReached = (): boolean => {
      if (!this.#hasChanged) return false;
      this.#hasChanged = false;
      return isReached(this.#sim.peers.map((peer) => this.#listOf(peer)));
    };
    const tookMs = this.#sim.runUntil(hasBeenReached, { withinMs: PATIENCE_MS });
    if (tookMs === undefined) throw new Error(`${what}: ${this.#sim.describe()}`);
    return tookMs;
  }

  #listOf({ index, peer }: SimPeer): ReadonlyMap<string, string> {
    const list =
      this.#lists[index] ??
      new Map(Array.from(peer.members().values(), ({ address, info }) => [address, info.name]));
    this.#lists[index] = list;
    return list;
  }
}

function processOf(index: number): number {
  return Math.floor(index / PEERS_PER_PROCESS);
}
