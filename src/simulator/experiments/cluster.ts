// A simulated cluster under an experiment: it is run within a budget, and its numbers are taken.

import type { RecordChange } from "../../core/member-table.js";
import { randomIndex } from "../../core/random.js";
import { forkRandom } from "../random.js";
import type { SimPeer } from "../sim-peer.js";
import { Simulator, type SimulatorOptions } from "../simulator.js";
import type { Budget } from "./budget.js";
import type { RunNumbers } from "./experiment.js";

/** How a wait ended. */
export interface Waited {
  readonly isReached: boolean;
  /** How much virtual time passed. */
  readonly tookMs: number;
  /** What ended it, where it was not reached. */
  readonly cut: "virtual time" | "CPU time" | undefined;
}

/** What a wait is bounded by. */
export interface WaitOptions {
  readonly withinMs: number;
  readonly budget: Budget;
  /** How often it is looked whether it is reached, in virtual time. Default 10 ms. */
  readonly pollMs?: number | undefined;
}

/** Steps between two looks at the clock. */
const STEPS_PER_LOOK = 64;

/** A cluster that is watched. */
export class Cluster {
  readonly sim: Simulator;
  /** Members about which a removal is no false alarm, and whose own alarms are not healthy ones. */
  readonly anomalous = new Set<SimPeer>();
  falsePositives = 0;
  healthyFalsePositives = 0;
  readonly #listSizes = new Set<number>();
  readonly #listeners: ((observer: SimPeer, change: RecordChange) => void)[] = [];
  #startMs = 0;
  #before: Totals;

  constructor(options: SimulatorOptions) {
    this.sim = new Simulator(options);
    this.#before = totals(this.sim);
    this.sim.observe({ onRecordChange: (observer, change) => this.#onChange(observer, change) });
  }

  /** Is told of each change of a record from now on. */
  onChange(listener: (observer: SimPeer, change: RecordChange) => void): void {
    this.#listeners.push(listener);
  }

  /** Messages, bytes, dials and CPU count from here. */
  startCounting(): void {
    this.#startMs = this.sim.nowMs;
    this.#before = totals(this.sim);
  }

  /** Virtual time since counting began. */
  get countedMs(): number {
    return this.sim.nowMs - this.#startMs;
  }

  /** Bytes that all peers have sent since counting began. */
  get bytesSent(): number {
    return totals(this.sim).bytes - this.#before.bytes;
  }

  /** Draws different peers. */
  draw(count: number, purpose: string, from: readonly SimPeer[] = this.sim.peers): SimPeer[] {
    const random = forkRandom(this.sim.seed, purpose);
    const rest = [...from];
    const drawn: SimPeer[] = [];
    while (drawn.length < count && rest.length > 0) {
      drawn.push(...rest.splice(randomIndex(rest.length, random), 1));
    }
    return drawn;
  }

  /** Lets virtual time pass; false when the budget ended first. */
  pass(durationMs: number, budget: Budget): boolean {
    const waited = this.wait(() => false, { withinMs: durationMs, budget });
    return waited.cut !== "CPU time";
  }

  /** Lets virtual time pass until `isReached`, or until a budget ends. */
  wait(isReached: () => boolean, { withinMs, budget, pollMs = 10 }: WaitOptions): Waited {
    const { sim } = this;
    const startMs = sim.nowMs;
    let steps = 0;
    let isSpent = false;
    const look = (): boolean => {
      steps += 1;
      if (steps % STEPS_PER_LOOK === 0) isSpent = budget.isSpent;
      return isSpent;
    };
    for (;;) {
      const tookMs = sim.nowMs - startMs;
      if (isReached()) return { isReached: true, tookMs, cut: undefined };
      if (tookMs >= withinMs) return { isReached: false, tookMs, cut: "virtual time" };
      isSpent ||= budget.isSpent;
      if (isSpent) return { isReached: false, tookMs, cut: "CPU time" };
      sim.runUntil(look, { withinMs: Math.min(pollMs, withinMs - tookMs) });
    }
  }

  /** The numbers since counting began. */
  numbers(
    label: string,
    isFinished: boolean,
    timesMs: Readonly<Record<string, number | undefined>>,
  ): RunNumbers {
    const { sim } = this;
    const after = totals(sim);
    const before = this.#before;
    const { length: peers } = sim.peers;
    const connections = sim.running.reduce((sum, peer) => sum + peer.connectionCount, 0);
    return {
      label,
      seed: sim.seed,
      peers,
      isFinished,
      virtualMs: this.countedMs,
      traceHash: sim.traceHash,
      perPeer: {
        messages: (after.messages - before.messages) / peers,
        bytes: (after.bytes - before.bytes) / peers,
        dials: (after.dials - before.dials) / peers,
        cpuMs: (after.cpuMs - before.cpuMs) / peers,
        connections: connections / Math.max(1, sim.running.length),
      },
      falsePositives: this.falsePositives,
      healthyFalsePositives: this.healthyFalsePositives,
      listSizes: this.#listSizes.size,
      timesMs,
    };
  }

  #onChange(observer: SimPeer, change: RecordChange): void {
    this.#listSizes.add(observer.listSize);
    if (change.after === undefined) this.#onRemoval(observer, change.address);
    for (const listener of this.#listeners) listener(observer, change);
  }

  #onRemoval(observer: SimPeer, address: string): void {
    const subject = this.sim.peerAt(address);
    if (subject === undefined || !subject.isRunning || subject.isLeaving) return;
    if (this.anomalous.has(subject)) return;
    this.falsePositives += 1;
    if (!this.anomalous.has(observer)) this.healthyFalsePositives += 1;
  }
}

/** Who has removed whom: of each subject when the first and when the last of the observers did. */
export class Removals {
  readonly #subjects: ReadonlyMap<string, SubjectRemovals>;
  readonly #observers: number;
  readonly #startMs: number;

