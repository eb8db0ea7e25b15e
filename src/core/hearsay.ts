// What others say of peers, ourselves included. It is never more than hearsay: it can bring a newer
// record of a live member, or be a reason to dial, and that is all.

import type { CoreCounters } from "./counters.js";
import type { DialQueue } from "./dial-queue.js";
import { judgeRelayed } from "./judgement.js";
import type { Limits } from "./limits.js";
import type { MemberEntry } from "./member.js";
import type { MemberTable } from "./member-table.js";
import type { Natives } from "./natives.js";
import type { OwnRecord } from "./own-record.js";
import { mergeClaims } from "./precedence.js";
import type { PeerRecord } from "./record.js";
import type { RejectionCounter } from "./rejection.js";

/** What hearsay can touch. */
export interface HearsayContext {
  readonly limits: Limits;
  readonly own: OwnRecord;
  readonly members: MemberTable;
  readonly natives: Natives | undefined;
  readonly dials: DialQueue;
  readonly rejections: RejectionCounter;
  readonly counters: CoreCounters;
}

/** Takes in relayed records. */
export class Hearsay {
  readonly #context: HearsayContext;
  /** What was relayed of the addresses in the dial queue that are no members. */
  readonly #candidates = new Map<string, PeerRecord>();

  constructor(context: HearsayContext) {
    this.#context = context;
  }

  /** What was relayed of an address that waits for its dial. */
  candidate(address: string): PeerRecord | undefined {
    return this.#candidates.get(address);
  }

  /** The dial of that address has ended. */
  forgetCandidate(address: string): void {
    this.#candidates.delete(address);
  }

  /** Takes in a record that someone other than its owner may have sent. */
  learn(record: PeerRecord, now: number): void {
    const { own, members, natives } = this.#context;
    if (record.address === own.record.address) return this.#onSaidOfSelf(record);
    // They tell of themselves, and better.
    if (natives?.lists(record.address)) return;
    const entry = members.get(record.address);
    if (entry?.status === "live") this.#onLive(entry, record, now);
    else if (record.deleted) return;
    else if (entry === undefined) this.#onUnknown(record, now);
    else this.suggestDial(record.address, now);
  }

  /** There is a reason to dial that address. */
  suggestDial(address: string, now: number): void {
    const evicted = this.#context.dials.suggest(address, now);
    if (evicted === undefined) return;
    this.#candidates.delete(evicted);
    this.#context.rejections.add("candidates-full", evicted);
  }

  /** We raise our version above what is said of us. */
  #onSaidOfSelf(record: PeerRecord): void {
    const { own, counters } = this.#context;
    this.#rejectIfOutOfRange(record);
    if (own.refute(record)) counters.refutations += 1;
  }

  /** An address that is no member: it is listed only after it has answered us. */
  #onUnknown(record: PeerRecord, now: number): void {
    const { members, dials, rejections } = this.#context;
    if (members.isFull) {
      rejections.add("members-full", record.address);
      return;
    }
    const isOutOfRange = this.#rejectIfOutOfRange(record);
    this.suggestDial(record.address, now);
    // Not remembered when absurd: an address that answers a ping only is listed as remembered here.
    if (isOutOfRange || !dials.has(record.address)) return;
    const held = this.#candidates.get(record.address);
    this.#candidates.set(record.address, held === undefined ? record : newer(held, record));
  }

  #onLive(entry: MemberEntry, record: PeerRecord, now: number): void {
    const { limits, members, rejections } = this.#context;
    const heldVersion = entry.claim.record.version;
    if (record.deleted) {
      if (record.version <= heldVersion) return;
      if (!this.#rejectIfOutOfRange(record)) members.setSaidToLeave(entry, true);
      this.suggestDial(record.address, now);
      return;
    }
    const judgement = judgeRelayed(entry, record, limits);
    if (judgement === "ignore") return;
    if (judgement === "accept") return members.acceptRelayed(entry, record);
    const isOutOfRange = this.#rejectIfOutOfRange(record);
    const isJump = record.version > heldVersion + limits.maxVersionJump;
    if (isJump && !isOutOfRange) rejections.add("version-jump", record.address);
    this.suggestDial(record.address, now);
  }

  #rejectIfOutOfRange(record: PeerRecord): boolean {
    const isOutOfRange = record.version > this.#context.limits.maxVersion;
    if (isOutOfRange) this.#context.rejections.add("version-out-of-range", record.address);
    return isOutOfRange;
  }
}

function newer(a: PeerRecord, b: PeerRecord): PeerRecord {
  return mergeClaims({ record: a, evidence: "relayed" }, { record: b, evidence: "relayed" }).record;
}
