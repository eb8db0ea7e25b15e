// What others say of this peer, and its answer: words are outdone at once, a verdict once most of
// our watchers answer us, for as long as the probation asks.

import type { History } from "./history.js";
import type { MemberRecord } from "./member-record.js";
import { compareLife } from "./merge.js";
import type { NativeCounters } from "./native-counters.js";
import { MAX_COUNTER, risenAbove } from "./own-member.js";
import { Probation } from "./probation.js";
import type { Roster } from "./roster.js";

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

  constructor(context: StandingContext) {
    this.#context = context;
  }

  /** True while we are said to have failed, and have not risen above that. */
  get isAccused(): boolean {
    return this.#probation.isOn;
  }

  /**
   * Another holds this of us. An accusation has not taken effect yet: who did not fail lately
   * contradicts it at once.
   */
  onClaim(claim: MemberRecord, isAccusation: boolean, now: number): void {
    const { roster, setOwn } = this.#context;
    const { own } = roster;
    const isVerdict =
      claim.generation === own.generation &&
      claim.verdict !== "live" &&
      compareLife(claim, own) > 0;
    if (!isVerdict || (isAccusation && !this.#probation.hasFailedLately(now))) {
      const risen = risenAbove(own, claim);
      if (risen === undefined) return;
      if (isVerdict) this.#noteRefuted(risen, now);
      setOwn(risen, now);
      return;
    }
    // It is held as by everyone else until we rise above it, so that our fingerprints are equal.
    const { incarnation, verdict, expiresAt } = claim;
    roster.merge({ ...own, incarnation, verdict, expiresAt });
    if (this.#probation.isOn) return;
    this.#probation.begin(now);
    this.#beginRound(now);
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
