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
/** The probes of the last while by which a peer tells that it is itself in trouble. */
const TROUBLE_MEMORY_MS = 15_000;
const MAX_OUTCOMES = 32;
const FEW_MISSED = 3;

/**
 * How something is said of a member:
 * - `passed`: as a verdict that most watchers agreed on;
 * - `accused`: as one that has not taken effect yet, even where it is told;
 * - `exchanged`: as what the other side holds; whether most agreed on it cannot be told.
 */
export type Saying = "passed" | "accused" | "exchanged";

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
  /** The verdict that was heard last, which of our watchers hold it, and whether it has counted. */
  #verdict = { generation: -1, incarnation: -1, heldBy: new Set<string>(), counts: false };
  /** What became of our latest probes. */
  readonly #outcomes: { readonly isTimely: boolean; readonly atMs: number }[] = [];

  constructor(context: StandingContext) {
    this.#context = context;
  }

  /** True while we are said to have failed, and have not risen above that. */
  get isAccused(): boolean {
    return this.#probation.isOn;
  }

  /** `from` says this of us. What nobody agreed on, who did not fail lately contradicts at once. */
  onClaim(claim: MemberRecord, saying: Saying, from: string, now: number): void {
    const { roster, setOwn } = this.#context;
    const { own } = roster;
    const isVerdict =
      claim.generation === own.generation &&
      claim.verdict !== "live" &&
      compareLife(claim, own) > 0;
    if (!isVerdict || this.#isMereWord(claim, saying, now)) {
      const risen = risenAbove(own, claim);
      if (isVerdict && claim.verdict === "failed") this.#noteVerdict(claim, now);
      if (saying !== "accused") this.#noteHeld(claim, from, now);
      if (risen === undefined) return;
      if (isVerdict) this.#noteRefuted(risen, now);
      setOwn(risen, now);
      return;
    }
    // It is held as by everyone else until we rise above it, so that our fingerprints are equal.
    const { incarnation, verdict, expiresAt } = claim;
    roster.merge({ ...own, incarnation, verdict, expiresAt });
    if (!this.#probation.isOn) this.#beginProbation(claim, now);
    if (saying !== "accused") this.#noteHeld(claim, from, now);
  }

  /**
   * What is contradicted at once: what nobody agreed on, unless we failed lately; and that we left, or are
   * forgotten, which nobody can find out who watches us.
   */
  #isMereWord({ verdict }: MemberRecord, saying: Saying, now: number): boolean {
    if (this.#probation.isOn) return false;
    if (verdict !== "failed") return true;
    return saying !== "passed" && !this.#probation.hasFailedLately(now);
  }

  #beginProbation(claim: MemberRecord, now: number): void {
    this.#probation.begin(now);
    this.#noteVerdict(claim, now);
    this.#beginRound(now);
  }

  /** What we know ourselves to be true needs no other to hold it. */
  #noteVerdict({ generation, incarnation }: MemberRecord, now: number): void {
    this.#verdict = { generation, incarnation, heldBy: new Set(), counts: false };
    if (this.#isInTrouble(now)) this.#count(now);
  }

  /** Who is not listed was expected to be silent. */
  #noteOutcome(address: string, isTimely: boolean, now: number): void {
    if (this.#context.roster.live(address) === undefined) return;
    this.#outcomes.push({ isTimely, atMs: now });
    if (this.#outcomes.length > MAX_OUTCOMES) this.#outcomes.shift();
  }

  /** True when most of our probes of the last while were not answered in time. */
  #isInTrouble(now: number): boolean {
    const recent = this.#outcomes.filter(({ atMs }) => now - atMs < TROUBLE_MEMORY_MS);
    const missed = recent.filter(({ isTimely }) => !isTimely).length;
    return missed >= FEW_MISSED && 2 * missed > recent.length;
  }

  #count(now: number): void {
    if (this.#verdict.counts) return;
    this.#verdict.counts = true;
    this.#probation.confirm(now);
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
    if (held.heldBy.size >= needed) this.#count(now);
  }

  /** Once a ping period. */
  onPeriod(now: number): void {
    if (!this.#probation.isOn) return;
    const { asked, timely } = this.#round;
    const isSound = asked === 0 || 2 * timely.size > asked;
    if (this.#probation.onRound(isSound, now)) this.#rise(now);
    else this.#beginRound(now);
  }

  /** A probe of ours was not answered in time. */
  onMissed(address: string, now: number): void {
    this.#noteOutcome(address, false, now);
  }

  /** A probe of ours was answered in time. */
  onTimely(address: string, now: number): void {
    this.#noteOutcome(address, true, now);
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
