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
  /** Whether it is no verdict of most watchers, even to who tells of it. */
  readonly isDoubted: boolean;
  /** Why, for people. */
  readonly reason: string;
  dueAtMs: number;
}

const NONE: readonly Accusation[] = [];

/** The accusations that wait, one a member. */
export class Accusations {
  readonly #graceMs: number;
  readonly #limit: number;
  readonly #waiting = new Map<string, Accusation>();
  /** How many of them each teller has told. */
  readonly #counts = new Map<string, number>();

  /** At most `limit` of one teller wait at once. */
  constructor(graceMs: number, limit: number) {
    this.#graceMs = graceMs;
    this.#limit = limit;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Lets a verdict wait, unless one that says as much waits already, or too many of that teller. */
  hold(accusation: Omit<Accusation, "dueAtMs">, now: number): "held" | "known" | "too-many" {
    const { record, from } = accusation;
    const held = this.#waiting.get(record.address);
    if (held !== undefined && !isNewer(record, held.record)) return "known";
    if (from !== undefined && (this.#counts.get(from) ?? 0) >= this.#limit) return "too-many";
    if (held !== undefined) this.#end(held);
    this.#waiting.set(record.address, { ...accusation, dueAtMs: now + this.#graceMs });
    if (from !== undefined) this.#counts.set(from, (this.#counts.get(from) ?? 0) + 1);
    return "held";
  }

  /** Those whose grace is over. */
  takeDue(now: number): readonly Accusation[] {
    if (this.#waiting.size === 0) return NONE;
    const due = Array.from(this.#waiting.values()).filter(({ dueAtMs }) => dueAtMs <= now);
    for (const accusation of due) this.#end(accusation);
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

  #end({ record, from }: Accusation): void {
    this.#waiting.delete(record.address);
    if (from === undefined) return;
    const count = (this.#counts.get(from) ?? 1) - 1;
    if (count > 0) this.#counts.set(from, count);
    else this.#counts.delete(from);
  }
}

/** Another tombstone's expiry alone is no reason to wait anew. */
function isNewer(record: MemberRecord, held: MemberRecord): boolean {
  if (record.generation !== held.generation) return record.generation > held.generation;
  return compareLife(record, { ...held, expiresAt: record.expiresAt }) > 0;
}
