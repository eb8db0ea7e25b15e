// All checkers of a simulation together: those that watch each step, and what is asked at the end.

import { DEFAULT_LIMITS, type Limits } from "../../core/limits.js";
import type { MemberEvent } from "../../core/member.js";
import type { RecordChange } from "../../core/member-table.js";
import type { HistoryStep } from "../../core/native/history.js";
import type { RosterChange } from "../../core/native/roster.js";
import type { PeerInfo } from "../../core/record.js";
import type { SimOriginal } from "../original.js";
import type { SimPeer } from "../sim-peer.js";
import type { StepKind } from "../sim-transport.js";
import type { FaultKind, SimProcess, Simulator, StepObserver } from "../simulator.js";
import { Calm } from "./calm.js";
import { ClockChecker } from "./clock.js";
import { EventStreamChecker } from "./event-stream.js";
import { LeaveChecker } from "./leaves.js";
import { NativeInvariantChecker } from "./native-invariants.js";
import { OneClusterChecker } from "./one-cluster.js";
import { OwnWordsChecker } from "./own-words.js";
import { PromisedTimesChecker } from "./promised-times.js";
import { Reach } from "./reach.js";
import { RestWatch } from "./rest.js";
import { InvariantChecker } from "./seed-invariants.js";
import { TruthChecker } from "./truth.js";
import { VerdictChecker } from "./verdicts.js";
import type { Violate, Violation } from "./violation.js";

/** What is checked, and against what. */
export interface CheckerSetOptions {
  /** The ping period of all peers. Default 1,000. */
  readonly pingPeriodMs?: number;
  /** The probe timeout of all peers. Default 500. */
  readonly probeTimeoutMs?: number;
  /** The limits of all peers. Default: those of peers. */
  readonly limits?: Partial<Limits>;
  /** Which cluster a peer belongs to. Default: all to one. */
  readonly clusterOf?: (peer: SimPeer) => number;
}

/** Whether all agree is asked at each change, and as often as this. */
const AGREE_STEP_MS = 100;
/** More of the same says nothing new. */
const MOST_VIOLATIONS = 100;

/** Every checker of a simulation. What they find is collected; the run goes on. */
export class CheckerSet implements StepObserver {
  /** What was found so far, in order; at most a hundred. */
  readonly violations: Violation[] = [];
  readonly #sim: Simulator;
  readonly #pingPeriodMs: number;
  readonly #clusterOf: (peer: SimPeer) => number;
  readonly #calm: Calm;
  readonly #words: OwnWordsChecker;
  readonly #truth: TruthChecker;
  readonly #state: NativeInvariantChecker | InvariantChecker;
  readonly #observers: readonly StepObserver[];
  /** Whether anything that is held has changed since it was last asked whether all agree. */
  #isChanged = true;
  #agreeAtMs = 0;

