// The figures that a peer gives of itself.

import type { CoreCounters } from "../core/counters.js";
import type { NativeCounters } from "../core/native/native-counters.js";
import { REJECTION_REASONS, type RejectionReason } from "../core/rejection.js";

/** What {@link Peer.stats} gives: counts since the start, and what is held at present. */
export interface PeerStats extends Readonly<CoreCounters & NativeCounters> {
  /** Live members, this peer included. */
  readonly liveMembers: number;
  /** Members that failed or left and are remembered. */
  readonly goneMembers: number;
  /** Addresses that wait to be dialled. */
  readonly candidates: number;
  /** Seeds. */
  readonly seeds: number;
  /** Calls of this peer that have not ended. */
  readonly callsUnderWay: number;
  /** Links to and from others, of the native protocol. */
  readonly links: number;
  /** Connections to others, open or being made. */
  readonly connections: number;
  /** Events dropped because a reader of `events()` was too slow. */
  readonly eventsDropped: number;
  /** How often something that others sent was not taken in, by reason. */
  readonly rejected: Readonly<Record<RejectionReason, number>>;
}

/** A count of zero for every reason. */
export function newRejectedCounts(): Record<RejectionReason, number> {
  const zeros = REJECTION_REASONS.map((reason) => [reason, 0] as const);
  return Object.fromEntries(zeros) as Record<RejectionReason, number>;
}
