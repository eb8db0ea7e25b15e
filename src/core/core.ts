// The protocol as a pure state machine: told what happened and what time it is, it says what to
// do. It has no clock, timer, socket or randomness of its own. docs/SEED-DIALECT.md tells the rules.

import { type Acquaintance, Acquaintances } from "./acquaintances.js";
import { parseAddress } from "./address.js";
import { type CallPurpose, Calls, type PendingCall } from "./calls.js";
import { type CoreCounters, newCounters } from "./counters.js";
import { DialQueue } from "./dial-queue.js";
import type { Fingerprint } from "./fingerprint.js";
import { FormerMembers } from "./former-members.js";
import { Hearsay } from "./hearsay.js";
import type { HistogramFigures } from "./histogram.js";
import { Leaving } from "./leaving.js";
import type { Limits } from "./limits.js";
import { type Member, type MemberDetail, type MemberEntry, memberOf } from "./member.js";
import type { MemberBase } from "./member-base.js";
import { MemberTable, type RecordChange } from "./member-table.js";
import type { Effect, Input } from "./messages.js";
import type { Natives } from "./natives.js";
import { mayBeOriginals } from "./original.js";
import { OwnRecord } from "./own-record.js";
import type { Claim } from "./precedence.js";
import type { Random } from "./random.js";
import type { PeerInfo, PeerRecord } from "./record.js";
import { RejectionCounter } from "./rejection.js";
import { SeedList } from "./seed-list.js";
import { answerTo, recordsFor } from "./sending.js";
import type { KeptMember } from "./snapshot.js";
import { CANDIDATE_BACKOFF, CHECK_BACKOFF, GONE_BACKOFF, type Timing } from "./timing.js";

/** What a core is made from. */
export interface CoreOptions {
  /** Our advertised address. */
  readonly address: string;
  readonly info: PeerInfo;
  /** The version that our record begins at; see `startVersion`. */
  readonly version: number;
  readonly limits: Limits;
  readonly timing: Timing;
  readonly random: Random;
  /** Members to begin with, shared with other cores; a simulated cluster can start joined. */
  readonly base?: MemberBase | undefined;
  /** Members that are reached by the native protocol: passed on here, and not dialled. */
  readonly natives?: Natives | undefined;
  /** Members of an earlier boot, to look for. */
  readonly formerMembers?: readonly KeptMember[] | undefined;
  /** Told of each change of a held record; the simulator's checkers listen. */
  readonly onRecordChange?: ((change: RecordChange) => void) | undefined;
}

/** Why a call or a look-up failed, in words, and the error underneath. */
interface Failure {
  readonly reason: string;
  readonly cause?: unknown;
}

/** One peer's knowledge of its cluster, and what it does next. */
export class Core {
  readonly #limits: Limits;
  readonly #timing: Timing;
  readonly #random: Random;
  readonly #own: OwnRecord;
  readonly #members: MemberTable;
  readonly #dials: DialQueue;
  readonly #seeds: SeedList;
  readonly #calls = new Calls();
  readonly #hearsay: Hearsay;
  readonly #natives: Natives | undefined;
  readonly #rejections = new RejectionCounter();
  readonly #acquaintances: Acquaintances;
  readonly #former: FormerMembers;
  readonly counters: CoreCounters = newCounters();
  #effects: Effect[] = [];
  #pingAtMs: number;
  #reconnectAtMs: number;
  #leaving: Leaving | undefined;
  #now: number;
  #hasLeft = false;

