// The time of day as a peer knows it: that of its start, and the time since. What others say is held
// against it, since a number from the far future could never be outdone; and it against the clocks of
// the others, since by one that was set back all of them would be from the far future.

import type { RejectionReason } from "../rejection.js";
import type { MemberRecord } from "./member-record.js";
import { MAX_COUNTER } from "./own-member.js";

/** Tombstones expire at multiples of this, so that peers forget together. */
const EXPIRY_STEP_MINUTES = 10;
const MINUTE_MS = 60_000;
/** How far ahead of our clock another's generation may lie. */
const MAX_GENERATION_LEAD_MS = 24 * 60 * MINUTE_MS;
/** Others' clocks have to be so far ahead for ours to be taken as wrong. */
const MAX_CLOCK_LAG_MS = MAX_GENERATION_LEAD_MS / 2;
/** So many others have to tell the time before a peer that is not alone believes them. */
const FEWEST_CLOCKS = 3;
/** How far ahead of our clock a tombstone may expire. */
const MAX_EXPIRY_LEAD_MINUTES = 60 * 24 * 60;

/** The time of day, in milliseconds and in minutes since 2024. */
export class Calendar {
  /** The time of day at zero of the core's own time. */
  #offsetMs: number;
  readonly #goneRetentionMs: number;

  constructor(startGeneration: number, goneRetentionMs: number, now: number) {
    this.#offsetMs = startGeneration - now;
    this.#goneRetentionMs = goneRetentionMs;
  }

  wallMs(now: number): number {
    return this.#offsetMs + now;
  }

  minutes(now: number): number {
    return Math.floor(this.wallMs(now) / MINUTE_MS);
  }

  /** When a member that goes now is forgotten. */
  expiry(now: number): number {
    const minutes = (this.wallMs(now) + this.#goneRetentionMs) / MINUTE_MS;
    return Math.ceil(minutes / EXPIRY_STEP_MINUTES) * EXPIRY_STEP_MINUTES;
  }

  /**
   * Others told the time, each as its difference to the core's own time. Where the clocks of most are
   * far ahead, ours was set back, and theirs is taken. One alone is believed by who has nobody else.
   */
  compare(offsetsMs: readonly number[], isAlone: boolean): void {
    if (offsetsMs.length < FEWEST_CLOCKS && !isAlone) return;
    const sorted = [...offsetsMs].sort((a, b) => a - b);
    const median = sorted[Math.floor((sorted.length - 1) / 2)];
    if (median !== undefined && median > this.#offsetMs + MAX_CLOCK_LAG_MS) this.#offsetMs = median;
  }

  /**
   * Why a record is not taken in whose numbers lie too far ahead; undefined where they do not. Of
   * ourselves more is taken in: those whose clock is ahead of ours believe more, and only we can rise
   * above it.
   */
  faultOf(record: MemberRecord, isOwn: boolean, now: number): RejectionReason | undefined {
    const { generation, incarnation, version, expiresAt } = record;
    if (incarnation > MAX_COUNTER || version > MAX_COUNTER) return "version-out-of-range";
    const leadMs = isOwn ? 2 * MAX_GENERATION_LEAD_MS : MAX_GENERATION_LEAD_MS;
    const isAhead = generation > this.wallMs(now) + leadMs;
    const isLasting = expiresAt > this.minutes(now) + MAX_EXPIRY_LEAD_MINUTES;
    return isAhead || isLasting ? "generation-out-of-range" : undefined;
  }
}
