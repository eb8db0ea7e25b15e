// A peer of a simulation: its machine, the process that runs there now, and the same `Peer` that
// applications hold, with virtual time.

import { parseListenAddress } from "../core/address.js";
import type { Core } from "../core/core.js";
import type { Fingerprint } from "../core/fingerprint.js";
import type { MemberBase } from "../core/member-base.js";
import type { RecordChange } from "../core/member-table.js";
import type { Random } from "../core/random.js";
import type { Environment } from "../peer/environment.js";
import { type PeerOptions, resolveOptions } from "../peer/options.js";
import { Peer, type PeerParts } from "../peer/peer.js";
import type { CallHandler } from "../transport/transport.js";
import type { RecordCodec } from "../wire/record-codec.js";
import type { Host, HostCounters } from "./host.js";
import { SimTransport, type SimWorld } from "./sim-transport.js";

/** Where virtual time begins as a time of day: 2026-01-01T00:00:00Z. */
export const EPOCH_MS = 1_767_225_600_000;

/** What the peers of a simulation share. */
export interface SimPeerContext {
  readonly world: SimWorld;
  readonly codec: RecordCodec;
  /** The options of every peer, without what each has of its own. */
  readonly options: Partial<PeerOptions>;
  onRecordChange(observer: SimPeer, change: RecordChange): void;
  forkRandom(purpose: string): Random;
  lookUp(name: string): readonly string[];
}

/** One peer of a simulation. */
export class SimPeer {
  /** @internal */
  readonly host: Host;
  readonly #context: SimPeerContext;
  readonly #seeds: readonly string[];
  #parts: PeerParts | undefined;
  #transport: SimTransport | undefined;
  #name: string;

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

  /** True once it has begun to leave. */
  get isLeaving(): boolean {
    return this.core?.self.status === "left";
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
   * Its protocol state, for checkers.
   *
   * @internal
   */
  get core(): Core | undefined {
    return this.#parts?.core;
  }

  /**
   * The fingerprint of its list.
   *
   * @internal
   */
  get fingerprint(): Fingerprint | undefined {
    return this.#parts?.core.fingerprint;
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
   * Starts a process here, as at first or after a crash.
   *
   * @internal
   */
  start(name: string = this.#name, base?: MemberBase): void {
    this.#name = name;
    this.host.startProcess();
    const { world, codec, options } = this.#context;
    const resolved = resolveOptions({
      ...options,
      address: this.address,
      info: { name },
      // Those that begin joined have found their cluster; the seeds are for a restart.
      seeds: base === undefined ? this.#seeds : [],
    });
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
      base,
      onRecordChange: (change) => this.#context.onRecordChange(this, change),
    });
  }

  /** Ends the process without a word: its connections are reset, unless the host has vanished. */
  crash(): void {
    if (!this.host.hasProcess) return;
    // The process is gone before its peer is stopped, so that nothing of the stop is seen outside.
    this.#endConnections();
    this.host.endProcess();
    void this.#parts?.peer.stop();
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
      if (this.core?.hasLeft) this.crash();
      else this.#onceLeft(life);
    });
  }

  /** The application has stopped its peer: for others that is the end of the process. */
  #onStopped(life: number): void {
    if (this.host.life !== life) return;
    this.#endConnections();
    this.host.endProcess();
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
      wallClockMs: () => host.wallClockMs(EPOCH_MS),
      setTimer: (onTimeout, delayMs) => host.setTimer(onTimeout, delayMs),
      lookup: (name, onEnd) => {
        host.setTimer(() => onEnd(this.#context.lookUp(name)), 1);
      },
    };
  }
}
