// What a peer knows of one other, and what it tells its application about it.

import type { Claim } from "./precedence.js";
import type { PeerInfo } from "./record.js";

/**
 * - `live`: it is there, as far as this peer knows (or is this peer itself);
 * - `failed`: most of those that watch it found that it does not answer, or in the seed dialect this peer did;
 * - `left`: it said that it goes.
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

/**
 * All that a peer knows of a member. Times are in milliseconds since 1970 by the wall clock of the
 * peer that is asked, but for `startedAtMs`.
 */
export interface MemberDetail extends Member {
  /** Whether it is the peer that is asked. */
  readonly isSelf: boolean;
  /** The protocol that the peer that is asked speaks with it. */
  readonly dialect: "native" | "seed";
  /** Whether it is listed, but under suspicion. */
  readonly isSuspected: boolean;
  /** When its process began, by its own clock; undefined where it speaks the seed dialect. */
  readonly startedAtMs: number | undefined;
  /** Raised by the member alone, against what is said of it; 0 in the seed dialect. */
  readonly incarnation: number;
  /** Since when the peer that is asked has known it. */
  readonly knownSinceMs: number;
  /** When the peer that is asked last learnt something new of it. */
  readonly changedAtMs: number;
  /**
   * How long its latest answer took: to a probe on a link that was there, or in the seed dialect to
   * a whole call. Undefined before the first one.
   */
  readonly roundTripMs: number | undefined;
}

/** The peer itself first, then by address. */
export function compareDetails(a: MemberDetail, b: MemberDetail): number {
  if (a.isSelf !== b.isSelf) return a.isSelf ? -1 : 1;
  if (a.address === b.address) return 0;
  return a.address < b.address ? -1 : 1;
}

/** Listed for the first time, or back after it failed or left. */
export interface MemberJoined {
  /** The tag of the union. */
  readonly type: "member-joined";
  /** The member as it is now. */
  readonly member: Member;
}

/** A member's info changed; our own too. */
export interface MemberUpdated {
  /** The tag of the union. */
  readonly type: "member-updated";
  /** The member as it is now. */
  readonly member: Member;
}

/** A member did not answer. */
export interface MemberFailed {
  /** The tag of the union. */
  readonly type: "member-failed";
  /** The member as it was last known. */
  readonly member: Member;
  /** How it failed, for people. */
  readonly reason: string;
}

/** A member left. It may be listed as failed by then: that it had said so was heard late. */
export interface MemberLeft {
  /** The tag of the union. */
  readonly type: "member-left";
  /** The member as it was last known. */
  readonly member: Member;
}

/**
 * A member does not answer this peer: it is listed until others confirm that, or it takes too long.
 * Ends with `suspicion-cleared`, `member-failed` or `member-left`.
 */
export interface MemberSuspected {
  /** The tag of the union. */
  readonly type: "member-suspected";
  /** The member as it is known. */
  readonly member: Member;
  /** Why, for people. */
  readonly reason: string;
}

/** A suspicion of this peer ended without a verdict. */
export interface SuspicionEnded {
  /** The tag of the union. */
  readonly type: "suspicion-cleared";
  /** The member as it is known. */
  readonly member: Member;
  /** Why, for people. */
  readonly reason: string;
}

/** Others held that this peer is gone, and it rose above that. */
export interface SelfRefuted {
  /** The tag of the union. */
  readonly type: "self-refuted";
  /** This peer. */
  readonly member: Member;
  /** Its incarnation from now on. */
  readonly incarnation: number;
}

/** What happened to a member, as {@link Peer.events} gives it. */
export type MemberEvent =
  | MemberJoined
  | MemberUpdated
  | MemberFailed
  | MemberLeft
  | MemberSuspected
  | SuspicionEnded
  | SelfRefuted;

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
