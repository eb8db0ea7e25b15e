// Addresses that there is a reason to dial, other than their turn in the rotation: heard of, gone
// but said to live, or live but said to be otherwise. Nothing is believed before such a dial.

import type { Limits } from "./limits.js";
import { backoffMs, type Random } from "./random.js";
import { RandomSet } from "./random-set.js";
import { RateLimit } from "./rate-limit.js";
import type { BackoffRange } from "./timing.js";

/** How often an address was dialled in a row, and until when it is left alone. */
interface Rest {
  readonly attempts: number;
  readonly untilMs: number;
}

/**
 * Bounds how many such dials wait, are under way, and begin in a second, and lets each address rest
 * after a dial, the longer the more often it was dialled in vain.
 */
export class DialQueue {
  readonly #limits: Limits;
  readonly #random: Random;
  readonly #rate: RateLimit;
  readonly #waiting = new RandomSet();
  readonly #underWay = new Set<string>();
  /** In the order of their last dial; the oldest is forgotten first. */
  readonly #resting = new Map<string, Rest>();

  constructor(limits: Limits, random: Random, now: number) {
    this.#limits = limits;
    this.#random = random;
    this.#rate = new RateLimit(limits.maxDialsPerSecond, now);
  }

  /** How many addresses wait for their dial. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** True when the address waits or is being dialled. */
  has(address: string): boolean {
    return this.#waiting.has(address) || this.#underWay.has(address);
  }

  /**
   * Puts in an address, unless it is there, or rests. In a full queue it takes the place of another
   * at random, which is returned.
   */
  suggest(address: string, now: number): string | undefined {
    if (this.has(address)) return undefined;
    const rest = this.#resting.get(address);
    if (rest !== undefined && now < rest.untilMs) return undefined;
    let evicted: string | undefined;
    if (this.#waiting.size >= this.#limits.maxCandidates) {
      evicted = this.#waiting.pick(this.#random);
      if (evicted !== undefined) this.#waiting.delete(evicted);
    }
    this.#waiting.add(address);
    return evicted;
  }

  /** Takes an address to dial now, at random so that none waits behind a flood. */
  take(now: number): string | undefined {
    if (this.#waiting.size === 0 || this.#underWay.size >= this.#limits.maxDials) return undefined;
    if (!this.#rate.take(now)) return undefined;
    const address = this.#waiting.pick(this.#random);
    if (address === undefined) return undefined;
    this.#waiting.delete(address);
    this.#underWay.add(address);
    return address;
  }

  /** When {@link take} can next give something; undefined while it has to wait for a dial's end. */
  nextAtMs(now: number): number | undefined {
    if (this.#waiting.size === 0 || this.#underWay.size >= this.#limits.maxDials) return undefined;
    return this.#rate.nextAtMs(now);
  }

  /** Ends a dial. */
  end(address: string): void {
    this.#underWay.delete(address);
  }

  /** Lets an address rest for a while that grows with each time in a row. */
  rest(address: string, range: BackoffRange, now: number): void {
    const last = this.#resting.get(address);
    // What was left alone for longer than the longest rest counts anew.
    const isInARow = last !== undefined && now <= last.untilMs + range.maxMs;
    const attempts = isInARow ? last.attempts + 1 : 1;
    this.#resting.delete(address);
    const untilMs = now + backoffMs(attempts, range, this.#random);
    this.#resting.set(address, { attempts, untilMs });
    this.#forgetOldest();
  }

  /** All questions about that address are settled: the next reason to dial it counts anew. */
  forget(address: string): void {
    this.#waiting.delete(address);
    this.#resting.delete(address);
  }

  #forgetOldest(): void {
    // Twice the queue: those that rest must outnumber those that wait, or a flood would wash out
    // the memory of what was dialled in vain.
    while (this.#resting.size > 2 * this.#limits.maxCandidates) {
      const oldest = this.#resting.keys().next().value;
      if (oldest === undefined) return;
      this.#resting.delete(oldest);
    }
  }
}
