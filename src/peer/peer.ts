// The public face: a running participant, as an application holds it.

import { GossipError } from "../core/errors.js";
import type { Limits } from "../core/limits.js";
import type { MemberDetail, MemberEvent } from "../core/member.js";
import type { MemberBase } from "../core/member-base.js";
import type { LinkDetail } from "../core/native/link-details.js";
import type { NativeBase } from "../core/native/member-base.js";
import type { PeerInfo } from "../core/record.js";
import type { RejectionReason } from "../core/rejection.js";
import { type Beginning, beginningOf } from "../core/snapshot.js";
import { AddressFilter } from "../transport/address-filter.js";
import { GrpcTransport } from "../transport/grpc.js";
import { NameResolver } from "../transport/name-resolver.js";
import { monotonicMs } from "../transport/platform-timers.js";
import type { CallHandler, LinkService } from "../transport/transport.js";
import { LINK_METHOD, NativeCodec } from "../wire/native-dialect.js";
import { RecordCodec } from "../wire/record-codec.js";
import { PING_METHOD, SHARE_DATA_METHOD } from "../wire/seed-dialect.js";
import { Acceptance } from "./acceptance.js";
import { Callbacks, kept } from "./callbacks.js";
import { collapsed } from "./collapsed-log.js";
import type { EngineListener } from "./engine.js";
import { type Environment, realEnvironment } from "./environment.js";
import { EventQueue, type PeerEvent } from "./event-queue.js";
import type { ExplainedStep } from "./explained-step.js";
import { DEAF, FaultBarrier } from "./fault-barrier.js";
import type { PeerHealth } from "./health.js";
import { checkInfo } from "./info.js";
import { type AskLinksOptions, checkAskTimeout, checkHasLinks, LinkAskers } from "./link-askers.js";
import type { KindLogger } from "./logger.js";
import { type MemberMap, memberMap } from "./member-map.js";
import { NativeEngine } from "./native-engine.js";
import {
  advertisedAddress,
  checkDialAddress,
  type PeerOptions,
  type ResolvedOptions,
  resolveOptions,
} from "./options.js";
import type { PeerObserver } from "./peer-observer.js";
import { NO_TLS, PeerTls } from "./peer-tls.js";
import { SeedEngine } from "./seed-engine.js";
import { SeedWaiters } from "./seed-waiters.js";
import { NO_SNAPSHOTS, SnapshotKeeper } from "./snapshot-keeper.js";
import { refusedService, standardServices } from "./standard-services.js";
import type { PeerStats } from "./stats.js";
import type { TlsOptions } from "./tls-files.js";

/** How long a caller may take to send its records; an original is answered within 2 s whatever. */
const RECEIVE_TIMEOUT_MS = 1_500;
/** How long a caller may take to read our answer. */
const SEND_TIMEOUT_MS = 10_000;

/** What a peer is made from, once it is known at which port calls come. */
export interface PeerSetup {
  readonly options: ResolvedOptions;
  readonly environment: Environment;
  readonly port: number;
  readonly codec: RecordCodec;
  readonly nativeCodec: NativeCodec;
  /** What an earlier boot left; by default nothing but the clock. */
  readonly beginning?: Beginning | undefined;
  /** Keeps for the next boot what this one knows. */
  readonly keeper?: SnapshotKeeper | undefined;
  readonly tls?: PeerTls | undefined;
  /** Keep the process from what goes wrong; a simulated one is to end by it. */
  readonly guards?:
    | {
        readonly callbacks: Callbacks;
        readonly barrier: FaultBarrier;
        readonly acceptance: Acceptance;
      }
    | undefined;
  /** Members to begin with; a simulated cluster can start joined. */
  readonly base?: MemberBase | undefined;
  readonly nativeBase?: NativeBase | undefined;
  /** Told of each step; the simulator's checkers listen. */
  readonly observer?: PeerObserver | undefined;
}

/** A started peer, what it runs on, and what takes the calls and links that come for it. */
export interface PeerParts {
  readonly peer: Peer;
  readonly engine: NativeEngine | SeedEngine;
  readonly handler: CallHandler;
  readonly links: LinkService | undefined;
}

const SEED_METHODS: readonly string[] = [PING_METHOD, SHARE_DATA_METHOD];
/** For those who call by a dialect that has no place for what this peer asks of them. */
const SEED_DIALECT_OFF =
  "this peer takes no calls of the seed dialect: its cluster has a name, or uses TLS";

