// A member list that many tables can share, each keeping only its differences: how a simulated
// cluster that starts joined fits into memory.

import { RecordSum } from "./fingerprint.js";
import type { MemberEntry } from "./member.js";
import type { PeerRecord } from "./record.js";

/** An immutable list of live members, known first-hand. */
export class MemberBase {
  readonly records: readonly PeerRecord[];
  /** Shared: a table copies an entry before it changes it. */
  readonly entries: ReadonlyMap<string, MemberEntry>;
  readonly sum = new RecordSum();

  constructor(records: readonly PeerRecord[]) {
    this.records = records;
    this.entries = new Map(records.map((record) => [record.address, sharedEntry(record)]));
    for (const record of records) this.sum.add(record);
  }
}

function sharedEntry(record: PeerRecord): MemberEntry {
  return {
    address: record.address,
    claim: { record, evidence: "first-hand" },
    status: "live",
    ceiling: -1,
    saidToLeave: false,
    goneAtMs: 0,
  };
}
