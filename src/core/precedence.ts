// Which of two claims about one peer wins. This is the only place that decides it, and the order
// is total, so merging is commutative, associative and idempotent (see the property tests).

import type { PeerRecord } from "./record.js";

/**
 * How we came by a record: `first-hand` is what an address said of itself when we dialled it,
 * `relayed` is everything else, however it reached us.
 */
type Evidence = "relayed" | "first-hand";

/** A record, and how we came by it. */
export interface Claim {
  readonly record: PeerRecord;
  readonly evidence: Evidence;
}

/**
 * Orders two claims about one address: positive when `a` wins, negative when `b` does, and zero
 * only when both say the same with the same evidence.
 *
 * The higher version wins, as in the seed's system. It leaves ties to whoever came first, which
 * makes the result depend on the order of arrival; here first-hand beats relayed, deleted beats
 * live, and then the name that sorts last in code units wins.
 */
export function comparePrecedence(a: Claim, b: Claim): number {
  if (a.record.version !== b.record.version) return a.record.version - b.record.version;
  if (a.evidence !== b.evidence) return a.evidence === "first-hand" ? 1 : -1;
  if (a.record.deleted !== b.record.deleted) return a.record.deleted ? 1 : -1;
  if (a.record.name === b.record.name) return 0;
  return a.record.name > b.record.name ? 1 : -1;
}

/** The claim that wins; either one when they say the same. */
export function mergeClaims(a: Claim, b: Claim): Claim {
  return comparePrecedence(a, b) >= 0 ? a : b;
}
