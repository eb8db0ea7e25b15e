// What others say of this peer, and its answer: words are outdone at once, a verdict once most of
// our watchers answer us, for as long as the probation asks.

import type { History } from "./history.js";
import type { MemberRecord } from "./member-record.js";
import { compareLife } from "./merge.js";
import type { NativeCounters } from "./native-counters.js";
import { MAX_COUNTER, risenAbove } from "./own-member.js";
import { Probation } from "./probation.js";
import type { Roster } from "./roster.js";

/** A verdict that so many watchers of ours hold is no invention of one that lies. */
const MANY_HOLD = 2;

/** What a standing works on. */
export interface StandingContext {
  readonly roster: Roster;
  readonly history: History;
  readonly counters: NativeCounters;
  /** Sends a probe that only asks whether the other is there. */
  probe(address: string, now: number): void;
  /** Writes our record, and tells the others. */
  setOwn(record: MemberRecord, now: number): void;
}

/** How this peer stands with the others. */
export class Standing {
  readonly #context: StandingContext;
  readonly #probation = new Probation();
  /** The watchers that were asked in this round, and those that answered in time. */
  #round = { asked: 0, timely: new Set<string>() };
  /** The verdict that was heard last, and which of our watchers hold it. */
  #verdict = { generation: -1, incarnation: -1, heldBy: new Set<string>() };

  constructor(context: StandingContext) {
    this.#context = context;
  }

  /** True while we are said to have failed, and have not risen above that. */
  get isAccused(): boolean {
    return this.#probation.isOn;
  }

  /**
   * `from` holds this of us. An accusation has not taken effect yet: who did not fail lately
   * contradicts it at once.
   */
  onClaim(claim: MemberRecord, isAccusation: boolean, from: string, now: number): void {
    const { roster, setOwn } = this.#context;
    const { own } = roster;
    const isVerdict =
      claim.generation === own.generation &&
      claim.verdict !== "live" &&
      compareLife(claim, own) > 0;
    if (!isVerdict || this.#isMereWord(claim, isAccusation, now)) {
      const risen = risenAbove(own, claim);
      if (isVerdict && claim.verdict === "failed") this.#noteVerdict(claim);
      if (!isAccusation) this.#noteHeld(claim, from, now);
      if (risen === undefined) return;
      if (isVerdict) this.#noteRefuted(risen, now);
      setOwn(risen, now);
      return;
    }
    // It is held as by everyone else until we rise above it, so that our fingerprints are equal.
    const { incarnation, verdict, expiresAt } = claim;
    roster.merge({ ...own, incarnation, verdict, expiresAt });
    if (!this.#probation.isOn) this.#beginProbation(claim, now);
    if (!isAccusation) this.#noteHeld(claim, from, now);
  }

  /**
   * What is contradicted at once: an accusation, unless we failed lately; and that we left, or are
   * forgotten, which nobody can find out who watches us.
   */
  #isMereWord({ verdict }: MemberRecord, isAccusation: boolean, now: number): boolean {
    if (this.#probation.isOn) return false;
    if (verdict !== "failed") return true;
    return isAccusation && !this.#probation.hasFailedLately(now);
  }

  #beginProbation(claim: MemberRecord, now: number): void {
    this.#noteVerdict(claim);
    this.#probation.begin(now);
    this.#beginRound(now);
  }

  #noteVerdict({ generation, incarnation }: MemberRecord): void {
    this.#verdict = { generation, incarnation, heldBy: new Set() };
  }

  /** A verdict counts once several of our watchers hold it; also those that tell us after our return. */
  #noteHeld({ generation, incarnation, verdict }: MemberRecord, from: string, now: number): void {
    const held = this.#verdict;
    const isSame = generation === held.generation && incarnation === held.incarnation;
    if (!isSame || verdict !== "failed") return;
    const watchers = this.#context.roster.neighbours();
    if (watchers.size > 0 && !watchers.has(from)) return;
    held.heldBy.add(from);
    const needed = Math.max(1, Math.min(MANY_HOLD, watchers.size));
    if (held.heldBy.size === needed) this.#probation.confirm(now);
  }

  /** Once a ping period. */
  onPeriod(now: number): void {
    if (!this.#probation.isOn) return;
    const { asked, timely } = this.#round;
    const isSound = asked === 0 || 2 * timely.size > asked;
    if (this.#probation.onRound(isSound, now)) this.#rise(now);
    else this.#beginRound(now);
  }

  /** A probe of ours was answered in time. */
  onTimely(address: string, now: number): void {
    if (!this.#probation.isOn) return;
    const { asked, timely } = this.#round;
    timely.add(address);
    if (2 * timely.size > asked && this.#probation.onRound(true, now)) this.#rise(now);
  }

  #beginRound(now: number): void {
    const neighbours = this.#context.roster.neighbours();
    this.#round = { asked: neighbours.size, timely: new Set() };
    for (const address of neighbours) this.#context.probe(address, now);
  }

  #rise(now: number): void {
    const { roster, setOwn } = this.#context;
    const { own } = roster;
    const incarnation = own.incarnation + 1;
    const next = incarnation > MAX_COUNTER ? { generation: own.generation + 1 } : { incarnation };
    const risen: MemberRecord = { ...own, incarnation: 0, ...next };
    this.#noteRefuted(risen, now);
    setOwn({ ...risen, verdict: "live", expiresAt: 0 }, now);
  }

  #noteRefuted({ address, incarnation }: MemberRecord, now: number): void {
    const { history, counters } = this.#context;
    counters.nativeRefutations += 1;
    history.add(address, { type: "refuted", incarnation }, now);
  }
}
