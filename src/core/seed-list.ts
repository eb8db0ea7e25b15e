// The seeds: addresses that a person or discovery gave. They are dialled for ever, since they are
// what brings a cluster together again, however long it was apart.

import type { Limits } from "./limits.js";
import { backoffMs, type Random } from "./random.js";
import { SEED_BACKOFF, type Timing } from "./timing.js";

/** A seed, and how far its current attempt has come. */
interface SeedEntry {
  readonly seed: string;
  dueMs: number;
  /** Attempts in a row that nothing answered. */
  failures: number;
  /** Steps of the current attempt that have not ended: its look-up, then its dials. */
  pending: number;
  /** Whether one of the current attempt's dials was answered. */
  answered: boolean;
  /** Whether one of these answers was a whole exchange. */
  exchanged: boolean;
}

/** One address of a seed, to be dialled. */
export interface SeedDial {
  readonly seed: string;
  readonly address: string;
}

/** How an attempt to reach a seed ended. */
export type SeedOutcome =
  | { readonly type: "seed-answered"; readonly seed: string }
  | {
      readonly type: "seed-failed";
      readonly seed: string;
      readonly reason: string;
      /** The error underneath, where there is one. */
      readonly cause?: unknown;
    };

/** The seeds with the time at which each is due. */
export class SeedList {
  readonly #limits: Limits;
  readonly #timing: Timing;
  readonly #random: Random;
  readonly #seeds = new Map<string, SeedEntry>();
  /** At most `maxAddressesPerSeed` for each seed, since an attempt ends before the next begins. */
  readonly #dials: SeedDial[] = [];
  #dialsUnderWay = 0;

  constructor(limits: Limits, timing: Timing, random: Random) {
    this.#limits = limits;
    this.#timing = timing;
    this.#random = random;
  }

  get size(): number {
    return this.#seeds.size;
  }

  has(seed: string): boolean {
    return this.#seeds.has(seed);
  }

  /** Adds a seed, due at once; one that is there and waits becomes due. False when full. */
  add(seed: string, now: number): boolean {
    const held = this.#seeds.get(seed);
    if (held !== undefined) {
      if (held.pending === 0) held.dueMs = now;
      return true;
    }
    if (this.#seeds.size >= this.#limits.maxSeeds) return false;
    this.#seeds.set(seed, {
      seed,
      dueMs: now,
      failures: 0,
      pending: 0,
      answered: false,
      exchanged: false,
    });
    return true;
  }

  /** When the next seed is due; undefined when all are under way, or there is none. */
  nextAtMs(): number | undefined {
    let next: number | undefined;
    for (const entry of this.#seeds.values()) {
      if (entry.pending === 0 && (next === undefined || entry.dueMs < next)) next = entry.dueMs;
    }
    return next;
  }

  /** Begins an attempt for each seed that is due, and returns these seeds. */
  takeDue(now: number): string[] {
    const due: string[] = [];
    for (const entry of this.#seeds.values()) {
      if (entry.pending > 0 || entry.dueMs > now) continue;
      entry.pending = 1;
      entry.answered = false;
      entry.exchanged = false;
      due.push(entry.seed);
    }
    return due;
  }

  /** The look-up of a seed gave these addresses, each of which is to be dialled. */
  onResolved(seed: string, addresses: readonly string[]): void {
    const entry = this.#seeds.get(seed);
    if (entry === undefined) return;
    entry.pending += addresses.length - 1;
    for (const address of addresses) this.#dials.push({ seed, address });
  }

  /** An address to dial now; undefined when none is left, or enough dials are under way. */
  takeDial(): SeedDial | undefined {
    if (this.#dialsUnderWay >= this.#limits.maxDials) return undefined;
    const dial = this.#dials.shift();
    if (dial !== undefined) this.#dialsUnderWay += 1;
    return dial;
  }

  /** A dial from {@link takeDial} has ended. */
  endDial(): void {
    this.#dialsUnderWay -= 1;
  }

  /** A member went: the seeds may know more, so each is due within the longest back-off. */
  hurry(now: number): void {
    for (const entry of this.#seeds.values()) {
      const soonMs = now + this.#random() * SEED_BACKOFF.maxMs;
      entry.dueMs = Math.min(entry.dueMs, soonMs);
    }
  }

  /**
   * Notes that one of the attempt's dials was answered, which is an outcome at once. Without an
   * exchange (it answered a ping only) nothing was learnt, and the seed is due again soon.
   */
  onAnswered(seed: string, exchanged: boolean, now: number): SeedOutcome | undefined {
    const entry = this.#seeds.get(seed);
    if (entry === undefined) return undefined;
    entry.answered = true;
    entry.exchanged ||= exchanged;
    this.#onDialEnded(entry, now);
    return { type: "seed-answered", seed };
  }

  /** Notes that one of the attempt's dials failed; the last one to end is an outcome. */
  onFailed(seed: string, reason: string, now: number): SeedOutcome | undefined {
    const entry = this.#seeds.get(seed);
    if (entry === undefined) return undefined;
    const isLast = this.#onDialEnded(entry, now);
    if (!isLast) return undefined;
    return entry.answered ? { type: "seed-answered", seed } : { type: "seed-failed", seed, reason };
  }

  /** Returns whether it was the attempt's last. */
  #onDialEnded(entry: SeedEntry, now: number): boolean {
    entry.pending -= 1;
    if (entry.pending > 0) return false;
    if (entry.exchanged) {
      entry.failures = 0;
      entry.dueMs = now + this.#timing.seedPeriodMs * (0.75 + this.#random() / 2);
    } else {
      entry.failures += 1;
      entry.dueMs = now + backoffMs(entry.failures, SEED_BACKOFF, this.#random);
    }
    return true;
  }
}
