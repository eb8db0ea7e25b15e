// What a peer holds of one member.

import type { MemberRecord } from "./member-record.js";
import { type RingPositions, ringPositions } from "./rings.js";

/** An entry of a roster; only the roster changes it. */
export interface RosterEntry {
  readonly address: string;
  readonly positions: RingPositions;
  record: MemberRecord;
  /**
   * We got no answer for too long and could ask nobody: not listed here, and nothing that others are
   * told, since it may be ourselves that are cut off.
   */
  isUnreachable: boolean;
  /** Under suspicion: not counted among the watchers of others meanwhile. */
  isSuspected: boolean;
  /** It is gone because nobody contradicted in time, and not because its watchers agreed. */
  isDoubted: boolean;
}

/** An entry of a record that was not held before. */
export function newEntry(record: MemberRecord): RosterEntry {
  return {
    address: record.address,
    positions: ringPositions(record.address),
    record,
    isUnreachable: false,
    isSuspected: false,
    isDoubted: false,
  };
}
