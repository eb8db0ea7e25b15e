// How far the verdicts of others are believed at once. Nobody signs what it says, and a verdict of
// most watchers looks like one that a single member made up. But a member that lives contradicts, and
// so whoever tells of it is known by how often that happened.

import type { MemberRecord } from "./member-record.js";
import { CREDIT_MEMORY_MS } from "./native-timing.js";

/** Verdicts that are remembered until they are contradicted, and tellers that were wrong. */
const MAX_REMEMBERED = 1_024;

interface Believed {
  readonly from: string;
  readonly generation: number;
  readonly incarnation: number;
}

/** Who told us of verdicts that were contradicted. */
export class Credit {
  readonly #limit: number;
  /** By the member that was said to be gone. */
  readonly #believed = new Map<string, Believed>();
  /** When the verdicts of each teller were contradicted. */
  readonly #wrongAtMs = new Map<string, number[]>();

  /** Once `limit` verdicts of a teller were contradicted, it is believed no longer at once. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A verdict was believed at once. */
  onBelieved({ address, generation, incarnation }: MemberRecord, from: string): void {
    this.#believed.delete(address);
    this.#believed.set(address, { from, generation, incarnation });
    forgetOldest(this.#believed);
  }

  /** A member says that it lives: whoever said otherwise of that boot of it was wrong. */
  onLive({ address, generation, incarnation }: MemberRecord, now: number): void {
    const believed = this.#believed.get(address);
    if (believed === undefined) return;
    const isSameBoot = generation === believed.generation;
    if (isSameBoot ? incarnation <= believed.incarnation : generation < believed.generation) return;
    this.#believed.delete(address);
    if (!isSameBoot) return;
    const { from } = believed;
    const wrongAtMs = [...this.#lately(from, now), now].slice(-this.#limit);
    this.#wrongAtMs.delete(from);
    this.#wrongAtMs.set(from, wrongAtMs);
    forgetOldest(this.#wrongAtMs);
  }

  /** True when that teller was wrong too often in the last while. */
  isSpent(from: string, now: number): boolean {
    return this.#lately(from, now).length >= this.#limit;
  }

  #lately(from: string, now: number): number[] {
    const wrongAtMs = this.#wrongAtMs.get(from) ?? [];
    return wrongAtMs.filter((atMs) => now - atMs < CREDIT_MEMORY_MS);
  }
}

function forgetOldest(map: Map<string, unknown>): void {
  if (map.size <= MAX_REMEMBERED) return;
  const oldest = map.keys().next().value;
  if (oldest !== undefined) map.delete(oldest);
}