  constructor(options: CoreOptions, now: number) {
    const { address, info, version, limits, timing, random } = options;
    this.#limits = limits;
    this.#timing = timing;
    this.#random = random;
    this.#natives = options.natives;
    this.#now = now;
    this.#acquaintances = new Acquaintances(now);
    this.#former = new FormerMembers(options.formerMembers ?? [], limits, now);
    this.#own = new OwnRecord(address, info, version, limits, now);
    this.#members = new MemberTable({
      own: address,
      limits,
      base: options.base,
      onRecordChange: (change) => {
        const { address, before, wasGone } = change;
        this.#acquaintances.onChange(address, before !== undefined || wasGone, true, this.#now);
        this.#former.delete(address);
        options.onRecordChange?.(change);
      },
      onEvent: (event) => this.#effects.push({ type: "event", event }),
    });
    this.#dials = new DialQueue(limits, random, now);
    this.#seeds = new SeedList(limits, timing, random);
    this.#hearsay = new Hearsay({
      limits,
      own: this.#own,
      members: this.#members,
      natives: this.#natives,
      dials: this.#dials,
      rejections: this.#rejections,
      counters: this.counters,
    });
    // A random phase, so that peers started together do not act together for ever.
    this.#pingAtMs = now + random() * timing.pingPeriodMs;
    this.#reconnectAtMs = now + timing.reconnectPeriodMs;
    this.#seekFormer(now);
  }

  // What can be asked.

  get address(): string {
    return this.#own.record.address;
  }

  /** This peer as its own member list shows it. */
  get self(): Member {
    const { address, name, version, deleted } = this.#own.record;
    return { address, info: { name }, status: deleted ? "left" : "live", version };
  }

  /** The live members with this peer itself first; with "all", those failed and left too. */
  *members(include: "live" | "all"): Generator<Member> {
    yield this.self;
    yield* this.#members.snapshots(include);
  }

  /** All that is known of each member but us; `wallOffsetMs` makes the time of day of our times. */
  *details(wallOffsetMs: number): Generator<MemberDetail> {
    for (const member of this.#members.snapshots("all")) {
      yield detailOf(member, this.#acquaintances.of(member.address), wallOffsetMs);
    }
  }

  /** All that is known of one member, which is not us. */
  detail(address: string, wallOffsetMs: number): MemberDetail | undefined {
    const entry = this.#members.get(address);
    if (entry === undefined) return undefined;
    return detailOf(memberOf(entry), this.#acquaintances.of(address), wallOffsetMs);
  }

  /** All that is known of ourselves. */
  selfDetail(wallOffsetMs: number): MemberDetail {
    const detail = detailOf(this.self, this.#acquaintances.of(this.address), wallOffsetMs);
    return { ...detail, isSelf: true };
  }

  /** The calls that were answered, by how long they took. */
  get roundTrips(): HistogramFigures {
    return this.#acquaintances.roundTrips.figures;
  }

  /** The fingerprint of the live list: equal on two peers that list the same with the same records. */
  get fingerprint(): Fingerprint {
    return this.#members.fingerprint(this.#own.record);
  }

  /** True when that address is a member, live or gone. */
  remembers(address: string): boolean {
    return this.#members.get(address) !== undefined;
  }

  /** Our own record. */
  get own(): PeerRecord {
    return this.#own.record;
  }

  /** The records of the live list, our own first. */
  liveRecords(): readonly PeerRecord[] {
    return answerTo([], this.#own.record, this.#members);
  }

  /** True once all were told that we leave, or the time for it ran out. */
  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  /** How many members are listed, this peer included. */
  get liveCount(): number {
    return this.#members.liveCount + 1;
  }

  /** How much is held of what is bounded. */
  get sizes(): { live: number; gone: number; candidates: number; seeds: number; calls: number } {
    return {
      live: this.#members.liveCount + 1,
      gone: this.#members.goneCount,
      candidates: this.#dials.waiting,
      seeds: this.#seeds.size,
      calls: this.#calls.size,
    };
  }

  /** When {@link onTimeout} has something to do; undefined for never. A call before is a no-op. */
  nextTimeoutMs(now: number): number | undefined {
    if (this.#hasLeft) return undefined;
    if (this.#leaving !== undefined) return this.#leaving.deadlineMs;
    const nextAtMs = Math.min(
      this.#isAlone ? Number.POSITIVE_INFINITY : this.#pingAtMs,
      this.#isAlone ? Number.POSITIVE_INFINITY : this.#reconnectAtMs,
      this.#dials.nextAtMs(now) ?? Number.POSITIVE_INFINITY,
      this.#seeds.nextAtMs() ?? Number.POSITIVE_INFINITY,
    );
    return Number.isFinite(nextAtMs) ? nextAtMs : undefined;
  }

  /**
   * Beside the native protocol there is mostly nobody who speaks this one: then no period wakes the
   * process.
   */
  get #isAlone(): boolean {
    const { liveCount, goneCount } = this.#members;
    return this.#natives !== undefined && liveCount === 0 && goneCount === 0;
  }

  /** What the next boot has to know of the members. */
  *keptMembers(now: number): Generator<KeptMember> {
    const { goneRetentionMs } = this.#timing;
    for (const address of this.#members.liveAddresses()) {
      yield { address, remainingMs: goneRetentionMs };
    }
    for (const { address, goneAtMs } of this.#members.failed()) {
      yield { address, remainingMs: goneAtMs + goneRetentionMs - now };
    }
    yield* this.#former.kept(now);
  }

  /** Gives what is to be done since the last call, in order. */
  takeEffects(): readonly Effect[] {
    const effects = this.#effects;
    if (effects.length > 0) this.#effects = [];
    return effects;
  }

  // What the application does.

  /** Writes our info; it travels with the next exchanges. */
  updateInfo(info: PeerInfo): void {
    this.#own.updateInfo(info);
    this.#effects.push({ type: "event", event: { type: "member-updated", member: this.self } });
  }

  /** Adds a seed and dials it at once. Returns false when there are too many. */
  addSeed(seed: string, now: number): boolean {
    if (!this.#seeds.add(seed, now)) return false;
    this.#onSeedTimeout(now);
    return true;
  }

  /** Tells the live members that we go; ends with a `leave-ended` effect. */
  leave(now: number): void {
    if (this.#leaving !== undefined) return;
    this.#own.leave();
    const deadlineMs = now + this.#timing.leaveTimeoutMs;
    this.#leaving = new Leaving(this.#members.liveAddresses(), this.#limits.maxDials, deadlineMs);
    this.#continueLeaving(now);
  }

  /** Someone may be at that address. */
  suggestDial(address: string, now: number): void {
    if (address !== this.address) this.#hearsay.suggestDial(address, now);
  }

  /** Takes a member that is gone off our list; by this dialect nobody else can be told. */
  forget(address: string): void {
    this.#members.forget(address);
  }

  /** Raises our version to what we are known by elsewhere. */
  raiseVersion(version: number): void {
    this.#own.raiseTo(version);
  }

  /** That address speaks the native protocol now. */
  onNative(address: string, now: number): void {
    this.#now = now;
    this.#members.remove(address, "it speaks the native protocol now", now);
  }

  // What happens.

  /** Takes in one message, or the end of one call. */
  handle(input: Input, now: number): void {
    this.#now = now;
    switch (input.type) {
      case "exchange-request":
        this.#onExchangeRequest(input.requestId, input.records, now);
        break;
      case "exchange-answer":
        this.#onExchangeAnswer(input, now);
        break;
      case "pong":
        this.#onPong(input.callId, now);
        break;
      case "call-failed":
        this.#onCallFailed(input, now);
        break;
      case "seed-resolved":
        this.#onSeedResolved(input, now);
        break;
      default:
        input satisfies never;
    }
    this.#onDialTimeout(now);
    for (const rejection of this.#rejections.take()) {
      this.#effects.push({ type: "rejected", rejection });
    }
  }

  /** Does what has become due. */
  onTimeout(now: number): void {
    if (this.#hasLeft) return;
    this.#now = now;
    if (this.#leaving !== undefined) {
      if (now >= this.#leaving.deadlineMs) this.#onLeaveTimeout(this.#leaving);
      return;
    }
    if (now >= this.#pingAtMs) this.#onPingPeriodTimeout(now);
    if (now >= this.#reconnectAtMs) this.#onReconnectTimeout(now);
    this.#onSeedTimeout(now);
    this.#onDialTimeout(now);
  }

  /** The seed's rule: exchange with the member untouched for longest. */
  #onPingPeriodTimeout(now: number): void {
    const missedPeriods = Math.floor((now - this.#pingAtMs) / this.#timing.pingPeriodMs);
    this.#pingAtMs += (missedPeriods + 1) * this.#timing.pingPeriodMs;
    if (this.#calls.rotationCount >= this.#limits.maxExchanges) return;
    const address = this.#members.rotation.next((member) => this.#calls.isInRotation(member));
    if (address !== undefined) this.#beginExchange(address, { type: "rotation" }, now);
  }

  /** Forgets who is gone for long, and looks whether one of the others is back. */
  #onReconnectTimeout(now: number): void {
    this.#reconnectAtMs = now + this.#timing.reconnectPeriodMs;
    this.#members.forgetGoneBefore(now - this.#timing.goneRetentionMs);
    this.#acquaintances.prune((address) => this.remembers(address));
    const address = this.#members.pickGone(this.#random);
    if (address !== undefined) this.#hearsay.suggestDial(address, now);
    this.#seekFormer(now);
  }

  #seekFormer(now: number): void {
    const isAlone = this.#members.liveCount === 0;
    for (const address of this.#former.take(isAlone, this.#random, now)) {
      this.suggestDial(address, now);
    }
  }

  /** Begins an attempt at each seed that is due. */
  #onSeedTimeout(now: number): void {
    for (const seed of this.#seeds.takeDue(now)) {
      if (parseAddress(seed)?.hostType === "name") {
        this.#effects.push({ type: "lookup-seed", seed });
      } else {
        this.#onSeedAddresses(seed, [seed], now);
      }
    }
  }

  /** Begins as many of the waiting dials as the limits allow. */
  #onDialTimeout(now: number): void {
    if (this.#leaving !== undefined) return;
    for (;;) {
      const address = this.#dials.take(now);
      if (address === undefined) return;
      this.counters.dialsStarted += 1;
      this.#beginExchange(address, { type: "dial" }, now);
    }
  }

  #onLeaveTimeout(leaving: Leaving): void {
    this.#hasLeft = true;
    this.#effects.push({ type: "leave-ended", told: leaving.told, untold: leaving.untold });
  }

  // Messages.

  /** The caller is not known, so nothing that it sends is first-hand. */
  #onExchangeRequest(requestId: number, records: readonly PeerRecord[], now: number): void {
    this.counters.exchangesServed += 1;
    this.counters.recordsReceived += records.length;
    for (const record of records) this.#hearsay.learn(record, now);
    const answer = answerTo(records, this.#own.record, this.#members, this.#natives);
    this.#effects.push({ type: "answer", requestId, records: answer });
  }

  #onExchangeAnswer(input: Extract<Input, { type: "exchange-answer" }>, now: number): void {
    const call = this.#calls.end(input.callId);
    if (call === undefined) return;
    this.counters.exchangesAnswered += 1;
    if (call.purpose.type === "leave") return this.#onLeaveCallEnded(true, now);
    this.counters.recordsReceived += input.records.length;
    const wasLive = this.#isLive(call.address);
    let own: PeerRecord | undefined;
    let firstHand: PeerRecord | undefined;
    for (const record of input.records) {
      if (record.address === this.address) own = record;
      if (record.address === call.address) firstHand = record;
      else this.#hearsay.learn(record, now);
    }
    if (firstHand === undefined) this.#onUnnamedAnswer(call, now);
    else this.#onFirstHand(call, firstHand, now);
    // One of our kind lists us once it has dialled us; an original has deleted us.
    const isOriginals = firstHand !== undefined && mayBeOriginals(firstHand);
    if (own === undefined && isOriginals && input.complete) this.#own.onUnlisted(now);
    this.#onReached(call, wasLive, now);
  }

  /** It is there, though its exchange failed: an original may be waiting for a silent address. */
  #onPong(callId: number, now: number): void {
    const call = this.#calls.end(callId);
    if (call === undefined) return;
    this.counters.pingsAnswered += 1;
    if (call.purpose.type === "leave") return this.#onLeaveCallEnded(false, now);
    const wasLive = this.#isLive(call.address);
    this.#onAnsweredPing(call, now);
    this.#onReached(call, wasLive, now);
  }

  #onCallFailed(input: Extract<Input, { type: "call-failed" }>, now: number): void {
    const call = this.#calls.end(input.callId);
    if (call === undefined) return;
    if (this.#isLive(call.address)) this.#acquaintances.onMissed(call.address);
    if (call.isPing) this.counters.pingsFailed += 1;
    else this.counters.exchangesFailed += 1;
    if (call.purpose.type === "leave") return this.#onLeaveCallEnded(false, now);
    // A live member gets a second chance whatever the failure was; of others only those do that
    // may be there but busy.
    const mayBeThere = input.timedOut || this.#isLive(call.address);
    if (!call.isPing && mayBeThere && this.#leaving === undefined) {
      this.#beginPing(call, now);
      return;
    }
    this.#onUnreached(call, input, now);
  }

  #onSeedResolved(input: Extract<Input, { type: "seed-resolved" }>, now: number): void {
    const addresses = input.addresses.slice(0, this.#limits.maxAddressesPerSeed);
    if (addresses.length === 0) this.#onSeedFailed(input.seed, input, now);
    else this.#onSeedAddresses(input.seed, addresses, now);
  }

  // Learning.

  /** What an address says of itself when we dialled it is true, whatever we held. */
  #onFirstHand(call: PendingCall, record: PeerRecord, now: number): void {
    const { address } = call;
    const entry = this.#members.live(address);
    if (record.deleted) {
      if (entry !== undefined) this.#removeMember(address, "said that it leaves", true, now);
      return;
    }
    if (entry === undefined) {
      this.#join(address, { record, evidence: "first-hand" });
    } else {
      this.#onOutlived(entry, call);
      this.#members.adoptFirstHand(entry, record, call.heldVersion);
    }
    this.#touch(address, now);
  }

  /**
   * A member that was said to leave has answered, so that it has not; unless it was called before
   * that was said, and may have answered before it left.
   */
  #onOutlived(entry: MemberEntry, call: PendingCall): void {
    if (call.saidToLeave) this.#members.setSaidToLeave(entry, false);
  }

  /**
   * It answered, but not under the address that we dialled: a member under another name, such as
   * an alias that a seed was given by. One that is listed stays so: it may be an original that was
   * told that it is deleted.
   */
  #onUnnamedAnswer(call: PendingCall, now: number): void {
    this.#touch(call.address, now);
    if (call.purpose.type === "dial" && !this.#isLive(call.address)) {
      this.#rejections.add("alias", call.address);
    }
  }

  #onAnsweredPing(call: PendingCall, now: number): void {
    if (!this.#isLive(call.address) && call.purpose.type === "dial") {
      const gone = this.#members.get(call.address);
      const record = gone?.claim.record ?? this.#hearsay.candidate(call.address);
      if (record !== undefined) this.#join(call.address, { record, evidence: "relayed" });
    }
    const entry = this.#members.live(call.address);
    if (entry !== undefined) this.#onOutlived(entry, call);
    this.#touch(call.address, now);
  }

  #join(address: string, claim: Claim): void {
    if (this.#leaving !== undefined) return;
    // What it rested for is settled; whether it fails from now on is another matter.
    this.#dials.forget(address);
    if (!this.#members.join(address, claim)) this.#rejections.add("members-full", address);
  }

  #isLive(address: string): boolean {
    return this.#members.live(address) !== undefined;
  }

  #touch(address: string, now: number): void {
    if (this.#isLive(address)) this.#members.rotation.touch(address, now);
  }

  #removeMember(address: string, reason: string, left: boolean, now: number): void {
    const entry = this.#members.live(address);
    if (entry === undefined) return;
    if (left) this.#members.setSaidToLeave(entry, true);
    this.#members.remove(address, reason, now);
    this.#seeds.hurry(now);
  }

  // Calls.

  #beginExchange(address: string, purpose: CallPurpose, now: number): void {
    const held = this.#members.get(address);
    const call = this.#calls.begin({
      address,
      purpose,
      isPing: false,
      begunAtMs: now,
      heldVersion: held?.claim.record.version ?? -1,
      saidToLeave: held?.saidToLeave ?? false,
    });
    const own = this.#own.record;
    this.counters.exchangesStarted += 1;
    this.#effects.push({
      type: "call-exchange",
      callId: call.callId,
      address,
      purpose,
      records:
        purpose.type === "leave" ? [own] : recordsFor(address, own, this.#members, this.#natives),
      timeoutMs: this.#timing.exchangeTimeoutMs,
    });
  }

  #beginPing(failed: PendingCall, now: number): void {
    const { address } = failed;
    const { callId } = this.#calls.begin({ ...failed, isPing: true, begunAtMs: now });
    this.counters.pingsStarted += 1;
    const timeoutMs = this.#timing.pingTimeoutMs;
    this.#effects.push({ type: "call-ping", callId, address, timeoutMs });
  }

  /** Somebody answers at that address, which was a live member already or not. */
  #onReached(call: PendingCall, wasLive: boolean, now: number): void {
    if (this.#isLive(call.address)) {
      this.#acquaintances.onAnswered(call.address, now - call.begunAtMs, true);
    }
    this.#hearsay.forgetCandidate(call.address);
    if (call.purpose.type === "seed") {
      this.#seeds.endDial();
      this.#onSeedAnswered(call.purpose.seed, !call.isPing, now);
      this.#continueSeedDials(now);
    } else if (call.purpose.type === "dial") {
      this.#dials.end(call.address);
      if (wasLive) this.#dials.rest(call.address, CHECK_BACKOFF, now);
      else if (!this.#isLive(call.address)) this.#dials.rest(call.address, CANDIDATE_BACKOFF, now);
    }
  }

  /** Nobody answers at that address. */
  #onUnreached(call: PendingCall, failure: Failure, now: number): void {
    // A member that has answered since this call began is there, whatever became of the call.
    const lastContactMs = this.#members.rotation.lastContactMs(call.address);
    const isOvertaken = lastContactMs !== undefined && lastContactMs > call.begunAtMs;
    if (this.#leaving === undefined && !isOvertaken) {
      this.#removeMember(call.address, failure.reason, false, now);
    }
    if (call.purpose.type === "seed") {
      this.#seeds.endDial();
      this.#onSeedFailed(call.purpose.seed, failure, now);
      this.#continueSeedDials(now);
    } else if (call.purpose.type === "dial") {
      this.#hearsay.forgetCandidate(call.address);
      this.#dials.end(call.address);
      const isGone = this.#members.get(call.address) !== undefined;
      this.#dials.rest(
        call.address,
        isGone || this.#former.has(call.address) ? GONE_BACKOFF : CANDIDATE_BACKOFF,
        now,
      );
    }
  }

  #onSeedFailed(seed: string, { reason, cause }: Failure, now: number): void {
    const outcome = this.#seeds.onFailed(seed, reason, now);
    if (outcome === undefined) return;
    this.#effects.push(outcome.type === "seed-failed" ? { ...outcome, cause } : outcome);
  }

  /** A seed list that is the same on all peers holds our own address too: it is not dialled. */
  #onSeedAddresses(seed: string, addresses: readonly string[], now: number): void {
    const others = addresses.filter((address) => address !== this.address);
    if (others.length === 0) return this.#onSeedAnswered(seed, true, now);
    this.#seeds.onResolved(seed, others);
    this.#continueSeedDials(now);
  }

  #continueSeedDials(now: number): void {
    if (this.#leaving !== undefined) return;
    for (;;) {
      const next = this.#seeds.takeDial();
      if (next === undefined) return;
      this.#beginExchange(next.address, { type: "seed", seed: next.seed }, now);
    }
  }

  #onSeedAnswered(seed: string, exchanged: boolean, now: number): void {
    const outcome = this.#seeds.onAnswered(seed, exchanged, now);
    if (outcome !== undefined) this.#effects.push(outcome);
  }

  // Leaving.

  #continueLeaving(now: number): void {
    const leaving = this.#leaving;
    if (leaving === undefined || this.#hasLeft) return;
    for (;;) {
      const address = leaving.take();
      if (address === undefined) break;
      this.#beginExchange(address, { type: "leave" }, now);
    }
    if (leaving.isDone) this.#onLeaveTimeout(leaving);
  }

  #onLeaveCallEnded(answered: boolean, now: number): void {
    this.#leaving?.onCallEnded(answered);
    this.#continueLeaving(now);
  }
}

/** A member of the seed dialect with all that is known of it. */
function detailOf(member: Member, known: Acquaintance, wallOffsetMs: number): MemberDetail {
  return {
    ...member,
    isSelf: false,
    dialect: "seed",
    isSuspected: false,
    startedAtMs: undefined,
    incarnation: 0,
    knownSinceMs: Math.round(known.knownSinceMs + wallOffsetMs),
    changedAtMs: Math.round(known.changedAtMs + wallOffsetMs),
    roundTripMs: known.roundTripMs,
  };
}
