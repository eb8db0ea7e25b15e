// The members a peer knows: the live ones, each of which has answered it, and the gone ones, which
// it remembers for a while. All changes go through here, and each makes its event.

import { type Fingerprint, RecordSum } from "./fingerprint.js";
import type { Limits } from "./limits.js";
import { type Member, type MemberEntry, type MemberEvent, memberOf } from "./member.js";
import type { MemberBase } from "./member-base.js";
import { type Claim, comparePrecedence } from "./precedence.js";
import { type Random, randomIndex } from "./random.js";
import type { PeerRecord } from "./record.js";
import { Rotation } from "./rotation.js";

/** A change of what is held of one member, for checkers; undefined for what is not live. */
export interface RecordChange {
  /** Whose record it is. */
  readonly address: string;
  /** What was held before; undefined where the member was not live. */
  readonly before: PeerRecord | undefined;
  /** What is held from now on; undefined where the member is no longer live. */
  readonly after: PeerRecord | undefined;
  /** Whether the member was remembered as gone before. */
  readonly wasGone: boolean;
}

/** What a table is made from. */
export interface MemberTableOptions {
  /** Our own address, which is never in the table. */
  readonly own: string;
  readonly limits: Limits;
  readonly onEvent: (event: MemberEvent) => void;
  /** Told of each change, also those without an event. */
  readonly onRecordChange?: ((change: RecordChange) => void) | undefined;
  /** Members to begin with, shared with other tables. */
  readonly base?: MemberBase | undefined;
}

/** The members other than this peer itself. */
export class MemberTable {
  readonly rotation: Rotation;
  readonly #own: string;
  readonly #limits: Limits;
  readonly #onEvent: (event: MemberEvent) => void;
  readonly #onRecordChange: ((change: RecordChange) => void) | undefined;
  readonly #base: MemberBase | undefined;
  /** Members of the base that this table has changed or removed; ourselves among them. */
  readonly #overridden = new Set<string>();
  /** Live members that are not as in the base. */
  readonly #live = new Map<string, MemberEntry>();
  /** In the order in which they went. */
  readonly #gone = new Map<string, MemberEntry>();
  readonly #sum = new RecordSum();

  constructor({ own, limits, onEvent, onRecordChange, base }: MemberTableOptions) {
    this.#own = own;
    this.#limits = limits;
    this.#onEvent = onEvent;
    this.#onRecordChange = onRecordChange;
    this.#base = base;
    this.rotation = new Rotation(base, own);
    if (base === undefined) return;
    this.#sum.addSum(base.sum);
    const ownInBase = base.entries.get(own);
    if (ownInBase !== undefined) this.#override(ownInBase);
  }

  get liveCount(): number {
    const inBase = this.#base === undefined ? 0 : this.#base.entries.size - this.#overridden.size;
    return inBase + this.#live.size;
  }

  /** True when no more members can be listed; one place is this peer's own. */
  get isFull(): boolean {
    return this.liveCount + 1 >= this.#limits.maxMembers;
  }

  get goneCount(): number {
    return this.#gone.size;
  }

  /** The fingerprint of the live members' records together with our own. */
  fingerprint(own: PeerRecord): Fingerprint {
    return this.#sum.fingerprintWith(own);
  }

  get(address: string): MemberEntry | undefined {
    return this.live(address) ?? this.#gone.get(address);
  }

