// Verdicts that most watchers of a member have not agreed on, or that were learnt in an exchange: they
// take effect only after a grace, in which the accused, who hears of it first, can contradict. What one
// peer with a bad line finds then removes nobody, and two halves that meet again keep their own.

import type { MemberRecord } from "./member-record.js";
import { compareLife } from "./merge.js";

/** A verdict that waits. */
export interface Accusation {
  readonly record: MemberRecord;
  /** Who told us; undefined where we found it ourselves. */
  readonly from: string | undefined;
  /** Why, for people. */
  readonly reason: string;
  dueAtMs: number;
}

/** The accusations that wait, one a member. */
export class Accusations {
  readonly #graceMs: number;
  readonly #waiting = new Map<string, Accusation>();

  constructor(graceMs: number) {
    this.#graceMs = graceMs;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Lets a verdict wait. Returns false when one that says as much waits already. */
  hold(record: MemberRecord, from: string | undefined, reason: string, now: number): boolean {
    const held = this.#waiting.get(record.address);
    if (held !== undefined && !isNewer(record, held.record)) return false;
    this.#waiting.set(record.address, { record, from, reason, dueAtMs: now + this.#graceMs });
    return true;
  }

  /** Those whose grace is over. */
  takeDue(now: number): Accusation[] {
    const due = Array.from(this.#waiting.values()).filter(({ dueAtMs }) => dueAtMs <= now);
    for (const { record } of due) this.#waiting.delete(record.address);
    return due;
  }

  nextAtMs(): number {
    let nextAtMs = Number.POSITIVE_INFINITY;
    for (const { dueAtMs } of this.#waiting.values()) nextAtMs = Math.min(nextAtMs, dueAtMs);
    return nextAtMs;
  }

  /** Time in which nothing could be heard does not count. */
  delayBy(durationMs: number): void {
    for (const accusation of this.#waiting.values()) accusation.dueAtMs += durationMs;
  }
}

/** Another tombstone's expiry alone is no reason to wait anew. */
function isNewer(record: MemberRecord, held: MemberRecord): boolean {
  if (record.generation !== held.generation) return record.generation > held.generation;
  return compareLife(record, { ...held, expiresAt: record.expiresAt }) > 0;
}
