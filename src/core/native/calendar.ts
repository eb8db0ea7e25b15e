// The time of day as a peer knows it: that of its start, and the time since. What others say is held
// against it, since a number from the far future could never be outdone.

import type { RejectionReason } from "../rejection.js";
import type { MemberRecord } from "./member-record.js";
import { MAX_COUNTER } from "./own-member.js";

/** Tombstones expire at multiples of this, so that peers forget together. */
const EXPIRY_STEP_MINUTES = 10;
const MINUTE_MS = 60_000;
/** How far ahead of our clock another's generation may lie. */
const MAX_GENERATION_LEAD_MS = 24 * 60 * MINUTE_MS;
/** How far ahead of our clock a tombstone may expire. */
const MAX_EXPIRY_LEAD_MINUTES = 60 * 24 * 60;

/** The time of day, in milliseconds and in minutes since 2024. */
export class Calendar {
  readonly #startGeneration: number;
  readonly #startedAtMs: number;
  readonly #goneRetentionMs: number;

  constructor(startGeneration: number, goneRetentionMs: number, now: number) {
    this.#startGeneration = startGeneration;
    this.#startedAtMs = now;
    this.#goneRetentionMs = goneRetentionMs;
  }

  wallMs(now: number): number {
    return this.#startGeneration + (now - this.#startedAtMs);
  }

  minutes(now: number): number {
    return Math.floor(this.wallMs(now) / MINUTE_MS);
  }

  /** When a member that goes now is forgotten. */
  expiry(now: number): number {
    const minutes = (this.wallMs(now) + this.#goneRetentionMs) / MINUTE_MS;
    return Math.ceil(minutes / EXPIRY_STEP_MINUTES) * EXPIRY_STEP_MINUTES;
  }

  /** Why a record is not taken in whose numbers lie too far ahead; undefined where they do not. */
  faultOf(record: MemberRecord, now: number): RejectionReason | undefined {
    const { generation, incarnation, version, expiresAt } = record;
    if (incarnation > MAX_COUNTER || version > MAX_COUNTER) return "version-out-of-range";
    const isAhead = generation > this.wallMs(now) + MAX_GENERATION_LEAD_MS;
    const isLasting = expiresAt > this.minutes(now) + MAX_EXPIRY_LEAD_MINUTES;
    return isAhead || isLasting ? "generation-out-of-range" : undefined;
  }
}
