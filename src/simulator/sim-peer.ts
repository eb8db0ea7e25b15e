// A peer of a simulation: its machine, the process that runs there now, and the same `Peer` that
// applications hold, with virtual time.

import { formatAddress, parseAddress, parseListenAddress } from "../core/address.js";
import type { Core } from "../core/core.js";
import type { Fingerprint } from "../core/fingerprint.js";
import type { MemberEvent } from "../core/member.js";
import type { MemberBase } from "../core/member-base.js";
import type { RecordChange } from "../core/member-table.js";
import type { HistoryStep } from "../core/native/history.js";
import type { NativeBase } from "../core/native/member-base.js";
import type { MemberRecord } from "../core/native/member-record.js";
import type { NativeCore } from "../core/native/native-core.js";
import type { RosterChange } from "../core/native/roster.js";
import { startGeneration } from "../core/own-record.js";
import type { Random } from "../core/random.js";
import type { PeerInfo, PeerRecord } from "../core/record.js";
import { beginningOf, type Snapshot } from "../core/snapshot.js";
import type { Environment } from "../peer/environment.js";
import { NativeEngine } from "../peer/native-engine.js";
import { type PeerOptions, resolveOptions } from "../peer/options.js";
import { Peer, type PeerParts } from "../peer/peer.js";
import { SeedEngine } from "../peer/seed-engine.js";
import type { CallHandler, LinkService } from "../transport/transport.js";
import type { NativeCodec } from "../wire/native-dialect.js";
import type { RecordCodec } from "../wire/record-codec.js";
import type { Host, HostCounters } from "./host.js";
import { SimTransport, type SimWorld } from "./sim-transport.js";

/** Where virtual time begins as a time of day: 2026-01-01T00:00:00Z. */
export const EPOCH_MS = 1_767_225_600_000;

/** Told of what the peers of a simulation do, when they do it. */
export interface SimPeerListener {
  onStart(peer: SimPeer): void;
  onEnd(peer: SimPeer): void;
  onRecordChange(peer: SimPeer, change: RecordChange): void;
  onRosterChange(peer: SimPeer, change: RosterChange): void;
  onHistoryStep(peer: SimPeer, address: string, step: HistoryStep): void;
  onMemberEvent(peer: SimPeer, event: MemberEvent): void;
  onInfoWritten(peer: SimPeer, info: PeerInfo): void;
}

/** What the peers of a simulation share. */
export interface SimPeerContext {
  readonly world: SimWorld;
  readonly codec: RecordCodec;
  readonly nativeCodec: NativeCodec;
  /** The options of every peer, without what each has of its own. */
  readonly options: Partial<PeerOptions>;
  /** Told of all that happens at peers. */
  readonly listener: SimPeerListener;
  forkRandom(purpose: string): Random;
  lookUp(name: string): readonly string[];
}

/** What a process starts with, where that is not as the one before it. */
export interface ProcessStart {
  /** Its name. Default: that of the process before it. */
  readonly name?: string | undefined;
  /** The addresses of its seeds. */
  readonly seeds?: readonly string[] | undefined;
  /**
   * What its data directory holds: nothing, what it held one boot earlier (a backup that was brought back),
   * or a copy of another peer's, which runs or not. Default: what the process before it kept.
   */
  readonly disk?: "lost" | "old" | SimPeer | undefined;
}

/** What peers that start joined share; of one protocol or the other. */
export interface SharedBases {
  readonly base?: MemberBase;
  readonly nativeBase?: NativeBase;
}

/** One peer of a simulation. */
export class SimPeer {
  /** @internal */
  readonly host: Host;
  readonly #context: SimPeerContext;
  #seeds: readonly string[];
  #parts: PeerParts | undefined;
  #transport: SimTransport | undefined;
  #name: string;
  /** What its disk holds: with `dataDir`, what it knew when it crashed; and what it held before that. */
  #snapshot: Snapshot | undefined;
  #formerSnapshot: Snapshot | undefined;

  /** @internal */
  constructor(host: Host, name: string, seeds: readonly string[], context: SimPeerContext) {
    this.host = host;
    this.#context = context;
    this.#seeds = seeds;
    this.#name = name;
  }

  /** Its place among the simulation's peers, from 0. */
  get index(): number {
    return this.host.index;
  }