  constructor(sim: Simulator, options: CheckerSetOptions = {}) {
    const { pingPeriodMs = 1_000, probeTimeoutMs = 500, clusterOf = () => 0 } = options;
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    const violate = this.#violate;
    this.#sim = sim;
    this.#pingPeriodMs = pingPeriodMs;
    this.#clusterOf = clusterOf;
    this.#calm = new Calm(sim);
    this.#words = new OwnWordsChecker(sim, violate);
    this.#truth = new TruthChecker({ sim, pingPeriodMs, violate });
    const reach = new Reach(sim);
    const isNative = sim.failureDetection === "suspicion";
    this.#state = isNative
      ? new NativeInvariantChecker(sim, { limits, pingPeriodMs, reach, violate })
      : new InvariantChecker(sim, { limits, violate });
    const basis = { pingPeriodMs, probeTimeoutMs, roundTripMs: 2 * sim.network.longestOneWayMs };
    this.#observers = [
      // Before what notes that who leaves is in trouble from then on.
      ...(isNative ? [new LeaveChecker(sim, reach, violate)] : []),
      this.#state,
      this.#words,
      new EventStreamChecker(sim, violate),
      this.#truth,
      new OneClusterChecker(sim, clusterOf, violate),
      ...(isNative
        ? [
            new VerdictChecker(violate),
            new ClockChecker(sim, violate),
            new PromisedTimesChecker({ sim, calm: this.#calm, words: this.#words, basis, violate }),
          ]
        : []),
    ];
  }

  /** True when nothing is wrong in the world, and nothing was for so long. */
  isCalmFor(durationMs: number): boolean {
    return this.#calm.isFor(durationMs);
  }

  /** The running peers by cluster. */
  get groups(): SimPeer[][] {
    const groups = new Map<number, SimPeer[]>();
    for (const peer of this.#sim.running) {
      const cluster = this.#clusterOf(peer);
      groups.set(cluster, [...(groups.get(cluster) ?? []), peer]);
    }
    return [...groups.values()];
  }

  /** Lets time pass until all agree, at most so long; what does not is a violation. */
  checkAgreement(withinMs: number): number | undefined {
    const tookMs = this.#state.checkAgreement(withinMs, () => this.#agree());
    if (tookMs === undefined) return undefined;
    for (const peer of this.#sim.running) this.#truth.check(peer);
    return tookMs;
  }

  /** What is asked once all agree and all is calm: everyone's words, and what rest costs. */
  checkAtRest(): void {
    this.#words.checkAll(this.groups);
    const rest = this.watchRest();
    this.#sim.runFor(rest.leastMs);
    rest.check();
  }

  /**
   * Begins to watch a cluster in which nothing should happen any more: let time pass, with
   * {@link Simulator.runForAsync} where an application is to go on meanwhile, and then have it checked.
   */
  watchRest(): RestWatch {
    return new RestWatch(this.#sim, this.#pingPeriodMs, this.#violate);
  }

  /** Who did not agree does so only once something has changed; that originals are stuck, time tells. */
  #agree(): boolean {
    const { nowMs } = this.#sim;
    if (!this.#isChanged && nowMs < this.#agreeAtMs) return false;
    this.#isChanged = false;
    this.#agreeAtMs = nowMs + AGREE_STEP_MS;
    return this.groups.every((group) => this.#sim.agreeAmong(group));
  }

  readonly #violate: Violate = (invariant, message, concerned = {}) => {
    if (this.violations.length >= MOST_VIOLATIONS) return;
    this.violations.push({ invariant, atMs: this.#sim.nowMs, message, ...concerned });
  };

  onStep(peer: SimPeer, kind: StepKind, other: SimProcess | undefined): void {
    for (const checker of this.#observers) checker.onStep?.(peer, kind, other);
  }

  onRecordChange(observer: SimPeer, change: RecordChange): void {
    this.#isChanged = true;
    for (const checker of this.#observers) checker.onRecordChange?.(observer, change);
  }

  onRosterChange(observer: SimPeer, change: RosterChange): void {
    this.#isChanged = true;
    for (const checker of this.#observers) checker.onRosterChange?.(observer, change);
  }

  onHistoryStep(observer: SimPeer, address: string, step: HistoryStep): void {
    for (const checker of this.#observers) checker.onHistoryStep?.(observer, address, step);
  }

  onMemberEvent(observer: SimPeer, event: MemberEvent): void {
    for (const checker of this.#observers) checker.onMemberEvent?.(observer, event);
  }

  onInfoWritten(peer: SimPeer, info: PeerInfo): void {
    for (const checker of this.#observers) checker.onInfoWritten?.(peer, info);
  }

  onStart(peer: SimPeer): void {
    for (const checker of this.#observers) checker.onStart?.(peer);
  }

  onEnd(peer: SimPeer): void {
    for (const checker of this.#observers) checker.onEnd?.(peer);
  }

  /** The calm comes last, so that the others still see the world before the fault. */
  onFault(kind: FaultKind, processes: readonly SimProcess[]): void {
    for (const checker of this.#observers) checker.onFault?.(kind, processes);
    this.#calm.onFault(kind);
  }

  onOriginalStep(original: SimOriginal): void {
    for (const checker of this.#observers) checker.onOriginalStep?.(original);
  }
}
