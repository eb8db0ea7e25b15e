// The seed's rule at work: the core of the seed dialect with its driver.

import { Core } from "../core/core.js";
import type { Fingerprint } from "../core/fingerprint.js";
import { Histogram } from "../core/histogram.js";
import type { Limits } from "../core/limits.js";
import { compareDetails, type Member, type MemberDetail } from "../core/member.js";
import type { MemberBase } from "../core/member-base.js";
import { newNativeCounters } from "../core/native/native-counters.js";
import { newExchangeOutcomes } from "../core/native/prober.js";
import type { PeerInfo } from "../core/record.js";
import type { RejectionReason } from "../core/rejection.js";
import { type Beginning, keptMembers, type Snapshot } from "../core/snapshot.js";
import type { CallHandler } from "../transport/transport.js";
import type { RecordCodec } from "../wire/record-codec.js";
import { Driver } from "./driver.js";
import type { Engine, EngineListener } from "./engine.js";
import type { Environment } from "./environment.js";
import type { ResolvedOptions } from "./options.js";
import type { PeerObserver } from "./peer-observer.js";
import { commonQueues, type EngineStats } from "./stats.js";
import { Traffic } from "./traffic.js";
import { WallClock } from "./wall-clock.js";

/** What a seed engine is made from. */
export interface SeedEngineSetup {
  readonly address: string;
  readonly options: ResolvedOptions;
  readonly environment: Environment;
  readonly codec: RecordCodec;
  readonly listener: EngineListener;
  readonly beginning: Beginning;
  /** Members to begin with; a simulated cluster can start joined. */
  readonly base?: MemberBase | undefined;
  /** Told of each step; the simulator's checkers listen. */
  readonly observer?: PeerObserver | undefined;
}

/** The seed's rule. */
export class SeedEngine implements Engine {
  /** For checkers. */
  readonly core: Core;
  readonly links = undefined;
  readonly onCall: CallHandler;
  readonly #driver: Driver;
  readonly #environment: Environment;
  readonly #wallClock: WallClock;
  readonly #limits: Limits;
  readonly #beginning: Beginning;
  readonly #startedAtMs: number;

  constructor(setup: SeedEngineSetup) {
    const { address, options, environment, codec, listener } = setup;
    const { limits, timing, info, logger } = options;
    this.#environment = environment;
    this.#wallClock = new WallClock(environment);
    this.#limits = limits;
    this.#beginning = setup.beginning;
    this.#startedAtMs = environment.now();
    this.core = new Core(
      {
        address,
        info,
        version: setup.beginning.version,
        limits,
        timing,
        random: environment.random,
        base: setup.base,
        formerMembers: setup.beginning.formerMembers,
        onRecordChange: (change) => setup.observer?.onRecordChange(change),
      },
      environment.now(),
    );
    this.#driver = new Driver({ core: this.core, environment, codec, limits, logger, listener });
    this.onCall = (call, respond) => this.#driver.onCall(call, respond);
  }

  get address(): string {
    return this.core.address;
  }

  get self(): Member {
    return this.core.self;
  }

  get fingerprint(): Fingerprint {
    return this.core.fingerprint;
  }

  get hasLeft(): boolean {
    return this.core.hasLeft;
  }

  get listSize(): number {
    return this.core.liveCount;
  }

  members(include: "live" | "all"): Iterable<Member> {
    return this.core.members(include);
  }

  details(): readonly MemberDetail[] {
    const offsetMs = this.#wallClock.offsetMs;
    const others = [...this.core.details(offsetMs)];
    return [this.core.selfDetail(offsetMs), ...others].sort(compareDetails);
  }

  detail(address: string): MemberDetail | undefined {
    const offsetMs = this.#wallClock.offsetMs;
    if (address === this.address) return this.core.selfDetail(offsetMs);
    return this.core.detail(address, offsetMs);
  }

  /** By the seed's rule everyone watches everyone. */
  watchersOf(address: string): readonly string[] {
    const live = Array.from(this.core.members("live"), (member) => member.address);
    return live.includes(address) ? live.filter((watcher) => watcher !== address).sort() : [];
  }

  /** The seed's rule makes calls, and has no links. */
  linkDetails(): readonly [] {
    return [];
  }

  /** Nobody is asked for links: {@link Peer.askLinks} has told by then that there are none. */
  askLinks(): void {}

  /** The seed's rule does not doubt itself. */
  get healthScore(): number {
    return 0;
  }

  forget(address: string): void {
    this.core.forget(address);
    this.#driver.drain();
  }

  remembers(address: string): boolean {
    return this.core.remembers(address);
  }

  /** The seed's rule judges at once: there is nothing to explain. */
  explain(): readonly [] {
    return [];
  }

  reject(reason: RejectionReason, from: string): void {
    this.#driver.reject(reason, from);
  }

  updateInfo(info: PeerInfo): void {
    this.core.updateInfo(info);
    this.#driver.drain();
  }

  addSeed(seed: string): boolean {
    const isAdded = this.core.addSeed(seed, this.#driver.now());
    this.#driver.drain();
    return isAdded;
  }

  leave(): void {
    this.core.leave(this.#driver.now());
    this.#driver.drain();
  }

  stats(): EngineStats {
    const { live, gone, candidates, seeds, calls } = this.core.sizes;
    const connections = this.#environment.transport.connectionCount;
    const held = { members: live, goneMembers: gone, candidates, seeds, connections };
    return {
      ...newNativeCounters(),
      ...this.core.counters,
      ...new Traffic().figures,
      exchanges: newExchangeOutcomes(),
      roundTrips: this.core.roundTrips,
      arrivals: new Histogram().figures,
      healthScore: this.healthScore,
      liveMembers: live,
      goneMembers: gone,
      candidates,
      seeds,
      callsUnderWay: calls,
      links: 0,
      connections,
      queues: {
        ...commonQueues(this.#limits, held),
        // No such things here, and none of them is ever full.
        links: { length: 0, limit: this.#limits.maxLinks },
        rumors: { length: 0, limit: this.#limits.maxMembers },
        unsentBytes: { length: 0, limit: this.#limits.maxUnsentBytes },
      },
      rejected: { ...this.#driver.rejected },
    };
  }

  snapshot(): Snapshot {
    const now = this.#environment.now();
    const { generation } = this.#beginning;
    return {
      generation,
      version: this.core.own.version,
      savedAt: Math.floor(generation + (now - this.#startedAtMs)),
      members: keptMembers(this.core.keptMembers(now), this.#limits.maxFormerMembers),
    };
  }

  start(): void {
    this.#driver.drain();
  }

  checkWake(): void {
    this.#driver.checkWake();
  }

  stop(): void {
    this.#driver.stop();
  }
}
