// What a peer knows of one other, and what it tells its application about it.

import type { Claim } from "./precedence.js";
import type { PeerInfo } from "./record.js";

/**
 * - `live`: it answered when it was last dialled (or is this peer itself);
 * - `failed`: it did not answer;
 * - `left`: it said that it goes, and does not answer any more.
 */
export type MemberStatus = "live" | "failed" | "left";

/** An entry of a peer's member list: what it knows of one peer. An immutable snapshot. */
export interface Member {
  /** The advertised address, `host:port`: the member's identity. */
  readonly address: string;
  /** What its owner says of it. */
  readonly info: PeerInfo;
  /** Whether it is there, as far as this peer knows. */
  readonly status: MemberStatus;
  /** The version of its record: a higher one is newer. */
  readonly version: number;
}

/** What happened to a member, as {@link Peer.events} gives it. */
export type MemberEvent =
  /** Listed for the first time, or back after it failed or left. */
  | { readonly type: "member-joined"; readonly member: Member }
  /** Its info changed. */
  | { readonly type: "member-updated"; readonly member: Member }
  /** It did not answer; `reason` says how it failed. */
  | { readonly type: "member-failed"; readonly member: Member; readonly reason: string }
  /** It left. */
  | { readonly type: "member-left"; readonly member: Member };

/** An entry of the member table; only the table changes it. */
export interface MemberEntry {
  readonly address: string;
  claim: Claim;
  status: MemberStatus;
  /**
   * After a first-hand fall: the highest version held before it. What is relayed at or below it may
   * be of the boot before, and is only a reason to ask the member itself. -1 when there was no fall.
   */
  ceiling: number;
  /** It is said to have left, and has not been asked yet. */
  saidToLeave: boolean;
  /** When it failed or left. */
  goneAtMs: number;
}

/** The snapshot that applications see. */
export function memberOf(entry: MemberEntry): Member {
  const { name, version } = entry.claim.record;
  return { address: entry.address, info: { name }, status: entry.status, version };
}
