// What must hold after every step of a simulation of peers that speak the native protocol. Cheap
// enough to be always on: each check looks only at what the step changed, and those of whole lists at
// one step in so many.

import { DEFAULT_LIMITS, type Limits } from "../../core/limits.js";
import { TRIAL_VERDICT } from "../../core/native/detector.js";
import type { MemberRecord } from "../../core/native/member-record.js";
import {
  MAX_PROBATION_MS,
  PROBATION_BASE_MS,
  TRIAL_PROBES,
  TRIAL_STEP_MS,
} from "../../core/native/native-timing.js";
import { infoText } from "../../core/native/record-hash.js";
import type { RosterChange } from "../../core/native/roster.js";
import type { SimOriginal } from "../original.js";
import type { SimPeer } from "../sim-peer.js";
import type { StepKind } from "../sim-transport.js";
import type { FaultKind, SimProcess, Simulator, StepObserver } from "../simulator.js";
import { disputedBetween, falseTwin, keptWrongly, MergeOrder } from "./list-checks.js";
import { harmDone } from "./original-check.js";
import { fallenBetween, OwnerWords } from "./owner-words.js";
import { Reach } from "./reach.js";
import type { Concerned, Invariant, Violate, Violation } from "./violation.js";

/** What most runs have, and the periods that a suspicion can take with all that leads to it. */
const FAST_PERIOD_MS = 200;
const SUSPECTED_PERIODS = 12;
/** The costlier checks look at one step in so many, and as much more rarely in large clusters. */
const SAMPLE_STEPS = 64;
const SMALL_CLUSTER = 8;
/** How long a trouble explains a removal that it led to. */
const TROUBLE_MS = 5_000;
/** A member that answers too rarely had two trials: one after the other, each of so many probes. */
const TRIALS_MS = 2 * TRIAL_PROBES * TRIAL_STEP_MS + TROUBLE_MS;
/** Who has heard nobody for so long may give up the others, for itself alone. */
const SILENCE_MS = 500;
/**
 * How long a trouble explains that a peer doubts itself, and lists others no longer without a word to
 * anyone: links that were cut hang in the back-off of TCP for a while.
 */
const OWN_DOUBT_MS = 15_000;
/** Faults that a process does not notice, or has to get over by itself. */
const HARMLESS: ReadonlySet<FaultKind> = new Set(["jump-clock", "drift-clock", "reset", "forget"]);
const NETWORK_FAULTS: ReadonlySet<FaultKind> = new Set(["cut", "refuse", "lose", "heal"]);

/** What is checked against, and who is told beside {@link NativeInvariantChecker.violations}. */
export interface NativeInvariantOptions {
  readonly limits?: Limits;
  /** The ping period of all peers. Default 200: the troubles below are told for it. */
  readonly pingPeriodMs?: number;
  readonly reach?: Reach;
  readonly violate?: Violate;
}

/** Checks a running simulation; violations are collected, the run goes on. */
export class NativeInvariantChecker implements StepObserver {
  readonly violations: Violation[] = [];
  readonly #sim: Simulator;
  readonly #onViolation: Violate | undefined;
  /** How much longer a trouble explains things than in runs with short ping periods. */
  readonly #slowerMs: number;
  readonly #limits: Limits;
  readonly #reach: Reach;
  readonly #words = new OwnerWords();
  readonly #mergeOrder = new MergeOrder();
  /** What each process holds of itself. */
  readonly #own = new Map<SimPeer, { readonly life: number; readonly record: MemberRecord }>();
  /** The verdicts that were passed on each address: who failed repeatedly is long on probation. */
  readonly #verdicts = new Map<string, Set<string>>();
  /** When each peer last heard something. */
  readonly #heardAtMs = new Map<SimPeer, number>();
  readonly #sampleSteps: number;
  #steps = 0;

