// The native protocol at work, and the seed dialect beside it on the same port: for the originals,
// which are members as everyone else is, but reached by their own rule.

import { Core } from "../core/core.js";
import type { Fingerprint } from "../core/fingerprint.js";
import { addedUp } from "../core/histogram.js";
import type { Limits } from "../core/limits.js";
import { compareDetails, type Member, type MemberDetail } from "../core/member.js";
import type { LinkDetail } from "../core/native/link-details.js";
import type { NativeBase } from "../core/native/member-base.js";
import type { MemberRecord } from "../core/native/member-record.js";
import { NativeCore } from "../core/native/native-core.js";
import type { Dialect } from "../core/native/native-messages.js";
import type { PeerInfo, PeerRecord } from "../core/record.js";
import type { RejectionReason } from "../core/rejection.js";
import { type Beginning, keptMembers, type Snapshot } from "../core/snapshot.js";
import type { CallHandler, LinkService } from "../transport/transport.js";
import type { NativeCodec } from "../wire/native-dialect.js";
import type { RecordCodec } from "../wire/record-codec.js";
import { Admission } from "./admission.js";
import { DialectTransport } from "./dialect-transport.js";
import { Driver } from "./driver.js";
import type { Engine, EngineListener } from "./engine.js";
import type { Environment } from "./environment.js";
import type { ExplainedStep } from "./explained-step.js";
import { NativeDriver } from "./native-driver.js";
import type { ResolvedOptions } from "./options.js";
import type { PeerObserver } from "./peer-observer.js";
import { commonQueues, type EngineStats } from "./stats.js";
import { WallClock } from "./wall-clock.js";

/** What a native engine is made from. */
export interface NativeEngineSetup {
  readonly address: string;
  readonly options: ResolvedOptions;
  readonly environment: Environment;
  readonly codec: RecordCodec;
  readonly nativeCodec: NativeCodec;
  readonly listener: EngineListener;
  readonly beginning: Beginning;
  /** Members to begin with; a simulated cluster can start joined. */
  readonly base?: NativeBase | undefined;
  /** Told of each step; the simulator's checkers listen. */
  readonly observer?: PeerObserver | undefined;
}

/** Originals that a hello tells of. */
const NAMED_ORIGINALS = 64;

/** The native protocol, with the seed dialect for those who speak nothing else. */
export class NativeEngine implements Engine {
  /** For checkers. */
  readonly native: NativeCore;
  /** The members of the seed dialect. */
  readonly seedSide: Core;
  readonly links: LinkService;
  readonly onCall: CallHandler;
  readonly #driver: NativeDriver;
  readonly #seedDriver: Driver;
  readonly #dialects: DialectTransport;
  readonly #environment: Environment;
  readonly #wallClock: WallClock;
  readonly #limits: Limits;
  readonly #isSeedDialectOff: boolean;
  readonly #beginning: Beginning;
  readonly #startedAtMs: number;

