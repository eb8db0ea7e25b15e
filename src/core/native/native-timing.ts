// The durations of the native protocol. All derive from the ping period and the probe timeout, which
// are the two that a user sets.

import type { Timing } from "../timing.js";

/** The durations that the native core works with, in milliseconds. */
export interface NativeTiming {
  /** Time between two exchanges that this peer begins. */
  readonly pingPeriodMs: number;
  /** How long an answer to a probe may take; longer while this peer's own health is bad. */
  readonly probeTimeoutMs: number;
  /** How long a member is suspected at least, however many confirm that it is silent. */
  readonly minSuspicionMs: number;
  /** How long it is suspected at most, when nobody confirms it. */
  readonly maxSuspicionMs: number;
  /** How long a peer that hears from nobody doubts itself before it gives the others up. */
  readonly isolationMs: number;
  /** How long a link may take to be there. */
  readonly linkTimeoutMs: number;
  /** How long one to a seed may take: when all join at once it has much to do. */
  readonly seedTimeoutMs: number;
  /** How long a member that failed or left is remembered. */
  readonly goneRetentionMs: number;
  /** How often one gone member, picked at random, is dialled to see whether it is back. */
  readonly reconnectPeriodMs: number;
  /** How often a seed that answers, but is not itself a member, is dialled. */
  readonly seedPeriodMs: number;
  /** The longest time that `leave()` spends on telling the others. */
  readonly leaveTimeoutMs: number;
}

/**
 * The durations that follow from a peer's options: suspicion lasts one ping period, or two probe
 * timeouts where that is longer, with the confirmation of most watchers and eight periods without any, isolation is doubted for sixty.
 */
export function nativeTiming(timing: Timing, probeTimeoutMs: number): NativeTiming {
  const { pingPeriodMs } = timing;
  // At least until it could have answered once more, over a fresh link where the one there is has failed.
  const minSuspicionMs = Math.max(pingPeriodMs, 2 * probeTimeoutMs);
  return {
    pingPeriodMs,
    probeTimeoutMs,
    minSuspicionMs,
    maxSuspicionMs: Math.max(8 * pingPeriodMs, 2 * minSuspicionMs),
    isolationMs: 60 * pingPeriodMs,
    linkTimeoutMs: Math.max(2_000, 4 * probeTimeoutMs),
    seedTimeoutMs: Math.max(5_000, 10 * probeTimeoutMs),
    goneRetentionMs: timing.goneRetentionMs,
    reconnectPeriodMs: timing.reconnectPeriodMs,
    seedPeriodMs: timing.seedPeriodMs,
    leaveTimeoutMs: timing.leaveTimeoutMs,
  };
}

/** Every so many periods the exchange is with the longest-untouched of all members. */
export const FAR_EXCHANGE_PERIODS = 60;
/** A newcomer exchanges after such a part of a period, and after twice, four and eight times it. */
export const FIRST_CATCH_UP_PERIODS = 1 / 16;
/** So many of the live members dial one that failed, on average, in each `reconnectPeriodMs`. */
export const RECONNECTING = 8;
/** Rumors wait this long for others when some were sent just before. */
export const RUMOR_FLUSH_MS = 2;
/** How long a probe waits that has to wait for its link first: for one dial that is sent again. */
export const DIAL_PATIENCE_MS = 1_500;
/** The longest look at a member. */
export const MAX_CHECK_MS = 5_000;
/** Watchers that are asked first, and how long later the others are. */
export const FIRST_ASKED = 3;
export const ASK_ALL_MS = 250;
/** A member suspected and cleared twice within this time is put on trial. */
export const RELAPSE_MS = 60_000;
/** Between the two refused dials that tell of a closed port. */
export const SECOND_KNOCK_MS = 50;
/** How long a watcher that still looks is waited for once most have found the port closed. */
export const VOUCH_PATIENCE_MS = 250;
/** How long a member is given whose port is closed, where nobody else is there: as in a cluster of two. */
export const REFUSED_ALONE_MS = 100;
/** Collectors of evidence begin one after another, so that mostly only one does. */
export const COLLECTOR_STEP_MS = 20;
/** How long another collector is waited for. */
export const COLLECTOR_PATIENCE_MS = 1_500;
/** A wake-up so late means that this process, or its machine, stood still. */
export const STALL_MS = 200;
/** A link that no neighbour needs is closed after this time without use. */
export const IDLE_LINK_MS = 10_000;
/** A link is closed on which nothing came for so long, and for so many periods. */
export const STALE_LINK_MS = 60_000;
export const STALE_LINK_PERIODS = 20;
/** A peer is new for so long: it dials its neighbours without waiting for them to dial. */
export const NEWCOMER_MS = 5_000;
/** How long the side that is not to dial first waits. */
export const LINK_PATIENCE_MS = 1_000;
/** Links opened in a second for the overlay; the lists of newcomers change too fast for more. */
export const OVERLAY_LINKS_PER_SECOND = 1;
/** Probes of a trial, and the time from one to the next. */
export const TRIAL_PROBES = 10;
export const TRIAL_STEP_MS = 350;
/** From so many late answers on a member counts as one that does not answer. */
export const TRIAL_LATE = 5;
/** How long a member is left in peace after a trial that did not convict it. */
export const TRIAL_REST_MS = 30_000;
/** Failures longer ago do not count for a probation. */
export const PROBATION_MEMORY_MS = 10 * 60_000;
/** Probation after the second failure; it doubles with each further one. */
export const PROBATION_BASE_MS = 10_000;
export const MAX_PROBATION_MS = 300_000;
/** How long a difference of two lists may take to be settled. */
export const DIFFERENCE_TIMEOUT_MS = 10_000;
/** How long it is remembered that a verdict which somebody told was contradicted. */
export const CREDIT_MEMORY_MS = 600_000;
