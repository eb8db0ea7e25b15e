// The injected source of randomness, and the two things that the core does with it.

import type { BackoffRange } from "./timing.js";

/** A source of random numbers: each call gives one from 0 (included) to 1 (excluded). */
export type Random = () => number;

/** A whole number from 0 up to, but not including, `end`. */
export function randomIndex(end: number, random: Random): number {
  return Math.floor(random() * end);
}

/**
 * The wait before attempt number `attempt` (from 1): doubles up to the maximum, and is then spread
 * over its upper half, so that many peers that failed together do not come back together.
 */
export function backoffMs(attempt: number, range: BackoffRange, random: Random): number {
  const doublings = Math.min(attempt - 1, 30);
  const fullMs = Math.min(range.maxMs, range.baseMs * 2 ** doublings);
  return fullMs / 2 + (random() * fullMs) / 2;
}