  /** Its advertised address. */
  get address(): string {
    return this.host.address;
  }

  /** The name that it starts with. */
  get name(): string {
    return this.#name;
  }

  /** True while its process runs. */
  get isRunning(): boolean {
    return this.#parts !== undefined && this.host.isRunning;
  }

  /**
   * The address that it tells others: its machine's, unless it says that it is at another's.
   *
   * @internal
   */
  get advertised(): string {
    return this.#context.options.advertiseAddress ?? this.address;
  }

  /** True when its process was given seeds. */
  get hasSeeds(): boolean {
    return this.#seeds.length > 0;
  }

  /**
   * The addresses that its seeds stand for now.
   *
   * @internal
   */
  get seedAddresses(): string[] {
    return this.#seeds.flatMap((seed) => {
      const { host = "", port = 0, hostType } = parseAddress(seed) ?? {};
      if (hostType !== "name") return [seed];
      return this.#context.lookUp(host).map((ip) => formatAddress(ip, port));
    });
  }

  /**
   * Its machine's time of day, in milliseconds since 2024.
   *
   * @internal
   */
  get wallMs(): number {
    return startGeneration(this.host.wallClockMs(EPOCH_MS));
  }

  /** True once it has begun to leave. */
  get isLeaving(): boolean {
    const engine = this.#parts?.engine;
    if (engine instanceof NativeEngine) return engine.native.isLeaving;
    return engine?.self.status === "left";
  }

  /** The peer as an application holds it: that of the process that runs, or ran last. */
  get peer(): Peer {
    if (this.#parts === undefined) throw new Error(`${this.address} was never started`);
    return this.#parts.peer;
  }

  /** What its machine has sent, received and spent since the simulation began. */
  get counters(): Readonly<HostCounters> {
    return this.host.counters;
  }

  /**
   * Its state of the seed dialect, for checkers; undefined where it runs the native protocol.
   *
   * @internal
   */
  get core(): Core | undefined {
    const engine = this.#parts?.engine;
    return engine instanceof SeedEngine ? engine.core : undefined;
  }

  /**
   * Its state of the native protocol, for checkers; undefined where it follows the seed's rule.
   *
   * @internal
   */
  get native(): NativeCore | undefined {
    const engine = this.#parts?.engine;
    return engine instanceof NativeEngine ? engine.native : undefined;
  }

  /**
   * The fingerprint of what it knows.
   *
   * @internal
   */
  get fingerprint(): Fingerprint | undefined {
    return this.#parts?.engine.fingerprint;
  }

  /** How many members it lists, itself included. */
  get listSize(): number {
    return this.#parts?.engine.listSize ?? 0;
  }

  /** True when that address is a member of it, live or gone. */
  remembers(address: string): boolean {
    return this.#parts?.engine.remembers(address) ?? false;
  }

  /** Connections that its process has to others. */
  get connectionCount(): number {
    return this.#transport?.connectionCount ?? 0;
  }

  /**
   * What takes the calls that come for it.
   *
   * @internal
   */
  get handler(): CallHandler | undefined {
    return this.#parts?.handler;
  }

  /**
   * What takes the links that come for it.
   *
   * @internal
   */
  get links(): LinkService | undefined {
    return this.#parts?.links;
  }

  /**
   * Starts a process here, as at first or after a crash.
   *
   * @internal
   */
  start(beginning: ProcessStart = {}, { base, nativeBase }: SharedBases = {}): void {
    this.#name = beginning.name ?? this.#name;
    this.#seeds = beginning.seeds ?? this.#seeds;
    if (beginning.disk !== undefined) this.#snapshot = this.#diskOf(beginning.disk);
    const name = this.#name;
    this.host.startProcess();
    const { world, codec, nativeCodec, options, listener } = this.#context;
    const resolved = resolveOptions({
      ...options,
      address: this.address,
      info: { name },
      // Those that begin joined have found their cluster; the seeds are for a restart.
      seeds: base === undefined && nativeBase === undefined ? this.#seeds : [],
    });
    this.host.maxMessageBytes = resolved.limits.maxMessageBytes;
    const { life } = this.host;
    const transport = new SimTransport(world, this.host, resolved.limits.maxConnections, () =>
      this.#onStopped(life),
    );
    this.#transport = transport;
    const environment = this.#environment(transport);
    const port = parseListenAddress(this.address)?.port ?? 0;
    this.#parts = Peer.startIn({
      options: resolved,
      environment,
      port,
      codec,
      nativeCodec,
      base,
      nativeBase,
      beginning: beginningOf(this.#snapshot, environment.wallClockMs()),
      observer: {
        onRecordChange: (change) => listener.onRecordChange(this, change),
        onRosterChange: (change) => this.#onRosterChange(change),
        onHistoryStep: (address, step) => listener.onHistoryStep(this, address, step),
        onMemberEvent: (event) => listener.onMemberEvent(this, event),
        onInfoWritten: (info) => listener.onInfoWritten(this, info),
      },
    });
    listener.onStart(this);
  }

  /** Ends the process without a word: its connections are reset, unless the host has vanished. */
  crash(): void {
    if (!this.host.hasProcess) return;
    this.#formerSnapshot = this.#snapshot;
    this.#snapshot = this.#disk;
    this.#context.listener.onEnd(this);
    // The process is gone before its peer is stopped, so that nothing of the stop is seen outside.
    this.#endConnections();
    this.host.endProcess();
    void this.#parts?.peer.stop();
  }

  /**
   * Resets every connection of its process, those to it included.
   *
   * @internal
   */
  resetConnections(): void {
    this.#endConnections();
    this.#transport?.resetConnections();
  }

  /** What is listed changes as in the seed dialect; the rest is for those who look closer. */
  #onRosterChange(change: RosterChange): void {
    const { listener } = this.#context;
    listener.onRosterChange(this, change);
    const { address, before, after, wasListed, isListed } = change;
    if (address === this.address || (!wasListed && !isListed)) return;
    listener.onRecordChange(this, {
      address,
      before: wasListed ? listed(before) : undefined,
      after: isListed ? listed(after) : undefined,
      wasGone: !wasListed && before !== undefined,
    });
  }

  /** Tells the others that it goes; its process ends once they know. */
  leave(): void {
    if (!this.isRunning) return;
    const { life } = this.host;
    // A stopped process leaves once it runs again.
    this.host.work(0, () => {
      this.#onceLeft(life);
      void this.peer.leave();
    });
  }

  /** Watches for the end of a leave, in virtual time, and ends the process then. */
  #onceLeft(life: number): void {
    this.#context.world.schedule.add(this.#context.world.clock.nowMs + 1, () => {
      if (this.host.life !== life || !this.host.isUp) return;
      if (this.#parts?.engine.hasLeft === true) this.crash();
      else this.#onceLeft(life);
    });
  }

  /** The application has stopped its peer: for others that is the end of the process. */
  #onStopped(life: number): void {
    if (this.host.life !== life) return;
    this.#context.listener.onEnd(this);
    this.#endConnections();
    this.host.endProcess();
  }

  /** What its disk holds now: a process that runs keeps what it knows there. */
  get #disk(): Snapshot | undefined {
    if (this.#context.options.dataDir === undefined || !this.host.hasProcess) return this.#snapshot;
    return this.#parts?.engine.snapshot();
  }

  #diskOf(disk: Exclude<ProcessStart["disk"], undefined>): Snapshot | undefined {
    if (disk === "lost") return undefined;
    return disk === "old" ? this.#formerSnapshot : disk.#disk;
  }

  #endConnections(): void {
    for (const connection of this.host.inbound) connection.resetFromFarEnd("reset");
    this.host.inbound.clear();
  }

  #environment(transport: SimTransport): Environment {
    const { host } = this;
    const random = this.#context.forkRandom(`${this.address} life ${host.life}`);
    return {
      transport,
      random,
      now: () => host.monotonicMs(),
      // As Date.now: whole milliseconds.
      wallClockMs: () => Math.floor(host.wallClockMs(EPOCH_MS)),
      setTimer: (onTimeout, delayMs) => host.setTimer(onTimeout, delayMs),
      lookup: (name, onEnd) => {
        host.setTimer(() => onEnd(this.#context.lookUp(name)), 1);
      },
    };
  }
}

/** A member's record as the seed dialect has it. */
function listed(record: MemberRecord | undefined): PeerRecord | undefined {
  if (record === undefined) return undefined;
  const { address, version, name } = record;
  return { address, version, deleted: false, name };
}
