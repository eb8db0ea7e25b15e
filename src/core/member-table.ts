// The members a peer knows: the live ones, each of which has answered it, and the gone ones, which
// it remembers for a while. All changes go through here, and each makes its event.

import type { Limits } from "./limits.js";
import { type Member, type MemberEntry, type MemberEvent, memberOf } from "./member.js";
import { type Claim, comparePrecedence } from "./precedence.js";
import { type Random, randomIndex } from "./random.js";
import type { PeerRecord } from "./record.js";
import { Rotation } from "./rotation.js";

/** The members other than this peer itself. */
export class MemberTable {
  readonly rotation = new Rotation();
  readonly #limits: Limits;
  readonly #onEvent: (event: MemberEvent) => void;
  readonly #live = new Map<string, MemberEntry>();
  /** In the order in which they went. */
  readonly #gone = new Map<string, MemberEntry>();
  #liveRecords: readonly PeerRecord[] | undefined;

  constructor(limits: Limits, onEvent: (event: MemberEvent) => void) {
    this.#limits = limits;
    this.#onEvent = onEvent;
  }

  get liveCount(): number {
    return this.#live.size;
  }

  /** True when no more members can be listed; one place is this peer's own. */
  get isFull(): boolean {
    return this.#live.size + 1 >= this.#limits.maxMembers;
  }

  get goneCount(): number {
    return this.#gone.size;
  }

  get(address: string): MemberEntry | undefined {
    return this.#live.get(address) ?? this.#gone.get(address);
  }

  live(address: string): MemberEntry | undefined {
    return this.#live.get(address);
  }

  liveAddresses(): string[] {
    return Array.from(this.#live.keys());
  }

  /** Snapshots of the live members, or of all with `gone` included. */
  *snapshots(include: "live" | "all"): Generator<Member> {
    for (const entry of this.#live.values()) yield memberOf(entry);
    if (include === "all") for (const entry of this.#gone.values()) yield memberOf(entry);
  }

  /** The records of the live members; the same array until one of them changes. */
  liveRecords(): readonly PeerRecord[] {
    this.#liveRecords ??= Array.from(this.#live.values(), (entry) => entry.claim.record);
    return this.#liveRecords;
  }

  /** A gone member, each as likely as any other. */
  pickGone(random: Random): string | undefined {
    const index = randomIndex(this.#gone.size, random);
    return Array.from(this.#gone.keys())[index];
  }

  /**
   * Lists an address that answered: as a new member, or as one that is back. Returns false when the
   * list is full.
   */
  join(address: string, claim: Claim): boolean {
    if (this.isFull) return false;
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
    this.rotation.addUntouched(address);
    this.#changed({ type: "member-joined", member: memberOf(entry) });
    return true;
  }

  /**
   * Takes what a live member said of itself when we dialled it: true whatever version we held. What
   * we held before is a ceiling from then on.
   */
  adoptFirstHand(entry: MemberEntry, record: PeerRecord): void {
    const claim: Claim = { record, evidence: "first-hand" };
    entry.saidToLeave = false;
    if (comparePrecedence(claim, entry.claim) === 0) return;
    entry.ceiling = raisedCeiling(entry, record);
    this.#setClaim(entry, claim);
  }

  /** Takes a relayed record that was judged to be news. */
  acceptRelayed(entry: MemberEntry, record: PeerRecord): void {
    this.#setClaim(entry, { record, evidence: "relayed" });
  }

  /** A live member that does not answer has failed, or has left where it said so. */
  remove(address: string, reason: string, now: number): void {
    const entry = this.#live.get(address);
    if (entry === undefined) return;
    this.#live.delete(address);
    this.rotation.remove(address);
    entry.status = entry.saidToLeave ? "left" : "failed";
    entry.goneAtMs = now;
    this.#gone.set(address, entry);
    const member = memberOf(entry);
    this.#changed(
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

  #setClaim(entry: MemberEntry, claim: Claim): void {
    const isUpdate = entry.claim.record.name !== claim.record.name;
    entry.claim = claim;
    this.#liveRecords = undefined;
    if (isUpdate) this.#onEvent({ type: "member-updated", member: memberOf(entry) });
  }

  #changed(event: MemberEvent): void {
    this.#liveRecords = undefined;
    this.#onEvent(event);
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