  constructor(setup: NativeEngineSetup) {
    const { address, options, environment, listener } = setup;
    const { limits, timing, info, logger } = options;
    const { random } = environment;
    const { generation, version, formerMembers } = setup.beginning;
    const now = environment.now();
    this.#environment = environment;
    this.#wallClock = new WallClock(environment);
    this.#limits = limits;
    this.#isSeedDialectOff = options.isSeedDialectOff;
    this.#beginning = setup.beginning;
    this.#startedAtMs = now;
    this.native = new NativeCore(
      {
        address,
        cluster: options.cluster,
        info,
        generation,
        version,
        limits,
        timing,
        probeTimeoutMs: options.probeTimeoutMs,
        originals: () => this.#originals(),
        random,
        base: setup.base,
        formerMembers,
        observer: setup.observer,
      },
      now,
    );
    const natives = { lists: this.#listsNative, records: () => this.#seedRecords() };
    this.seedSide = new Core({ address, info, version, limits, timing, random, natives }, now);
    this.#dialects = new DialectTransport(environment.transport, (to) => this.#findDialect(to));
    this.#driver = new NativeDriver({
      core: this.native,
      environment,
      codec: setup.nativeCodec,
      limits,
      logger,
      admission: new Admission({ isSecure: options.tls !== undefined, allow: options.allow }),
      isSeedDialectOff: options.isSeedDialectOff,
      listener: {
        ...listener,
        onCoreChanged: () => listener.onCoreChanged(),
        onMemberEvent: (event) => listener.onMemberEvent(event),
        onSeedOutcome: (outcome) => listener.onSeedOutcome(outcome),
        onLeaveEnded: () => this.#onLeaveEnded(listener),
        onLinkInquiryEnded: (end) => listener.onLinkInquiryEnded(end),
        onOriginals: (addresses) => this.#onOriginals(addresses),
        onDialect: (to, dialect) => this.#onDialect(to, dialect),
        onDrained: () => this.seedSide.raiseVersion(this.native.own.version),
      },
    });
    this.#seedDriver = new Driver({
      core: this.seedSide,
      environment: { ...environment, transport: this.#dialects },
      codec: setup.codec,
      limits,
      logger,
      listener: {
        onCoreChanged: () => listener.onCoreChanged(),
        onMemberEvent: (event) => {
          if (event.member.address !== address) listener.onMemberEvent(event);
        },
        onSeedOutcome: () => {},
        onLinkInquiryEnded: () => {},
        onLeaveEnded: () => this.#onLeaveEnded(listener),
      },
    });
    this.links = this.#driver.service;
    this.onCall = (call, respond) => {
      this.#seedDriver.onCall(call, respond);
      this.#alignVersion();
    };
  }

  get address(): string {
    return this.native.address;
  }

  get self(): Member {
    return this.native.self;
  }

  get fingerprint(): Fingerprint {
    return this.native.fingerprint;
  }

  get hasLeft(): boolean {
    return this.native.hasLeft && this.seedSide.hasLeft;
  }

  get listSize(): number {
    return this.native.liveCount + this.seedSide.liveCount - 1;
  }

  *members(include: "live" | "all"): Iterable<Member> {
    yield* this.native.members(include);
    for (const member of this.seedSide.members(include)) {
      if (this.#isShown(member)) yield member;
    }
  }

  remembers(address: string): boolean {
    return this.native.remembers(address) || this.seedSide.remembers(address);
  }

  details(): readonly MemberDetail[] {
    const offsetMs = this.#wallClock.offsetMs;
    const details = this.native.details(offsetMs);
    const originals = [...this.seedSide.details(offsetMs)].filter((member) =>
      this.#isShown(member),
    );
    return originals.length === 0 ? details : [...details, ...originals].sort(compareDetails);
  }

  detail(address: string): MemberDetail | undefined {
    const offsetMs = this.#wallClock.offsetMs;
    const original = this.seedSide.detail(address, offsetMs);
    if (original !== undefined && this.#isShown(original)) return original;
    return this.native.detail(address, offsetMs);
  }

  watchersOf(address: string): readonly string[] {
    return this.native.watchersOf(address);
  }

  linkDetails(): readonly LinkDetail[] {
    return this.native.links(this.#environment.now());
  }

  askLinks(id: number, address: string, timeoutMs: number): void {
    this.native.askLinks(id, address, timeoutMs, this.#environment.now());
    this.#driver.drain();
  }

  get healthScore(): number {
    return this.native.healthScore;
  }

  forget(address: string): void {
    this.seedSide.forget(address);
    this.native.forget(address, this.#environment.now());
    this.#driver.drain();
  }

  explain(address: string): readonly ExplainedStep[] {
    const offsetMs = this.#wallClock.offsetMs;
    return this.native
      .explain(address)
      .map((step) => ({ ...step, at: Math.round(step.atMs + offsetMs) }));
  }

  reject(reason: RejectionReason, from: string): void {
    this.#driver.reject(reason, from);
  }

  updateInfo(info: PeerInfo): void {
    this.native.updateInfo(info, this.#environment.now());
    this.seedSide.updateInfo(info);
    this.seedSide.takeEffects();
    this.seedSide.raiseVersion(this.native.own.version);
    this.#driver.drain();
  }

  addSeed(seed: string): boolean {
    const isAdded = this.native.addSeed(seed, this.#environment.now());
    this.#driver.drain();
    return isAdded;
  }

  /** Both kinds are told at once: none of them costs the other its time. */
  leave(): void {
    const now = this.#environment.now();
    this.native.leave(now);
    this.seedSide.leave(now);
    this.#driver.drain();
    if (this.seedSide.sizes.live > 1) this.#seedDriver.drain();
  }

  stats(): EngineStats {
    const { links, ...held } = this.native.sizes;
    const { sizes, counters, roundTrips } = this.seedSide;
    const members = held.live + sizes.live - 1;
    const goneMembers = held.gone + sizes.gone;
    const candidates = held.candidates + sizes.candidates;
    const { seeds } = held;
    const connections = this.#environment.transport.connectionCount;
    return {
      ...counters,
      ...this.native.counters,
      ...this.#driver.traffic.figures,
      exchanges: this.native.exchangeOutcomes,
      roundTrips: addedUp(this.native.roundTrips, roundTrips),
      arrivals: this.native.arrivals,
      healthScore: this.healthScore,
      liveMembers: members,
      goneMembers,
      candidates,
      seeds,
      callsUnderWay: sizes.calls,
      links,
      connections,
      queues: {
        ...commonQueues(this.#limits, { members, goneMembers, candidates, seeds, connections }),
        // Each of the two protocols keeps as many.
        goneMembers: { length: goneMembers, limit: 2 * this.#limits.maxGoneMembers },
        connections: {
          length: connections,
          limit: this.#limits.maxConnections + this.#limits.maxLinks,
        },
        links: { length: links, limit: this.#limits.maxLinks },
        rumors: { length: held.rumors, limit: this.#limits.maxMembers },
        unsentBytes: { length: this.#driver.unsentBytes, limit: this.#limits.maxUnsentBytes },
      },
      rejected: sumOf(this.#driver.rejected, this.#seedDriver.rejected),
    };
  }

  snapshot(): Snapshot {
    const now = this.#environment.now();
    const members = [...this.native.keptMembers(now), ...this.seedSide.keptMembers(now)];
    const { generation, version } = this.native.own;
    return {
      generation,
      version: Math.max(version, this.seedSide.own.version),
      savedAt: Math.floor(this.#beginning.generation + (now - this.#startedAtMs)),
      members: keptMembers(members, this.#limits.maxFormerMembers),
    };
  }

  start(): void {
    this.#driver.drain();
    this.#seedDriver.drain();
  }

  checkWake(): void {
    this.#driver.checkWake();
    this.#seedDriver.checkWake();
  }

  stop(): void {
    this.#driver.stop();
    this.#seedDriver.stop();
  }

  /** True for a member of the seed dialect that the native protocol does not know better. */
  #isShown({ address, status }: Member): boolean {
    if (address === this.address || this.native.lists(address)) return false;
    return status === "live" || !this.native.remembers(address);
  }

  readonly #listsNative = (address: string): boolean => this.native.lists(address);

  /** The native members as originals may know them: each has answered one of us. */
  *#seedRecords(): Generator<PeerRecord> {
    for (const { address, record, isUnreachable } of this.native.entries()) {
      if (record.verdict !== "live" || isUnreachable || address === this.address) continue;
      yield seedRecordOf(record);
    }
  }

  /** Some of those that we list by the seed dialect. */
  #originals(): string[] {
    const addresses: string[] = [];
    for (const { address } of this.seedSide.members("live")) {
      if (address !== this.address && addresses.length < NAMED_ORIGINALS) addresses.push(address);
    }
    return addresses;
  }

  #onOriginals(addresses: readonly string[]): void {
    if (this.#isSeedDialectOff) return;
    const now = this.#environment.now();
    for (const address of addresses.slice(0, NAMED_ORIGINALS)) {
      if (!this.seedSide.remembers(address)) this.seedSide.suggestDial(address, now);
    }
    this.seedSide.onTimeout(now);
    this.#seedDriver.drain();
  }

  #findDialect(address: string): void {
    const { now, setTimer } = this.#environment;
    if (this.native.lists(address)) {
      setTimer(() => this.#dialects.onDialect(address, "native"), 0);
      return;
    }
    this.native.findDialect(address, now());
    this.#driver.drain();
  }

  #onDialect(address: string, dialect: Dialect): void {
    const now = this.#environment.now();
    if (dialect === "native") this.seedSide.onNative(address, now);
    this.#dialects.onDialect(address, dialect);
    if (dialect === "seed") this.seedSide.suggestDial(address, now);
    this.seedSide.onTimeout(now);
    this.#seedDriver.drain();
  }

  /** An original that has deleted us made our version rise; the native members have to know it. */
  #alignVersion(): void {
    const { version } = this.seedSide.own;
    if (version <= this.native.own.version) return;
    this.native.raiseVersion(version, this.#environment.now());
    this.#driver.drain();
  }

  #onLeaveEnded(listener: EngineListener): void {
    if (this.hasLeft) listener.onLeaveEnded();
  }
}

/** Made once for each record, which is immutable: what was made before is encoded already. */
const SEED_RECORDS = new WeakMap<MemberRecord, PeerRecord>();

/** A native member's record as the seed dialect has it. */
function seedRecordOf(record: MemberRecord): PeerRecord {
  let seedRecord = SEED_RECORDS.get(record);
  if (seedRecord === undefined) {
    const { address, version, name } = record;
    seedRecord = { address, version, deleted: false, name };
    SEED_RECORDS.set(record, seedRecord);
  }
  return seedRecord;
}

function sumOf(
  a: Readonly<Record<RejectionReason, number>>,
  b: Readonly<Record<RejectionReason, number>>,
): Record<RejectionReason, number> {
  const sum = { ...a };
  for (const [reason, count] of Object.entries(b)) sum[reason as RejectionReason] += count;
  return sum;
}