  constructor(sim: Simulator, options: NativeInvariantOptions = {}) {
    const { limits = DEFAULT_LIMITS, pingPeriodMs = FAST_PERIOD_MS, violate } = options;
    this.#sim = sim;
    this.#limits = limits;
    this.#sampleSteps = SAMPLE_STEPS * Math.ceil(sim.peers.length / SMALL_CLUSTER);
    this.#reach = options.reach ?? new Reach(sim);
    this.#onViolation = violate;
    this.#slowerMs = SUSPECTED_PERIODS * Math.max(0, pingPeriodMs - FAST_PERIOD_MS);
    for (const peer of sim.peers) if (peer.native !== undefined) this.#onOwn(peer, peer.native.own);
  }

  onStep(peer: SimPeer, kind: StepKind): void {
    if (peer.native === undefined) return;
    if (kind === "request") this.#heardAtMs.set(peer, this.#sim.nowMs);
    this.#checkLimits(peer);
    this.#steps += 1;
    if (this.#steps % this.#sampleSteps !== 0) return;
    this.#checkLists(peer);
  }

  onOriginalStep(original: SimOriginal): void {
    for (const harm of harmDone(this.#sim, original)) this.#violate("original-unharmed", harm);
  }

  onFault(kind: FaultKind, processes: readonly SimProcess[]): void {
    if (kind === "forget") for (const process of processes) this.#reach.noteForgotten(process);
    if (NETWORK_FAULTS.has(kind)) this.#reach.noteFaults();
    else if (!HARMLESS.has(kind)) {
      for (const process of processes) this.#reach.noteTrouble(process);
    }
  }

  onRosterChange(observer: SimPeer, change: RosterChange): void {
    const { address, before, after } = change;
    if (after === undefined) return this.#checkForgotten(observer, before);
    if (address === observer.advertised) return this.#onOwn(observer, after);
    const subject = this.#sim.peerAt(address);
    if (subject === undefined) {
      this.#violate("returns-by-itself", `${observer.address} lists ${address}, which is no peer`);
      return;
    }
    this.#checkWords(observer, before, after);
    this.#checkMergeOrder(after);
    if (change.wasListed && !change.isListed) this.#checkRemoval(observer, subject, after);
    if (after.verdict === "failed") this.#noteVerdict(after);
    if (after.verdict === "forgotten") this.#checkForgetting(observer, after);
  }

  /**
   * The invariant that holds at the end: all live peers agree. Who has failed repeatedly takes as
   * much longer as it is on probation.
   */
  checkAgreement(withinMs: number, agree = () => this.#sim.agrees): number | undefined {
    const startMs = this.#sim.nowMs;
    for (;;) {
      const leftMs = startMs + withinMs + this.#longestProbationMs() - this.#sim.nowMs;
      if (leftMs <= 0) break;
      if (this.#sim.runUntil(agree, { withinMs: leftMs }) === undefined) continue;
      for (const peer of this.#sim.running) this.#checkLists(peer);
      return this.#sim.nowMs - startMs;
    }
    const tookMs = this.#sim.nowMs - startMs;
    this.#violate(
      "agreement",
      `no agreement within ${tookMs} ms after the faults: ${this.#sim.describe()}`,
    );
    return undefined;
  }

  /** A peer says something of itself. */
  #onOwn(peer: SimPeer, record: MemberRecord): void {
    const { life } = peer.host;
    const held = this.#own.get(peer);
    this.#own.set(peer, { life, record });
    this.#words.note(record);
    this.#checkMergeOrder(record);
    if (held?.life !== life) return;
    const fallen = fallenBetween(held.record, record);
    if (fallen !== undefined) this.#violate("owner-writes", `its own ${peer.address}: ${fallen}`);
    this.#checkReturn(peer, held.record, record);
    const isOneVersion =
      record.generation === held.record.generation && record.version === held.record.version;
    if (!isOneVersion || infoText(record) === infoText(held.record)) return;
    this.#violate("owner-writes", `${peer.address} wrote twice at version ${record.version}`);
  }

  /** Only its owner raises a counter of a member, or writes its info; nobody sees a counter fall. */
  #checkWords(observer: SimPeer, before: MemberRecord | undefined, after: MemberRecord): void {
    const fault = this.#words.faultOf(after);
    if (fault !== undefined) this.#violate("owner-writes", `${observer.address} holds ${fault}`);
    if (before === undefined) return;
    const fallen = fallenBetween(before, after);
    if (fallen !== undefined) {
      const { address } = after;
      this.#violate("owner-writes", `${observer.address} saw of ${address}: ${fallen}`);
    }
    this.#checkReturn(observer, before, after);
  }

  /** Who left or failed comes back by a higher incarnation or generation alone. */
  #checkReturn(observer: SimPeer, before: MemberRecord, after: MemberRecord): void {
    if (before.verdict === "live" || after.verdict !== "live") return;
    if (after.generation !== before.generation || after.incarnation > before.incarnation) return;
    this.#violate(
      "returns-by-itself",
      `${observer.address} lists ${after.address} again, which did not rise above ${before.verdict}`,
    );
  }