  constructor(cluster: Cluster, subjects: readonly SimPeer[], observers: readonly SimPeer[]) {
    this.#subjects = new Map(subjects.map(({ address }) => [address, new SubjectRemovals()]));
    this.#observers = observers.length;
    this.#startMs = cluster.sim.nowMs;
    const watching = new Set(observers);
    cluster.onChange((observer, { address, before, after }) => {
      const subject = watching.has(observer) ? this.#subjects.get(address) : undefined;
      if (subject === undefined) return;
      if (after === undefined) subject.remove(observer, cluster.sim.nowMs - this.#startMs);
      else if (before === undefined) subject.bringBack(observer);
      if (subject.removedBy === this.#observers)
        subject.allMs ??= cluster.sim.nowMs - this.#startMs;
      if (this.isDone) this.#doneMs ??= cluster.sim.nowMs - this.#startMs;
    });
  }

  #doneMs: number | undefined;

  /** When for the first time all observers had removed all subjects. */
  get doneMs(): number | undefined {
    return this.#doneMs;
  }

  /** True while all observers have removed all subjects. */
  get isDone(): boolean {
    for (const subject of this.#subjects.values()) {
      if (subject.removedBy < this.#observers) return false;
    }
    return true;
  }

  /** The share of all pairs of observer and subject in which the subject is removed. */
  get share(): number {
    let removed = 0;
    for (const subject of this.#subjects.values()) removed += subject.removedBy;
    return removed / (this.#subjects.size * this.#observers);
  }

  /** For each subject that was removed at all, when that was first. */
  get firstMs(): number[] {
    return Array.from(this.#subjects.values()).flatMap(({ firstMs }) => firstMs ?? []);
  }

  /** For each subject that all observers removed, when the last of them did. */
  get allMs(): number[] {
    return Array.from(this.#subjects.values()).flatMap(({ allMs }) => allMs ?? []);
  }

  /** How often at most one observer saw one subject come back. */
  get mostReturns(): number {
    return Math.max(0, ...Array.from(this.#subjects.values(), ({ mostReturns }) => mostReturns));
  }
}

class SubjectRemovals {
  firstMs: number | undefined;
  allMs: number | undefined;
  mostReturns = 0;
  readonly #observers = new Set<SimPeer>();
  readonly #returns = new Map<SimPeer, number>();

  get removedBy(): number {
    return this.#observers.size;
  }

  remove(observer: SimPeer, atMs: number): void {
    this.firstMs ??= atMs;
    this.#observers.add(observer);
  }

  bringBack(observer: SimPeer): void {
    if (!this.#observers.delete(observer)) return;
    const returns = (this.#returns.get(observer) ?? 0) + 1;
    this.#returns.set(observer, returns);
    this.mostReturns = Math.max(this.mostReturns, returns);
  }
}

interface Totals {
  messages: number;
  bytes: number;
  dials: number;
  cpuMs: number;
}

function totals(sim: Simulator): Totals {
  const sum: Totals = { messages: 0, bytes: 0, dials: 0, cpuMs: 0 };
  for (const { host } of sim.peers) {
    sum.messages += host.counters.messagesSent;
    sum.bytes += host.counters.bytesSent;
    sum.dials += host.counters.dials;
    sum.cpuMs += host.counters.cpuMs;
  }
  return sum;
}
