// Failure detection by suspicion: who does not answer is looked at by all its watchers at once, and
// only what most of them find, or what nobody contradicts for long, is a verdict. SWIM's indirect
// probe and suspicion in one, with Lifeguard's decay and local health.

import { hashText } from "../fingerprint.js";
import { type Random, randomIndex } from "../random.js";
import { type Asker, Checks } from "./checks.js";
import type { Ask, Evidence, Finding, Frame } from "./frames.js";
import type { History } from "./history.js";
import type { LinkState } from "./link-table.js";
import type { LocalHealth } from "./local-health.js";
import type { NativeCounters } from "./native-counters.js";
import {
  ASK_ALL_MS,
  COLLECTOR_PATIENCE_MS,
  COLLECTOR_STEP_MS,
  FIRST_ASKED,
  type NativeTiming,
  REFUSED_ALONE_MS,
  RELAPSE_MS,
  VOUCH_PATIENCE_MS,
} from "./native-timing.js";
import type { Prober } from "./prober.js";
import type { Roster } from "./roster.js";
import type { RosterEntry } from "./roster-entry.js";
import { confirmationsNeeded, type Suspicion, suspicionMs } from "./suspicion.js";
import { Trials } from "./trials.js";

/** So few others are too few for a peer to doubt itself when it hears from none. */
const FEW_OTHERS = 2;
/** Suspects at once of a peer that nobody answered lately. */
const FEW_SUSPECTS = 8;
/** Suspects at once that are merely silent. */
const MANY_SUSPECTS = 64;
/** How much more slowly a peer looks at its suspects while nobody answers it. */
const UNPROVEN_PAUSE = 4;
/** The longest pause between two rounds in which a peer asks whether it is itself cut off. */
const MAX_SELF_CHECK_PAUSE_MS = 4_000;
/** Why a member goes that answers now and then. */
export const TRIAL_VERDICT = "answers too rarely";
/** Members that a peer asks whether it is itself that is cut off. */
const SELF_CHECKS = 3;

/** What the detector works on. */
export interface DetectorContext {
  readonly roster: Roster;
  readonly prober: Prober;
  readonly health: LocalHealth;
  readonly history: History;
  readonly counters: NativeCounters;
  readonly timing: NativeTiming;
  readonly random: Random;
  /** The link to that member, opened where there is none. */
  linkTo(address: string, now: number): LinkState | undefined;
  send(link: LinkState, frame: Frame): void;
  /** Sends a frame on a link that may be gone. */
  answerOn(linkId: number, frame: Frame): void;
  /** Sends a probe that only asks whether the other is there. */
  probe(address: string, now: number): void;
  /** Sends one over a fresh link too, where the one that there is brought no answer. */
  probeAfresh(address: string, now: number): void;
  knock(address: string, now: number): void;
  /** Passes a verdict; `isAgreed`: most of the other watchers found the same. */
  convict(address: string, reason: string, isAgreed: boolean, now: number): void;
  /** Members to whom we have links that are ready. */
  linked(): string[];
  /** True while we are said to have failed ourselves: then we accuse nobody. */
  isAccused(): boolean;
  /** Tells a peer what is held of a member. */
  tellEntry(link: LinkState, entry: RosterEntry): void;
  setOutOfReach(address: string, now: number): void;
}

/** Watches over the others. */
export class Detector {
  readonly #context: DetectorContext;
  readonly #suspicions = new Map<string, Suspicion>();
  readonly #checks: Checks;
  readonly #trials: Trials;
  /** When the latest request of ours was sent that was answered in time: proof of our own health. */
  #provenAtMs = Number.NEGATIVE_INFINITY;
  /** When a port was last found open or closed: proof of the network, and not that messages pass. */
  #knockedAtMs = Number.NEGATIVE_INFINITY;
  #heardAtMs = Number.NEGATIVE_INFINITY;
  /** When the fault was last seen to be ours: an answer came late, or others reached our suspect. */
  #faultAtMs = Number.NEGATIVE_INFINITY;
  #selfCheckAtMs = Number.NEGATIVE_INFINITY;
  #selfCheckPauseMs: number;
  /** When members were convicted of silence, in the last while. */
  /** When another asked us about a member: it collects the evidence. */
  readonly #askedAtMs = new Map<string, number>();
  /** When a member was last suspected in vain. */
  readonly #clearedAtMs = new Map<string, number>();