  /** Who is gone is remembered until its time, or until there are too many. */
  #checkForgotten(observer: SimPeer, before: MemberRecord | undefined): void {
    const core = observer.native;
    if (before === undefined || core === undefined) return;
    if (core.sizes.gone >= this.#limits.maxGoneMembers) return;
    const leftMs = before.expiresAt * 60_000 - core.wallMs(observer.host.monotonicMs());
    if (leftMs <= 0) return;
    const { address, verdict } = before;
    this.#violate(
      "returns-by-itself",
      `${observer.address} forgot that ${address} is ${verdict} before its time`,
    );
  }

  /** Only who failed or left can be taken off the lists. */
  #checkForgetting(observer: SimPeer, record: MemberRecord): void {
    if (this.#isKnown(record) || this.#words.hasLeft(record)) return;
    const what = `forgot ${record.address}, which nobody held to be gone`;
    this.#violate("no-false-removal", `${observer.address} ${what}`);
  }

  #checkMergeOrder(record: MemberRecord): void {
    if (!this.#mergeOrder.holdsWith(record)) this.#violateMergeOrder(record.address);
  }

  #violateMergeOrder(address: string): void {
    this.#violate("merge-order", `the order of merging decides what is held of ${address}`);
  }

  // Removals.

  /** How long ago a trouble may lie that explains a removal. */
  #explainedMs(observer: SimPeer, address: string, after: MemberRecord): number {
    if (after.verdict === "live") return OWN_DOUBT_MS + this.#slowerMs;
    return (isTried(observer, address) ? TRIALS_MS : TROUBLE_MS) + this.#slowerMs;
  }

  /** Who runs, was reached by most and did not stand still is removed by nobody that most reach. */
  #checkRemoval(observer: SimPeer, subject: SimPeer, after: MemberRecord): void {
    if (after.verdict !== "live" && this.#isKnown(after)) return;
    if (after.verdict === "left" || !this.#isAsItWas(subject, after)) return;
    const withinMs = this.#explainedMs(observer, subject.address, after);
    const { sound, reached } = this.#reach.othersOf(subject, withinMs);
    if (!this.#reach.wasSound(subject, withinMs) || 2 * reached <= sound) return;
    if (this.#reach.wasForgotten(subject, withinMs)) return;
    if (!this.#isConnected(observer, withinMs)) return;
    const isOwnDoubt = after.verdict === "live";
    if (isOwnDoubt && (this.#hearsNobody(observer) || !this.#reach.wasSound(observer, withinMs))) {
      return;
    }
    const what = isOwnDoubt ? "gave up" : "convicted";
    this.#violate(
      "no-false-removal",
      `${observer.address} ${what} ${subject.address}, which ran and was reached by ${reached} of ${sound}`,
      { observer: observer.address, subject: subject.address },
    );
  }

  /** True when that verdict was passed before: what is left is that all hear of it. */
  #isKnown({ address, generation, incarnation }: MemberRecord): boolean {
    return this.#verdicts.get(address)?.has(`${generation} ${incarnation}`) === true;
  }

  /** True when the process of which something is said still runs. */
  #isAsItWas(subject: SimPeer, { generation }: MemberRecord): boolean {
    return subject.isRunning && !subject.isLeaving && subject.native?.own.generation === generation;
  }

  /** True when an observer can reach most of those that are there. A stall is no excuse. */
  #isConnected(observer: SimPeer, withinMs: number): boolean {
    if (this.#reach.wasForgotten(observer, withinMs)) return false;
    const { sound, reached } = this.#reach.othersOf(observer, withinMs);
    return 2 * reached > sound;
  }

  #hearsNobody(observer: SimPeer): boolean {
    const heardAtMs = this.#heardAtMs.get(observer) ?? Number.NEGATIVE_INFINITY;
    return this.#sim.nowMs - heardAtMs > SILENCE_MS && !this.#reach.wasSound(observer, TROUBLE_MS);
  }

  #noteVerdict({ address, generation, incarnation }: MemberRecord): void {
    const verdicts = this.#verdicts.get(address) ?? new Set();
    this.#verdicts.set(address, verdicts.add(`${generation} ${incarnation}`));
  }

  #longestProbationMs(): number {
    const failures = Math.max(0, ...Array.from(this.#verdicts.values(), ({ size }) => size));
    if (failures < 2) return 0;
    return Math.min(MAX_PROBATION_MS, PROBATION_BASE_MS * 2 ** (failures - 2));
  }

  // Lists and limits.

  #checkLists(peer: SimPeer): void {
    const core = peer.native;
    if (core === undefined) return;
    for (const what of keptWrongly(core)) {
      this.#violate("fingerprint", `the ${what} of ${peer.address} is not that of its list`);
    }
    const twin = falseTwin(peer, this.#sim.peers);
    if (twin !== undefined) {
      const pair = `${peer.address} and ${twin.address}`;
      this.#violate("fingerprint", `${pair} have equal fingerprints and different lists`);
    }
    // Each sample another one; never the peer itself, whatever the number of peers.
    const { peers } = this.#sim;
    const distance =
      1 + (Math.floor(this.#steps / this.#sampleSteps) % Math.max(1, peers.length - 1));
    const other = peers[(peer.index + distance) % peers.length]?.native;
    const disputed = other === undefined ? undefined : disputedBetween(core, other);
    if (disputed !== undefined) this.#violateMergeOrder(disputed);
  }

  #checkLimits(peer: SimPeer): void {
    const { native: core, connectionCount } = peer;
    if (core === undefined) return;
    const { live, gone, candidates, seeds, links, rumors, suspected } = core.sizes;
    const limits = this.#limits;
    const isWithin =
      live <= limits.maxMembers &&
      gone <= limits.maxGoneMembers &&
      candidates <= limits.maxCandidates &&
      seeds <= limits.maxSeeds &&
      links <= limits.maxLinks &&
      rumors <= limits.maxMembers &&
      suspected <= live &&
      connectionCount <= limits.maxLinks + limits.maxConnections;
    if (isWithin) return;
    const held = JSON.stringify({ ...core.sizes, connectionCount });
    this.#violate("limits", `${peer.address} holds more than its limits: ${held}`);
  }

  #violate(invariant: Invariant, message: string, concerned: Concerned = {}): void {
    this.violations.push({ invariant, atMs: this.#sim.nowMs, message, ...concerned });
    this.#onViolation?.(invariant, message, concerned);
  }
}

/** True when the observer has just convicted that member for answering too rarely. */
function isTried(observer: SimPeer, address: string): boolean {
  const last = observer.native?.explain(address).at(-1);
  return last?.type === "convicted" && last.reason === TRIAL_VERDICT;
}