  /** A live member; only this table changes what it gives. */
  live(address: string): MemberEntry | undefined {
    const shared = this.#base?.entries.get(address);
    if (shared !== undefined && !this.#overridden.has(address)) return shared;
    return this.#live.get(address);
  }

  liveAddresses(): string[] {
    return Array.from(this.#liveEntries(), (entry) => entry.address);
  }

  /** Snapshots of the live members, or of all with `gone` included. */
  *snapshots(include: "live" | "all"): Generator<Member> {
    for (const entry of this.#liveEntries()) yield memberOf(entry);
    if (include === "all") for (const entry of this.#gone.values()) yield memberOf(entry);
  }

  /** Adds the live members' records to `records`, but for those that `isWithheld`. */
  appendRecords(records: PeerRecord[], isWithheld: (record: PeerRecord) => boolean): void {
    if (this.#base !== undefined) {
      for (const record of this.#base.records) {
        if (!this.#overridden.has(record.address) && !isWithheld(record)) {
          records.push(record);
        }
      }
    }
    for (const { claim } of this.#live.values()) {
      if (!isWithheld(claim.record)) records.push(claim.record);
    }
  }

  /** A gone member, each as likely as any other. */
  pickGone(random: Random): string | undefined {
    if (this.#gone.size === 0) return undefined;
    const index = randomIndex(this.#gone.size, random);
    return Array.from(this.#gone.keys())[index];
  }

  /**
   * Lists an address that answered: as a new member, or as one that is back. Returns false when the
   * list is full.
   */
  join(address: string, claim: Claim): boolean {
    if (this.isFull || address === this.#own) return false;
    const gone = this.#gone.get(address);
    this.#gone.delete(address);
    const ceiling = gone === undefined ? -1 : raisedCeiling(gone, claim.record);
    const entry: MemberEntry = {
      address,
      claim,
      status: "live",
      ceiling,
      saidToLeave: false,
      goneAtMs: 0,
    };
    this.#live.set(address, entry);
    this.#sum.add(claim.record);
    this.#changed(address, undefined, claim.record, gone !== undefined);
    this.rotation.addUntouched(address);
    this.#onEvent({ type: "member-joined", member: memberOf(entry) });
    return true;
  }

  /**
   * Takes what a live member said of itself when we dialled it: true whatever version we held. What
   * we held before is a ceiling from then on. But an answer can be overtaken by news that left the
   * member after it: what is newer than all that we held when we dialled, `askedVersion`, stays.
   */
  adoptFirstHand(held: MemberEntry, record: PeerRecord, askedVersion: number): void {
    const claim: Claim = { record, evidence: "first-hand" };
    if (comparePrecedence(claim, held.claim) === 0) return;
    const isOvertaken =
      record.version < held.claim.record.version && record.version >= askedVersion;
    if (isOvertaken) return;
    const entry = this.#changeable(held);
    entry.ceiling = raisedCeiling(entry, record);
    this.#setClaim(entry, claim);
  }

  /** Takes a relayed record that was judged to be news. */
  acceptRelayed(held: MemberEntry, record: PeerRecord): void {
    this.#setClaim(this.#changeable(held), { record, evidence: "relayed" });
  }

  /** Notes that a live member is said to have left: when it does not answer, it has. */
  setSaidToLeave(held: MemberEntry, saidToLeave: boolean): void {
    if (held.saidToLeave !== saidToLeave) this.#changeable(held).saidToLeave = saidToLeave;
  }

  /** A live member that does not answer has failed, or has left where it said so. */
  remove(address: string, reason: string, now: number): void {
    const held = this.live(address);
    if (held === undefined) return;
    const entry = this.#changeable(held);
    this.#live.delete(address);
    this.#sum.subtract(entry.claim.record);
    this.#changed(address, entry.claim.record, undefined, false);
    this.rotation.remove(address);
    entry.status = entry.saidToLeave ? "left" : "failed";
    entry.goneAtMs = now;
    this.#gone.set(address, entry);
    const member = memberOf(entry);
    this.#onEvent(
      entry.status === "left"
        ? { type: "member-left", member }
        : { type: "member-failed", member, reason },
    );
    this.#forgetGone((_, count) => count > this.#limits.maxGoneMembers);
  }

  /** Forgets the members that went before `beforeMs`. */
  forgetGoneBefore(beforeMs: number): void {
    this.#forgetGone((entry) => entry.goneAtMs < beforeMs);
  }

  /** The members that went without a word. */
  *failed(): Generator<Readonly<MemberEntry>> {
    for (const entry of this.#gone.values()) if (entry.status === "failed") yield entry;
  }

  /** Remembers a gone member no longer. */
  forget(address: string): void {
    this.#gone.delete(address);
  }

  *#liveEntries(): Generator<MemberEntry> {
    if (this.#base !== undefined) {
      for (const entry of this.#base.entries.values()) {
        if (!this.#overridden.has(entry.address)) yield entry;
      }
    }
    yield* this.#live.values();
  }

  /** The entry itself where it is ours, or else a copy of the base's that takes its place. */
  #changeable(entry: MemberEntry): MemberEntry {
    if (this.#base?.entries.get(entry.address) !== entry) return entry;
    const copy = { ...entry };
    this.#overridden.add(entry.address);
    this.#live.set(entry.address, copy);
    return copy;
  }

  /** Takes a member of the base out of this table. */
  #override(entry: MemberEntry): void {
    this.#overridden.add(entry.address);
    this.#sum.subtract(entry.claim.record);
  }

  #setClaim(entry: MemberEntry, claim: Claim): void {
    const isUpdate = entry.claim.record.name !== claim.record.name;
    this.#sum.subtract(entry.claim.record);
    this.#sum.add(claim.record);
    this.#changed(entry.address, entry.claim.record, claim.record, false);
    entry.claim = claim;
    if (isUpdate) this.#onEvent({ type: "member-updated", member: memberOf(entry) });
  }

  #changed(
    address: string,
    before: PeerRecord | undefined,
    after: PeerRecord | undefined,
    wasGone: boolean,
  ): void {
    this.#onRecordChange?.({ address, before, after, wasGone });
  }

  #forgetGone(isOver: (oldest: MemberEntry, count: number) => boolean): void {
    for (const entry of this.#gone.values()) {
      if (!isOver(entry, this.#gone.size)) return;
      this.#gone.delete(entry.address);
    }
  }
}

/** The ceiling once `record` was heard first-hand: raised when it is no newer than what we held. */
function raisedCeiling(entry: MemberEntry, record: PeerRecord): number {
  const held = entry.claim.record;
  const fell =
    record.version < held.version || (record.version === held.version && record.name !== held.name);
  const ceiling = fell ? Math.max(entry.ceiling, held.version) : entry.ceiling;
  return record.version > ceiling ? -1 : ceiling;
}