  constructor(context: DetectorContext) {
    this.#context = context;
    this.#selfCheckPauseMs = context.timing.probeTimeoutMs;
    const { probe, knock } = context;
    const onFinding = (address: string, finding: Finding, askers: readonly Asker[], now: number) =>
      this.#onFinding(address, finding, askers, now);
    this.#checks = new Checks({ probe, knock, onFinding });
    this.#trials = new Trials({
      probe,
      answer: (asker, finding, late) => this.#answer(asker, finding, late),
      onOwnTrial: (address, now) => this.#onOwnTrial(address, now),
      askWatchers: (address, trial, now) => this.#askAll(address, trial, now),
      convict: (address, now) => {
        if (!context.isAccused()) this.#convict(address, TRIAL_VERDICT, true, now);
      },
      isListed: (address) => context.roster.live(address) !== undefined,
    });
  }

  get suspected(): number {
    return this.#suspicions.size;
  }

  isSuspected(address: string): boolean {
    return this.#suspicions.has(address);
  }

  /** True when that member is neither suspected nor was found to answer too rarely. */
  isTrusted(address: string): boolean {
    return !this.#suspicions.has(address) && !this.#trials.wasFoundLate(address);
  }

  // What happens.

  /** A request of ours, sent then, was answered in time. */
  onTimely(address: string, sentAtMs: number, now: number): void {
    this.#provenAtMs = Math.max(this.#provenAtMs, sentAtMs);
    this.#context.health.onTimely();
    this.#trials.onResult(address, true, now);
    this.#onAnswered(address, now);
  }

  /** A request of ours was answered, but too late to prove anything about us. */
  onLate(address: string, now: number): void {
    // The dead never answer: the fault is ours, or of our network.
    this.#onOwnFault(now);
    this.#onAnswered(address, now);
  }

  /** It did not answer in time. */
  onMissed(address: string, now: number): void {
    // Of one that is gone it is no news, and would push out how it went.
    if (this.#isWatched(address)) {
      this.#context.history.add(address, { type: "probe-missed" }, now);
    }
    this.#trials.onResult(address, false, now);
    if (this.#checks.has(address)) this.#checks.onMissed(address, now);
    else if (this.#isWatched(address)) this.#onFinding(address, "silent", [], now);
  }

  /** What we asked it went down with its link. */
  onLost(address: string, isLinked: boolean, now: number): void {
    this.#trials.onResult(address, false, now);
    if (isLinked) this.#checks.onLost(address, now);
  }

  /** What we asked it went down with a link that was no longer needed. */
  onUnneeded(address: string, now: number): void {
    this.#checks.onLost(address, now);
  }

  /** Something came from someone. After a silence of all, what was silent in it counts anew. */
  onHeard(now: number): void {
    const wasDeaf = this.#heardAtMs < this.#latelyMs(now);
    this.#heardAtMs = now;
    if (!wasDeaf) return;
    for (const suspicion of this.#suspicions.values()) {
      suspicion.startedAtMs = now;
      suspicion.soundSinceMs = now;
    }
  }

  /** The link to that member broke: it is looked at once. */
  onLinkBroken(address: string, reason: string, now: number): void {
    const isOurs = this.#isWatched(address) || this.#suspicions.has(address);
    if (!isOurs && !this.#checks.has(address)) return;
    this.#context.history.add(address, { type: "link-broken", reason }, now);
    this.#checks.onLinkBroken(address, now);
  }

  onKnock(address: string, outcome: "accepted" | "refused" | "silent", now: number): void {
    // Whether open or closed: the network brought us an answer.
    if (outcome !== "silent") this.#knockedAtMs = now;
    this.#checks.onKnock(address, outcome, now);
  }

  /** Another asks what we find. */
  onAsk(link: LinkState, ask: Ask, now: number): void {
    const { roster, counters } = this.#context;
    counters.asksServed += 1;
    const { address, seq, trial } = ask;
    const asker: Asker = { linkId: link.id, seq };
    const entry = roster.get(address);
    const record = entry?.record;
    if (address === roster.own.address) return this.#answer(asker, "answered", 0);
    if (record === undefined) return this.#answer(asker, "silent", 0);
    if (record.generation > ask.generation) return this.#answer(asker, "answered", 0);
    // It left, and the asker has seen no more than its links end.
    if (entry !== undefined && record.verdict === "left") this.#context.tellEntry(link, entry);
    this.#askedAtMs.delete(address);
    this.#askedAtMs.set(address, now);
    this.#forgetAsked(now);
    const suspicion = this.#suspicions.get(address);
    if (suspicion !== undefined) {
      // Whoever asks first collects.
      if (suspicion.questions.size === 0) {
        suspicion.askAtMs = Math.max(suspicion.askAtMs, now + COLLECTOR_PATIENCE_MS);
      }
      if (trial === 0 && suspicion.ownFinding === "refused") {
        return this.#answer(asker, "refused", 0);
      }
    }
    if (trial > 0) this.#trials.serve(address, asker, now);
    else this.#checks.begin(address, asker, now);
  }

  /** A watcher answers us. */
  onEvidence(link: LinkState, evidence: Evidence, now: number): void {
    const watcher = link.address;
    if (watcher === undefined) return;
    const { seq, finding, late } = evidence;
    if (this.#trials.onEvidence(watcher, seq, late, now)) return;
    for (const suspicion of this.#suspicions.values()) {
      const question = suspicion.questions.get(watcher);
      if (question?.seq !== seq) continue;
      suspicion.questions.delete(watcher);
      const { address } = suspicion;
      this.#context.history.add(address, { type: "evidence", watcher, finding }, now);
      if (now <= question.deadlineMs) this.#provenAtMs = Math.max(this.#provenAtMs, now - 1);
      if (finding === "answered") return this.#onVouched(suspicion, watcher, now);
      suspicion.findings.set(watcher, finding);
      suspicion.unanswering.delete(watcher);
      this.#evaluate(suspicion, now);
      return;
    }
  }

  /** What is held of the member changed: an old suspicion has no object any more. */
  onRecordChanged(address: string, isListed: boolean, now: number): void {
    const suspicion = this.#suspicions.get(address);
    const record = this.#context.roster.get(address)?.record;
    if (suspicion === undefined) return;
    const isSame =
      record?.generation === suspicion.generation && record.incarnation === suspicion.incarnation;
    if (isListed && isSame) return;
    this.#suspicions.delete(address);
    this.#context.roster.setSuspected(address, false);
    if (!isListed) return;
    this.#context.counters.suspicionsCleared += 1;
    this.#context.history.add(address, { type: "cleared", reason: "it rose above it" }, now);
  }

  onTimeout(now: number): void {
    this.#checks.onTimeout(now);
    this.#trials.onTimeout(now);
    for (const suspicion of this.#suspicions.values()) {
      if (now >= suspicion.dueAtMs) this.#evaluate(suspicion, now);
    }
  }

  nextAtMs(): number {
    let nextAtMs = Math.min(this.#checks.nextAtMs(), this.#trials.nextAtMs());
    for (const { dueAtMs } of this.#suspicions.values()) nextAtMs = Math.min(nextAtMs, dueAtMs);
    return nextAtMs;
  }

  /** We stood still: what was not heard meanwhile says nothing of the others. */
  onStall(durationMs: number): void {
    for (const suspicion of this.#suspicions.values()) {
      suspicion.startedAtMs += durationMs;
      suspicion.soundSinceMs += durationMs;
      suspicion.lookAtMs += durationMs;
      suspicion.refusedAtMs += durationMs;
      suspicion.askAtMs += durationMs;
      suspicion.askAllAtMs += durationMs;
      suspicion.dueAtMs = Math.min(suspicion.dueAtMs, suspicion.lookAtMs);
      for (const question of suspicion.questions.values()) question.deadlineMs += durationMs;
    }
    this.#checks.delayBy(durationMs);
    this.#trials.delayBy(durationMs);
  }

  /** True when nothing was heard for so long that we may be cut off. */
  isIsolated(now: number): boolean {
    return now - this.#heardAtMs > 3 * this.#context.timing.pingPeriodMs;
  }

  // Suspecting.

  #isWatched(address: string): boolean {
    return this.#context.roster.live(address) !== undefined;
  }

  #onFinding(address: string, finding: Finding, askers: readonly Asker[], now: number): void {
    for (const asker of askers) this.#answer(asker, finding, 0);
    if (finding === "answered") return this.#onAnswered(address, now);
    const suspicion = this.#suspicions.get(address);
    if (suspicion === undefined) {
      if (this.#isWatched(address)) this.#suspect(address, finding, now);
      return;
    }
    suspicion.ownFinding = finding;
    this.#evaluate(suspicion, now);
  }

  #suspect(address: string, finding: Exclude<Finding, "answered">, now: number): void {
    const { roster, history, counters, timing, isAccused } = this.#context;
    const entry = roster.get(address);
    if (entry === undefined || address === roster.own.address) return;
    // Who hears from nobody, or is itself held as failed, looks to itself first.
    const isInDoubt = isAccused() || !this.#isProven(now);
    if (this.#suspicions.size >= FEW_SUSPECTS && isInDoubt) return;
    // More than can be convicted only make more traffic; a closed port is soon settled.
    if (this.#suspicions.size >= MANY_SUSPECTS && finding !== "refused") return;
    const { generation, incarnation } = entry.record;
    counters.suspicions += 1;
    const reason = finding === "refused" ? "its port is closed" : "it does not answer";
    history.add(address, { type: "suspected", reason }, now);
    roster.setSuspected(address, true);
    const delayMs = this.#askDelayMs(address, finding, now);
    const suspicion: Suspicion = {
      address,
      generation,
      incarnation,
      startedAtMs: now,
      soundSinceMs: now,
      ownFinding: finding,
      findings: new Map(),
      questions: new Map(),
      unanswering: new Set(),
      askAtMs: now + delayMs,
      // A closed port is to be settled at once.
      askAllAtMs: now + delayMs + (finding === "refused" ? 0 : ASK_ALL_MS),
      lookAtMs: now + timing.probeTimeoutMs,
      wasProven: true,
      refusedAtMs: Number.POSITIVE_INFINITY,
      decideAtMs: now,
      dueAtMs: now,
    };
    this.#suspicions.set(address, suspicion);
    this.#evaluate(suspicion, now);
  }

  /** One collector of evidence is enough; the others wait for what becomes of it. */
  #askDelayMs(address: string, finding: Finding, now: number): number {
    const askedAtMs = this.#askedAtMs.get(address) ?? Number.NEGATIVE_INFINITY;
    if (now - askedAtMs < COLLECTOR_PATIENCE_MS) return COLLECTOR_PATIENCE_MS;
    return finding === "refused" ? this.#rankOf(address) * COLLECTOR_STEP_MS : 0;
  }

  #forgetAsked(now: number): void {
    for (const [address, atMs] of this.#askedAtMs) {
      if (now - atMs < COLLECTOR_PATIENCE_MS) return;
      this.#askedAtMs.delete(address);
    }
  }

  /** Our place among the watchers of a member: the first one collects the evidence. */
  #rankOf(address: string): number {
    const { roster } = this.#context;
    const own = hashText(`${address} ${roster.own.address}`, 0);
    let rank = 0;
    for (const watcher of this.#watchersOf(address)) {
      if (hashText(`${address} ${watcher}`, 0) < own) rank += 1;
    }
    return rank;
  }

  /** Those who watch a member, but for us and for those under suspicion. */
  #watchersOf(address: string): Set<string> {
    const { roster } = this.#context;
    const entry = roster.get(address);
    if (entry === undefined) return new Set();
    const watchers = roster.neighboursOf(entry);
    watchers.delete(roster.own.address);
    return watchers;
  }

  #evaluate(suspicion: Suspicion, now: number): void {
    this.#judge(suspicion, now);
    suspicion.dueAtMs = dueAtMs(suspicion, now);
  }

  #judge(suspicion: Suspicion, now: number): void {
    const { address } = suspicion;
    const { isAccused } = this.#context;
    if (!this.#suspicions.has(address)) return;
    this.#lookAgain(suspicion, now);
    this.#giveUpQuestions(suspicion, now);
    const watchers = this.#watchersOf(address);
    if (now >= suspicion.askAtMs) this.#ask(suspicion, watchers, now);
    const needed = confirmationsNeeded(watchers.size);
    const isAskedOut = [...watchers].every((watcher) => suspicion.unanswering.has(watcher));
    const refusals = countOf(suspicion, "refused");
    const isClosed = suspicion.ownFinding === "refused" && refusals >= needed && watchers.size > 0;
    if (isClosed && !isAccused() && this.#isVouchedByNone(suspicion, watchers, now)) {
      return this.#convict(address, "its port is closed", true, now);
    }
    const isConfirmed = suspicion.findings.size >= needed;
    // Only time in which others answer us counts: who was cut off first catches up. Nor does time, as
    // long as most watchers do not agree, in which we were seen to be the one with the bad line.
    if (!this.#isSound(suspicion, now)) suspicion.soundSinceMs = now;
    else if (!isConfirmed) {
      suspicion.soundSinceMs = Math.max(suspicion.soundSinceMs, this.#faultAtMs);
    }
    const waitMs = this.#waitMs(suspicion, watchers.size);
    suspicion.decideAtMs = suspicion.soundSinceMs + waitMs;
    const elapsedMs = now - suspicion.startedAtMs;
    if (this.#isSound(suspicion, now)) {
      if (now < suspicion.decideAtMs || isAccused()) return;
      if (!isConfirmed) {
        // Somebody else collects, or answers are on their way: nobody is given up alone unasked.
        this.#askNow(suspicion, watchers, now);
        if (suspicion.questions.size > 0) return;
      }
      const isAgreed = watchers.size === 0 || isConfirmed;
      return this.#convict(address, reasonOf(suspicion, watchers.size), isAgreed, now);
    }
    if (elapsedMs >= waitMs) this.#doubtOurselves(suspicion, isAskedOut, elapsedMs, now);
  }

  /** Most found its port closed; one that still looks may yet reach it, past a firewall. */
  #isVouchedByNone(suspicion: Suspicion, watchers: ReadonlySet<string>, now: number): boolean {
    suspicion.refusedAtMs = Math.min(suspicion.refusedAtMs, now);
    if (now >= suspicion.refusedAtMs + VOUCH_PATIENCE_MS) return true;
    return ![...watchers].some((watcher) => suspicion.questions.has(watcher));
  }

  /**
   * True when somebody answered us lately, and since the suspicion began where it is old. Against a
   * closed port it is enough that the network brings us answers.
   */
  #isSound({ startedAtMs, ownFinding }: Suspicion, now: number): boolean {
    const sinceMs = Math.max(this.#latelyMs(now), Math.min(startedAtMs, now - 1));
    if (this.#provenAtMs >= sinceMs) return true;
    return ownFinding === "refused" && this.#knockedAtMs >= sinceMs;
  }

  /** True when somebody answered us lately. */
  #isProven(now: number): boolean {
    return Math.max(this.#provenAtMs, this.#knockedAtMs) >= this.#latelyMs(now);
  }

  #latelyMs(now: number): number {
    return now - 2 * this.#context.timing.pingPeriodMs;
  }

  /** Nobody answers us: it may be us. We ask some of the others, and wait far longer. */
  #doubtOurselves(suspicion: Suspicion, isAskedOut: boolean, elapsedMs: number, now: number): void {
    const { roster, timing, setOutOfReach, history } = this.#context;
    const isFew = roster.liveCount - 1 <= FEW_OTHERS;
    const patienceMs = isFew ? timing.maxSuspicionMs : timing.isolationMs;
    // Heard at all, however rarely, is not cut off.
    const silentMs = isFew ? elapsedMs : Math.min(elapsedMs, now - this.#heardAtMs);
    if (silentMs >= patienceMs && isAskedOut) {
      this.#suspicions.delete(suspicion.address);
      roster.setSuspected(suspicion.address, false);
      history.add(suspicion.address, { type: "out-of-reach" }, now);
      setOutOfReach(suspicion.address, now);
      return;
    }
    this.#checkOurselves(now);
  }

  /** Asks a few, those first to whom we have links, and ever more rarely. */
  #checkOurselves(now: number): void {
    const { roster, random, probe, timing, linked } = this.#context;
    if (this.#isProven(now)) this.#selfCheckPauseMs = timing.probeTimeoutMs;
    if (now < this.#selfCheckAtMs) return;
    this.#selfCheckAtMs = now + this.#selfCheckPauseMs;
    this.#selfCheckPauseMs = Math.min(2 * this.#selfCheckPauseMs, MAX_SELF_CHECK_PAUSE_MS);
    const candidates = linked().filter((address) => !this.#suspicions.has(address));
    const others: string[] = [];
    for (const { address, record } of roster.entries()) {
      if (record.verdict === "live" && address !== roster.own.address) others.push(address);
    }
    for (let count = 0; count < SELF_CHECKS; count += 1) {
      const from = candidates.length > 0 ? candidates : others;
      const [address] = from.splice(randomIndex(from.length, random), 1);
      if (address !== undefined) probe(address, now);
    }
  }

  #lookAgain(suspicion: Suspicion, now: number): void {
    const isProven = this.#isProven(now);
    const isBack = isProven && !suspicion.wasProven;
    if (now < suspicion.lookAtMs && !isBack) return;
    // Others answer us again, and it was not asked since: that comes before any verdict.
    if (isBack) suspicion.soundSinceMs = now;
    suspicion.wasProven = isProven;
    const pauseMs = isProven ? 1 : UNPROVEN_PAUSE;
    suspicion.lookAtMs = now + pauseMs * this.#context.timing.probeTimeoutMs;
    this.#checks.begin(suspicion.address, undefined, now);
    // The link may be at fault, and not the member. What others ask is not to wait for that.
    this.#context.probeAfresh(suspicion.address, now);
  }

  /** Asks all that were not asked yet. */
  #askNow(suspicion: Suspicion, watchers: ReadonlySet<string>, now: number): void {
    suspicion.askAtMs = Math.min(suspicion.askAtMs, now);
    suspicion.askAllAtMs = Math.min(suspicion.askAllAtMs, now);
    this.#ask(suspicion, watchers, now);
  }

  /** A few first: mostly one of them reaches it. Then all. */
  #ask(suspicion: Suspicion, watchers: ReadonlySet<string>, now: number): void {
    const { prober, history, timing, health } = this.#context;
    const { address, generation } = suspicion;
    const isFirstRound = now < suspicion.askAllAtMs;
    let room = isFirstRound ? FIRST_ASKED - suspicion.questions.size : watchers.size;
    for (const watcher of watchers) {
      if (room <= 0) return;
      const isAsked =
        suspicion.questions.has(watcher) ||
        suspicion.findings.has(watcher) ||
        suspicion.unanswering.has(watcher);
      if (isAsked) continue;
      room -= 1;
      const link = this.#context.linkTo(watcher, now);
      if (link === undefined) continue;
      const seq = prober.nextSeq();
      // The watcher takes a probe's time itself.
      const deadlineMs = now + 2.5 * timing.probeTimeoutMs * health.factor;
      suspicion.questions.set(watcher, { seq, deadlineMs });
      history.add(address, { type: "asked", watcher }, now);
      this.#context.send(link, { type: "ask", seq, address, generation, trial: 0 });
    }
  }

  /** A watcher that does not answer us is looked at itself. */
  #giveUpQuestions(suspicion: Suspicion, now: number): void {
    for (const [watcher, question] of suspicion.questions) {
      if (now < question.deadlineMs) continue;
      suspicion.questions.delete(watcher);
      suspicion.unanswering.add(watcher);
      if (!this.#suspicions.has(watcher)) this.#checks.begin(watcher, undefined, now);
    }
  }

  #onOwnFault(now: number): void {
    this.#faultAtMs = now;
    this.#context.health.onOwnFault();
  }

  #onVouched(suspicion: Suspicion, watcher: string, now: number): void {
    // Others reach it and we do not: the fault may be ours.
    this.#onOwnFault(now);
    this.#clear(suspicion, `${watcher} reaches it`, now);
  }

  #onAnswered(address: string, now: number): void {
    this.#checks.onAnswered(address, now);
    const suspicion = this.#suspicions.get(address);
    if (suspicion === undefined) return;
    this.#clear(suspicion, "it answered", now);
  }

  #clear({ address }: Suspicion, reason: string, now: number): void {
    const { roster, history, counters } = this.#context;
    this.#suspicions.delete(address);
    counters.suspicionsCleared += 1;
    history.add(address, { type: "cleared", reason }, now);
    roster.setSuspected(address, false);
    const clearedAtMs = this.#clearedAtMs.get(address) ?? Number.NEGATIVE_INFINITY;
    this.#clearedAtMs.delete(address);
    this.#clearedAtMs.set(address, now);
    if (now - clearedAtMs < RELAPSE_MS) this.#trials.beginOwn(address, now);
    this.#forgetCleared(now);
  }

  #forgetCleared(now: number): void {
    for (const [address, atMs] of this.#clearedAtMs) {
      if (now - atMs < RELAPSE_MS) return;
      this.#clearedAtMs.delete(address);
    }
  }

  #convict(address: string, reason: string, isAgreed: boolean, now: number): void {
    const { roster, history, counters, convict } = this.#context;
    this.#suspicions.delete(address);
    this.#trials.forget(address);
    counters.convictions += 1;
    history.add(address, { type: "convicted", reason }, now);
    roster.setSuspected(address, false);
    convict(address, reason, isAgreed, now);
  }

  // Trials.

  /** It answers us too rarely: we ask the other watchers whether it is so for them. */
  #onOwnTrial(address: string, now: number): void {
    this.#trials.beginJoint(address, this.#watchersOf(address), now);
  }

  #askAll(address: string, trial: number, now: number): Map<string, number> {
    const { prober, roster, linkTo, send } = this.#context;
    const asked = new Map<string, number>();
    const generation = roster.get(address)?.record.generation ?? 0;
    for (const watcher of this.#watchersOf(address)) {
      const link = linkTo(watcher, now);
      if (link === undefined) continue;
      const seq = prober.nextSeq();
      asked.set(watcher, seq);
      send(link, { type: "ask", seq, address, generation, trial });
    }
    return asked;
  }

  #answer({ linkId, seq }: Asker, finding: Finding, late: number): void {
    this.#context.answerOn(linkId, { type: "evidence", seq, finding, late });
  }

  /** How long we wait before we decide. */
  #waitMs(suspicion: Suspicion, watchers: number): number {
    const { timing, health } = this.#context;
    const isRefusedAlone = suspicion.ownFinding === "refused" && watchers === 0;
    const waitMs = isRefusedAlone
      ? this.#refusedAloneMs()
      : suspicionMs(suspicion.findings.size, confirmationsNeeded(watchers), timing);
    return waitMs * health.factor;
  }

  /** Others that have just left watch no longer, but may yet tell that this one left, too. */
  #refusedAloneMs(): number {
    const { roster, timing } = this.#context;
    return roster.goneCount > 0 ? timing.pingPeriodMs : REFUSED_ALONE_MS;
  }
}

/** When a suspicion is to be looked at again. */
function dueAtMs(suspicion: Suspicion, now: number): number {
  let nextAtMs = suspicion.lookAtMs;
  for (const { deadlineMs } of suspicion.questions.values()) {
    nextAtMs = Math.min(nextAtMs, deadlineMs);
  }
  const { askAtMs, askAllAtMs, decideAtMs, refusedAtMs } = suspicion;
  // Once the time is over it is looked at with each step of the rest.
  for (const atMs of [askAtMs, askAllAtMs, decideAtMs, refusedAtMs + VOUCH_PATIENCE_MS]) {
    if (atMs > now) nextAtMs = Math.min(nextAtMs, atMs);
  }
  return nextAtMs;
}

/** Why a suspected member is given up, for people. */
function reasonOf({ ownFinding, findings }: Suspicion, watchers: number): string {
  const own = ownFinding === "refused" ? "its port is closed" : "it does not answer us";
  return watchers === 0 ? own : `${own}, and ${findings.size} of ${watchers} watchers agree`;
}

function countOf(suspicion: Suspicion, finding: Finding): number {
  let count = 0;
  for (const found of suspicion.findings.values()) if (found === finding) count += 1;
  return count;
}