/** The health of a peer that is not there yet. */
const STARTING: PeerHealth = { isJoined: false, score: 0, reason: "it is still starting" };
/**
 * A running participant of a cluster: it finds the others from its seeds, exchanges what it knows
 * with the one untouched for longest once a ping period, and keeps the list of those that live.
 *
 * ```ts
 * const peer = await Peer.start({ address: "127.0.0.1:0", info: { name: "peer0" } });
 * await peer.addSeed("127.0.0.1:7946");
 * for (const member of peer.members().values()) console.log(member.address, member.info.name);
 * await peer.leave();
 * ```
 */
export class Peer implements AsyncDisposable {
  readonly #environment: Environment;
  readonly #limits: Limits;
  readonly #logger: KindLogger;
  readonly #engine: NativeEngine | SeedEngine;
  readonly #queues = new Set<EventQueue>();
  readonly #seedWaiters = new SeedWaiters();
  readonly #linkAskers = new LinkAskers();
  readonly #isSeedless: boolean;
  readonly #keeper: SnapshotKeeper | undefined;
  readonly #tls: PeerTls | undefined;
  readonly #observer: PeerObserver | undefined;
  readonly #guards: PeerSetup["guards"];
  #eventsDropped = 0;
  #members: MemberMap | undefined;
  #onLeaveEnded: () => void = () => {};
  #leaving: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  private constructor(setup: PeerSetup) {
    const { options, environment, port } = setup;
    this.#environment = environment;
    this.#limits = options.limits;
    this.#logger = options.logger;
    this.#keeper = setup.keeper;
    this.#tls = setup.tls;
    this.#observer = setup.observer;
    this.#guards = setup.guards;
    const beginning = setup.beginning ?? beginningOf(undefined, environment.wallClockMs());
    const address = advertisedAddress(options, port);
    // A list that is the same for all peers holds our own address too.
    this.#isSeedless = options.seeds.every((seed) => seed === address);
    const listener: EngineListener = {
      onCoreChanged: () => {
        this.#members = undefined;
      },
      onMemberEvent: (event) => this.#onMemberEvent(event),
      onSeedOutcome: (outcome) => this.#seedWaiters.onOutcome(outcome),
      onLeaveEnded: () => this.#onLeaveEnded(),
      onLinkInquiryEnded: (end) => this.#linkAskers.onEnded(end),
    };
    const parts = { ...setup, address, listener, beginning };
    this.#engine =
      options.failureDetection === "immediate"
        ? new SeedEngine(parts)
        : new NativeEngine({ ...parts, base: setup.nativeBase });
  }

  /**
   * Starts a peer: resolves once it listens. It does not wait for the seeds.
   *
   * @throws {@link GossipError} INVALID_OPTION, INVALID_ADDRESS, INVALID_INFO, INVALID_TLS or
   * TOO_MANY_SEEDS for options that cannot be; ADDRESS_IN_USE or LISTEN_FAILED when it cannot listen.
   */
  static async start(options: PeerOptions): Promise<Peer> {
    const callbacks = new Callbacks();
    const resolved = guarded(resolveOptions(options), callbacks);
    const { limits, logger, isSeedDialectOff } = resolved;
    const tls = resolved.tls === undefined ? undefined : await PeerTls.open(resolved.tls, logger);
    let peer: Peer | undefined;
    const reject = (reason: RejectionReason, from: string): void => {
      if (peer !== undefined) peer.#engine.reject(reason, from);
    };
    const filter = filterOf(resolved, (from) => reject("not-allowed", from));
    const names = new NameResolver();
    const transport = new GrpcTransport(limits, { tls: tls?.transport, filter }, names);
    const barrier = new FaultBarrier(logger);
    const acceptance = new Acceptance(logger);
    const environment = barrier.environment(realEnvironment(transport, names));
    const keeper = keeperOf(resolved, environment);
    const beginning = await keeper?.open();
    let handler: CallHandler = () => {};
    let onLink: LinkService["onLink"] = (link) => {
      link.refuse("this peer is still starting");
      return DEAF;
    };
    const isNative = resolved.failureDetection !== "immediate";
    const listening = transport.listen({
      address: resolved.address,
      methods: isSeedDialectOff ? [] : SEED_METHODS,
      handler: (call, respond) => handler(call, respond),
      onTooFast: (from) => reject("caller-too-fast", from),
      onNotAccepted: (reason) => acceptance.onFailed(reason),
      maxMessages: limits.maxRecordsPerCall,
      receiveTimeoutMs: RECEIVE_TIMEOUT_MS,
      sendTimeoutMs: SEND_TIMEOUT_MS,
      links: isNative ? { method: LINK_METHOD, onLink: (link) => onLink(link) } : undefined,
      streams: [
        ...standardServices(() => peer?.health() ?? STARTING),
        ...(isSeedDialectOff ? SEED_METHODS : []).map((method) => {
          return refusedService(method, SEED_DIALECT_OFF, () => reject("dialect-off", method));
        }),
      ],
    });
    let port: number;
    try {
      port = await listening;
      const address = advertisedAddress(resolved, port);
      tls?.beAt(address);
      if (beginning !== undefined) await keeper?.begin(address, beginning);
    } catch (error) {
      tls?.close();
      await keeper?.close();
      await transport.close();
      throw error;
    }
    const codec = new RecordCodec(limits);
    const nativeCodec = new NativeCodec(limits);
    const guards = { callbacks, barrier, acceptance };
    const setup = { environment, port, codec, nativeCodec, beginning, keeper, tls, guards };
    const parts = Peer.startIn({ options: resolved, ...setup });
    handler = barrier.handler(parts.handler);
    if (parts.links !== undefined) onLink = barrier.onLink(parts.links.onLink);
    peer = parts.peer;
    return peer;
  }

  /**
   * Starts a peer in an environment that listens for it: a real one, or a simulated one.
   *
   * @internal
   */
  static startIn(setup: PeerSetup): PeerParts {
    const { options } = setup;
    const peer = new Peer(setup);
    const { address } = peer;
    options.logger.info({ address, name: options.info.name }, "started");
    const engine = peer.#engine;
    for (const seed of options.seeds) engine.addSeed(seed);
    engine.start();
    setup.keeper?.keep(() => engine.snapshot());
    return { peer, engine, handler: engine.onCall, links: engine.links };
  }

  /** The advertised address, `host:port`: what others dial, and this peer's identity. */
  get address(): string {
    return this.#engine.address;
  }

  /** This peer's info, as it last set it. */
  get info(): PeerInfo {
    return this.#engine.self.info;
  }

  /**
   * Replaces this peer's info, the metadata included: what is left out is deleted. The others are told at
   * once; with `failureDetection: "immediate"`, and peers of the original program, with the next exchanges.
   *
   * @throws {@link GossipError} INVALID_INFO, or STOPPED.
   */
  updateInfo(info: PeerInfo): void {
    this.#checkRunning();
    const checked = checkInfo(info, this.#limits);
    this.#observer?.onInfoWritten(checked);
    this.#engine.updateInfo(checked);
  }

  /**
   * Adds an address by which the cluster is found, and dials it. Resolves once it, or for a DNS name
   * one of its addresses, answered. The seed is dialled on for ever, also after a rejection. Who has no
   * use for the outcome need not await it: it is logged.
   *
   * @throws {@link GossipError} INVALID_ADDRESS or TOO_MANY_SEEDS when it cannot be added;
   * SEED_UNREACHABLE when it did not answer this time; STOPPED.
   */
  addSeed(seed: string): Promise<void> {
    return kept(this.#addSeed(seed), (error) => {
      // That a seed does not answer is logged where it is found out.
      if (!(error instanceof GossipError) || error.code === "SEED_UNREACHABLE") return;
      this.#logger.warn({ address: this.address }, `the seed was not added: ${error.message}`);
    });
  }

  async #addSeed(seed: string): Promise<void> {
    this.#checkRunning();
    checkDialAddress(seed);
    const answered = this.#seedWaiters.add(seed);
    if (!this.#engine.addSeed(seed)) {
      const message = `there are ${this.#limits.maxSeeds} seeds already (limits.maxSeeds): a few are enough, since peers find the rest`;
      this.#seedWaiters.fail(seed, new GossipError("TOO_MANY_SEEDS", message));
    }
    await answered;
  }

  /**
   * The live members by address, this peer included and first: a snapshot that does not change. A
   * member is listed once this peer has heard of it, from itself or from others that list it, and until it
   * fails or leaves. With `failureDetection: "immediate"` it is listed once it has answered this peer itself.
   */
  members(): MemberMap {
    this.#engine.checkWake();
    this.#members ??= memberMap(this.#engine.members("live"));
    return this.#members;
  }

  /**
   * All that this peer knows of each member, those that failed or left included: this peer first,
   * the others by address. A snapshot that does not change.
   */
  details(): readonly MemberDetail[] {
    return this.#watched.details();
  }

  /** All that this peer knows of one member; undefined for one that it does not know. */
  detail(address: string): MemberDetail | undefined {
    return this.#watched.detail(address);
  }

  /** Who watches that member: its neighbours in the overlay, by address. None where it is gone. */
  watchersOf(address: string): readonly string[] {
    return this.#watched.watchersOf(address);
  }

  /** This peer's own links that are there, by address. None in the protocol of the original. */
  links(): readonly LinkDetail[] {
    return this.#watched.linkDetails();
  }

  /**
   * The links of another member, as it tells them itself when it is asked: over the link to it, or one
   * that is opened for this alone. A few members are asked at once; the others wait for their turn.
   * `timeoutMs` bounds that too, and is 5,000 unless given.
   *
   * @throws {@link GossipError} UNKNOWN_MEMBER; CALL_UNREACHABLE for a member that is gone or cannot be
   * reached; CALL_UNSUPPORTED for one that speaks the protocol of the original; CALL_TIMEOUT; STOPPED.
   */
  askLinks(address: string, options: AskLinksOptions = {}): Promise<readonly LinkDetail[]> {
    return kept(this.#askLinks(address, options));
  }

  async #askLinks(address: string, options: AskLinksOptions): Promise<readonly LinkDetail[]> {
    this.#checkRunning();
    const timeoutMs = checkAskTimeout(options);
    const member = this.detail(address);
    if (member === undefined) throw unknownMember(address);
    if (member.isSelf) return this.links();
    checkHasLinks(member);
    return await this.#linkAskers.add(address, timeoutMs, (id) => {
      this.#engine.askLinks(id, address, timeoutMs);
    });
  }

  /**
   * Takes a member that failed or left off this peer's list, and as that spreads off all lists. One
   * that lives after all comes back by itself. A member that speaks the protocol of the original is
   * taken off this peer's list alone.
   *
   * @throws {@link GossipError} UNKNOWN_MEMBER, MEMBER_LIVE, or STOPPED.
   */
  forget(address: string): void {
    this.#checkRunning();
    const status = this.detail(address)?.status;
    if (status === undefined) throw unknownMember(address);
    if (status === "live") {
      const message = `${address} is a live member: only one that failed or left can be forgotten`;
      throw new GossipError("MEMBER_LIVE", message);
    }
    this.#engine.forget(address);
  }

  /** Whether this peer is part of a cluster, and how far it trusts its own timers. */
  health(): PeerHealth {
    const { listSize, healthScore } = this.#watched;
    const reason = this.#whyNotJoined(listSize);
    const isJoined = reason === undefined;
    return isJoined ? { isJoined, score: healthScore } : { isJoined, score: healthScore, reason };
  }

  /**
   * What happens to members from now on, until the peer stops or the reader breaks off. Each call
   * gives a reader with a queue of its own, of `limits.maxQueuedEvents`; one that is too slow loses
   * the oldest events and is told how many.
   */
  events(): AsyncIterableIterator<PeerEvent> {
    const queue = new EventQueue(this.#limits.maxQueuedEvents, () => this.#queues.delete(queue));
    this.#queues.add(queue);
    if (this.#stopping !== undefined) queue.close();
    return queue;
  }

  /**
   * What this peer knows of that member, and why: who was asked about it, who confirmed that it is
   * silent and who contradicted, what was decided, and when. The latest 32 steps, oldest first, of
   * the 256 members with the latest news. Empty for one of which there is nothing to tell.
   */
  explain(address: string): readonly ExplainedStep[] {
    return this.#watched.explain(address);
  }

  /** Figures of what this peer did and holds. */
  stats(): PeerStats {
    const stats = this.#watched.stats();
    const length = Math.max(0, ...Array.from(this.#queues, (queue) => queue.length));
    const queues = { ...stats.queues, events: { length, limit: this.#limits.maxQueuedEvents } };
    const snapshots = this.#keeper?.figures ?? NO_SNAPSHOTS;
    const tls = this.#tls?.figures ?? NO_TLS;
    const eventsDropped = this.#eventsDropped;
    const guarded = {
      callbacksFailed: this.#guards?.callbacks.failed ?? 0,
      faults: this.#guards?.barrier.faults ?? 0,
      connectionsNotAccepted: this.#guards?.acceptance.failed ?? 0,
    };
    return { ...stats, ...snapshots, ...tls, queues, eventsDropped, ...guarded };
  }

  /**
   * Reads the files of {@link PeerOptions.tls} again, or takes other certificates in their place. New
   * links have them; those that stand go on until the other side's certificate ends. What cannot be used
   * changes nothing.
   *
   * @throws {@link GossipError} INVALID_TLS; INVALID_OPTION for a peer that was started without TLS;
   * STOPPED.
   */
  reloadTls(tls?: TlsOptions): Promise<void> {
    return kept(this.#reloadTls(tls));
  }

  async #reloadTls(tls: TlsOptions | undefined): Promise<void> {
    this.#checkRunning();
    if (this.#tls !== undefined) return await this.#tls.reload(tls);
    const message =
      "tls is not among the options that this peer was started with: start it with them";
    throw new GossipError("INVALID_OPTION", message);
  }

  /**
   * Stops without a word, as a crash would look to others. Resolves when nothing is left behind: no
   * timer, socket or pending promise. Can be called twice, and at any moment.
   */
  stop(): Promise<void> {
    this.#stopping ??= kept(this.#stop());
    return this.#stopping;
  }

  /**
   * Tells the others that this peer goes, for at most `leaveTimeoutMs`, then stops. Can be called
   * twice, and at any moment.
   */
  leave(): Promise<void> {
    this.#leaving ??= kept(this.#leave());
    return this.#leaving;
  }

  /** `await using` leaves at the end of the block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.leave();
  }

  async #leave(): Promise<void> {
    if (this.#stopping === undefined) {
      const ended = new Promise<void>((resolve) => {
        this.#onLeaveEnded = resolve;
      });
      this.#engine.leave();
      await ended;
    }
    await this.stop();
  }

  async #stop(): Promise<void> {
    const kept = this.#keeper?.close();
    this.#engine.stop();
    this.#tls?.close();
    this.#onLeaveEnded();
    this.#seedWaiters.failAll("STOPPED", "the peer was stopped before the seed answered");
    this.#linkAskers.failAll("STOPPED", "the peer was stopped before the answer");
    await this.#environment.transport.close();
    await kept;
    for (const queue of this.#queues) queue.close();
    this.#logger.info({ address: this.address }, "stopped");
    this.#logger.tellRepeats?.();
  }

  #whyNotJoined(listSize: number): string | undefined {
    if (this.#stopping !== undefined || this.#leaving !== undefined)
      return "it leaves or has stopped";
    const fault = this.#tls?.fault(this.#environment.wallClockMs());
    if (fault !== undefined || this.#isSeedless || listSize > 1) return fault;
    return "it lists nobody but itself: see that one of its seeds runs and can be reached from here";
  }

  /** For an application that looks: it may be the first that happens since a wake-up was lost. */
  get #watched(): NativeEngine | SeedEngine {
    this.#engine.checkWake();
    return this.#engine;
  }

  #checkRunning(): void {
    if (this.#stopping === undefined && this.#leaving === undefined) return;
    throw new GossipError("STOPPED", "the peer has stopped or is leaving: start a new one");
  }

  #onMemberEvent(event: MemberEvent): void {
    this.#observer?.onMemberEvent(event);
    this.#keeper?.onChange();
    if (this.#queues.size === 0) return;
    const timed = { ...event, at: this.#environment.wallClockMs() };
    for (const queue of this.#queues) this.#eventsDropped += queue.push(timed);
  }
}

/** The options, with what is the application's own called where nothing that it does gets further. */
function guarded(options: ResolvedOptions, callbacks: Callbacks): ResolvedOptions {
  const { allow, logger } = options;
  return {
    ...options,
    logger: collapsed(callbacks.logger(logger), monotonicMs),
    allow: allow === undefined ? undefined : callbacks.rule(allow),
  };
}

function filterOf(
  { allowedAddresses }: ResolvedOptions,
  onRefused: (from: string) => void,
): AddressFilter | undefined {
  if (allowedAddresses === undefined) return undefined;
  return new AddressFilter(allowedAddresses, onRefused);
}

function keeperOf(options: ResolvedOptions, environment: Environment): SnapshotKeeper | undefined {
  const { dataDir } = options;
  return dataDir === undefined ? undefined : new SnapshotKeeper({ dataDir, options, environment });
}

function unknownMember(address: string): GossipError {
  const message = `${address} is no member that this peer knows: see its member list`;
  return new GossipError("UNKNOWN_MEMBER", message);
}
