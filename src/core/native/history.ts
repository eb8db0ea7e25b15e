// What happened between this peer and each other, step by step, bounded: what `peer.explain` tells.

import type { Finding } from "./frames.js";

/** It did not answer our probe in time. */
export interface ProbeMissed {
  /** The tag of the union. */
  readonly type: "probe-missed";
}

/** Our link to it broke. */
export interface LinkBroken {
  /** The tag of the union. */
  readonly type: "link-broken";
  /** How, for people. */
  readonly reason: string;
}

/** We began to suspect it. */
export interface Suspected {
  /** The tag of the union. */
  readonly type: "suspected";
  /** Why, for people. */
  readonly reason: string;
}

/** We asked a watcher what it finds. */
export interface WatcherAsked {
  /** The tag of the union. */
  readonly type: "asked";
  /** The address of the watcher. */
  readonly watcher: string;
}

/** A watcher told us what it found. */
export interface EvidenceHeard {
  /** The tag of the union. */
  readonly type: "evidence";
  /** The address of the watcher. */
  readonly watcher: string;
  /** `answered` vouches, the others confirm. */
  readonly finding: Finding;
}

/** We no longer suspect it. */
export interface SuspicionCleared {
  /** The tag of the union. */
  readonly type: "cleared";
  /** Why, for people. */
  readonly reason: string;
}

/** We gave it up, and told the others. */
export interface Convicted {
  /** The tag of the union. */
  readonly type: "convicted";
  /** Why, for people. */
  readonly reason: string;
}

/** We list it no longer, but blame ourselves: we hear from nobody. */
export interface OutOfReach {
  /** The tag of the union. */
  readonly type: "out-of-reach";
}

/** What we hold of it changed. */
export interface RecordChanged {
  /** The tag of the union. */
  readonly type: "changed";
  /** What became of it: live, failed, left, or forgotten. */
  readonly verdict: string;
  /** Its incarnation. */
  readonly incarnation: number;
  /** The address of the peer that told us. */
  readonly by: string;
}

/** It raised its incarnation against a verdict. */
export interface Refuted {
  /** The tag of the union. */
  readonly type: "refuted";
  /** Its incarnation from then on. */
  readonly incarnation: number;
}

/** A step in what this peer knows of another. */
export type HistoryStep =
  | ProbeMissed
  | LinkBroken
  | Suspected
  | WatcherAsked
  | EvidenceHeard
  | SuspicionCleared
  | Convicted
  | OutOfReach
  | RecordChanged
  | Refuted;

/** A step with its time. */
export type TimedStep = HistoryStep & {
  /** When, in milliseconds on the peer's own clock, which begins anywhere. */
  readonly atMs: number;
};

/** Steps kept of each member, and members that steps are kept of. */
const MAX_STEPS = 32;
const MAX_SUBJECTS = 256;

/** The latest steps by member; those of the member with the oldest news are forgotten first. */
export class History {
  readonly #steps = new Map<string, TimedStep[]>();
  readonly #onStep: (address: string, step: HistoryStep) => void;

  /** `onStep` is told of each step as it is added. */
  constructor(onStep: (address: string, step: HistoryStep) => void = () => {}) {
    this.#onStep = onStep;
  }

  add(address: string, step: HistoryStep, now: number): void {
    const steps = this.#steps.get(address) ?? [];
    this.#onStep(address, step);
    steps.push({ ...step, atMs: now });
    if (steps.length > MAX_STEPS) steps.shift();
    this.#steps.delete(address);
    this.#steps.set(address, steps);
    if (this.#steps.size <= MAX_SUBJECTS) return;
    const oldest = this.#steps.keys().next().value;
    if (oldest !== undefined) this.#steps.delete(oldest);
  }

  of(address: string): readonly TimedStep[] {
    return this.#steps.get(address) ?? [];
  }
}
