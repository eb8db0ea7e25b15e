// What is known of one peer, in the form that the native protocol sends and compares. Immutable: a
// change is a new record.

import type { MetadataValue } from "../record.js";

/** What became of a member. */
export type Verdict = "live" | "failed" | "left" | "forgotten";

/** One key of a peer's metadata. */
export interface MetadataEntry {
  /** What the owner wrote. */
  readonly value: MetadataValue;
  /** The version of the record in which the key was last written. */
  readonly version: number;
}

/** A record of the native protocol. */
export interface MemberRecord {
  /** The advertised address: the identity. */
  readonly address: string;
  /** When this boot of the peer began, in milliseconds since 2024; a later boot replaces. */
  readonly generation: number;
  /** Raised by its owner alone, against a verdict. */
  readonly incarnation: number;
  /** Raised by its owner alone, with each write to its info. */
  readonly version: number;
  /** What became of it. */
  readonly verdict: Verdict;
  /** The name of its info. */
  readonly name: string;
  /** The metadata of its info, by key. */
  readonly metadata: ReadonlyMap<string, MetadataEntry>;
  /** When a member that is gone is forgotten, in minutes since 2024; 0 while it is live. */
  readonly expiresAt: number;
}

/** A record as it travels: whole, or only with what its owner changed after some version. */
export interface SentRecord extends MemberRecord {
  /** Above 0: the metadata holds only what was written after that version. */
  readonly sinceVersion: number;
  /** Keys that were deleted after it. */
  readonly deletedKeys: readonly string[];
}
