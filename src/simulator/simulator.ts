// A cluster in virtual time: the same peers, core and wire code as in a real process, on a simulated
// network. The same seed gives the same run, to the last step.

import { GossipError } from "../core/errors.js";
import { sameFingerprint } from "../core/fingerprint.js";
import { DEFAULT_LIMITS, type Limits } from "../core/limits.js";
import type { MemberEvent } from "../core/member.js";
import { MemberBase } from "../core/member-base.js";
import type { RecordChange } from "../core/member-table.js";
import type { HistoryStep } from "../core/native/history.js";
import { NativeBase } from "../core/native/member-base.js";
import { firstRecord, wholeRecord } from "../core/native/own-member.js";
import type { RosterChange } from "../core/native/roster.js";
import { startGeneration, startVersion } from "../core/own-record.js";
import type { PeerInfo } from "../core/record.js";
import { DEFAULT_TIMING } from "../core/timing.js";
import type { FailureDetection, PeerOptions } from "../peer/options.js";
import type { CallHandler } from "../transport/transport.js";
import { NativeCodec } from "../wire/native-dialect.js";
import { RecordCodec } from "../wire/record-codec.js";
import { type Costs, MEASURED_COSTS } from "./costs.js";
import { type Cpu, Host, type VirtualClock } from "./host.js";
import { Network, type NetworkOptions } from "./network.js";
import { SimOriginal } from "./original.js";
import { forkRandom } from "./random.js";
import { Schedule } from "./schedule.js";
import {
  EPOCH_MS,
  type ProcessStart,
  SimPeer,
  type SimPeerContext,
  type SimPeerListener,
} from "./sim-peer.js";
import type { SimWorld, StepKind } from "./sim-transport.js";
import { Trace } from "./trace.js";

/** What a simulation is made from. */
export interface SimulatorOptions {
  /** What all randomness is drawn from: a whole number from 0 to 2^32 - 1. */
  readonly seed: number;
  /** How many peers there are. */
  readonly peers: number;
  /** How many peers of the original program there are beside them. Default 0. They start with the others. */
  readonly originals?: number;
  /**
   * How they begin. `"seeded"` (default): they start together, all but the first with the first as
   * their seed. `"converged"`: each lists all, as if they had run for long. `"stopped"`: none runs
   * until it is started.
   */
  readonly start?: "seeded" | "converged" | "stopped";
  /** The seeds of each process, as the indexes of others. Default: the first one, for all others. */
  readonly seedsOf?: (index: number) => readonly number[];
  /** The seeds of each process as they are written, by its index, where they are not addresses of others. */
  readonly seedNamesOf?: (index: number) => readonly string[] | undefined;
  /** The network. Default: one data centre without faults. */
  readonly network?: NetworkOptions;
  /** The zone of each peer, by its index. Default: one zone for all. */
  readonly zoneOf?: (index: number) => string;
  /**
   * Which CPU each peer computes on, by its index: peers on one CPU wait for each other. Default:
   * each has one of its own.
   */
  readonly cpuOf?: (index: number) => number;
  /** Options of every peer, as in `Peer.start`; the address, the info and the seeds are given. */
  readonly options?: Omit<Partial<PeerOptions>, "address" | "advertiseAddress" | "info" | "seeds">;
  /** What single peers have otherwise, by their index. */
  readonly optionsOf?: (
    index: number,
  ) => Omit<Partial<PeerOptions>, "address" | "info" | "seeds"> | undefined;
  /** What CPU and bytes things cost. Default: as measured on gRPC. */
  readonly costs?: Costs;
  /** The addresses behind DNS names that seeds use. */
  readonly dns?: Readonly<Record<string, readonly string[]>>;
}

/** Told of each step, to check what must hold after it, or to count. */
export interface StepObserver {
  /**
   * Something happened at that peer; what it knows may have changed. An answer is told of just
   * before the peer takes it in, with `other` being whom it comes from.
   */
  onStep?(peer: SimPeer, kind: StepKind, other: SimProcess | undefined): void;
  /** What `observer` holds of a member changed. */
  onRecordChange?(observer: SimPeer, change: RecordChange): void;
  /** What `observer` holds by the native protocol of any member, itself included, changed. */
  onRosterChange?(observer: SimPeer, change: RosterChange): void;
  /** A process was started at that peer's address. */
  onStart?(peer: SimPeer): void;
  /** Its process has ended, in whatever way. */
  onEnd?(peer: SimPeer): void;
  /** Something happened between `observer` and that member, as `explain` tells it. */
  onHistoryStep?(observer: SimPeer, address: string, step: HistoryStep): void;
  /** `observer` tells its application of something. */
  onMemberEvent?(observer: SimPeer, event: MemberEvent): void;
  /** The application of that peer wrote its info. */
  onInfoWritten?(peer: SimPeer, info: PeerInfo): void;
  /** A fault was made, or a healing. */
  onFault?(kind: FaultKind, processes: readonly SimProcess[]): void;
  /** Something happened at that original. */
  onOriginalStep?(original: SimOriginal): void;
}

/** A peer of ours, or an original. */
export type SimProcess = SimPeer | SimOriginal;

/** What can be done to a cluster from outside. */
export type FaultKind =
  | "crash"
  | "kill-host"
  | "restart"
  | "leave"
  | "pause"
  | "resume"
  | "sleep"
  | "wake"
  | "narrow"
  | "block"
  | "unblock"
  | "slow"
  | "jump-clock"
  | "drift-clock"
  | "reset"
  | "forget"
  | "cut"
  | "refuse"
  | "lose"
  | "heal";

const STEP_KINDS: Readonly<Record<StepKind, number>> = {
  call: 1,
  request: 2,
  answer: 3,
  failure: 4,
};
const FAULT_TRACE_KIND = 9;
const PEER_PORT = 7_946;
/** How many promises that wait for each other settle before virtual time goes on. */
const SETTLE_TURNS = 64;

/** A simulated cluster. */
export class Simulator {
  /** The peers, by index: `peer-0` first. */
  readonly peers: readonly SimPeer[];
  /** The peers of the original program: `original-0` first. */
  readonly originals: readonly SimOriginal[];
  /** @internal */
  readonly network: Network;
  /** What all randomness is drawn from. */
  readonly seed: number;
  /** The limits of every peer. */
  readonly limits: Limits;
  /** How the peers judge members that do not answer. */
  readonly failureDetection: FailureDetection;
  readonly #clock: VirtualClock = { nowMs: 0 };
  readonly #schedule = new Schedule();
  readonly #cpus = new Map<number, Cpu>();
  readonly #trace = new Trace();
  readonly #byAddress = new Map<string, SimProcess>();
  readonly #observers = new Set<StepObserver>();
  readonly #dns = new Map<string, readonly string[]>();
  #steps = 0;

  constructor(options: SimulatorOptions) {
    checkOptions(options);
    this.seed = options.seed;
    this.limits = { ...DEFAULT_LIMITS, ...options.options?.limits };
    this.failureDetection = options.options?.failureDetection ?? "suspicion";
    for (const [name, addresses] of Object.entries(options.dns ?? {}))
      this.#dns.set(name, addresses);
    this.network = new Network(options.network ?? {}, forkRandom(options.seed, "network"));
    const context = this.#context(options);
    const seedsOf = (index: number): string[] => {
      const names = options.seedNamesOf?.(index);
      const seeds = options.seedsOf?.(index) ?? (index === 0 ? [] : [0]);
      return names === undefined ? seeds.map(addressOf) : [...names];
    };
    this.peers = Array.from({ length: options.peers }, (_, index) => {
      const peerOptions = { ...context.options, ...options.optionsOf?.(index) };
      return new SimPeer(this.#host(index, options), `peer-${index}`, seedsOf(index), {
        ...context,
        options: peerOptions,
      });
    });
    this.originals = Array.from({ length: options.originals ?? 0 }, (_, number) => {
      const index = options.peers + number;
      const host = this.#host(index, options);
      const pingPeriodMs = options.options?.pingPeriodMs ?? DEFAULT_TIMING.pingPeriodMs;
      return new SimOriginal(host, `original-${number}`, seedsOf(index), {
        ...context,
        pingPeriodMs,
      });
    });
    for (const process of this.processes) this.#byAddress.set(process.address, process);
    const start = options.start ?? "seeded";
    if (start === "seeded") for (const process of this.processes) process.start();
    if (start === "converged") this.#startConverged(this.failureDetection);
  }

  /** The address of the host with that index, in every simulation. */
  static addressOf(index: number): string {
    return addressOf(index);
  }

  /** Virtual time since the start, in milliseconds. */
  get nowMs(): number {
    return this.#clock.nowMs;
  }

  /** How many things have happened. */
  get steps(): number {
    return this.#steps;
  }

  /** A hash of all that has happened: the same for the same seed, on every machine. */
  get traceHash(): string {
    return this.#trace.hash;
  }

  /** The peers whose process runs. */
  get running(): SimPeer[] {
    return this.peers.filter((peer) => peer.isRunning);
  }

  /** All peers and originals, by the index of their host. */
  get processes(): readonly SimProcess[] {
    return [...this.peers, ...this.originals];
  }

  /** The peer with that index. */
  peer(index: number): SimPeer {
    const peer = this.peers[index];
    if (peer === undefined) throw new Error(`there is no peer ${index}`);
    return peer;
  }

  /** The peer of ours at that address, if there is one. */
  peerAt(address: string): SimPeer | undefined {
    const process = this.#byAddress.get(address);
    return process instanceof SimPeer ? process : undefined;
  }

  /** The peer or original at that address, if there is one. */
  processAt(address: string): SimProcess | undefined {
    return this.#byAddress.get(address);
  }

  // Time.

  /** Lets virtual time pass. */
  runFor(durationMs: number): void {
    this.#runUntilMs(this.#clock.nowMs + durationMs);
  }

  /**
   * Lets virtual time pass as {@link runFor} does, and lets promises settle as it passes, so that
   * code that awaits a peer's methods or events runs in between.
   */
  async runForAsync(durationMs: number): Promise<void> {
    const endMs = this.#clock.nowMs + durationMs;
    await settle();
    while (this.#clock.nowMs < endMs) {
      this.#runUntilMs(Math.min(endMs, this.#schedule.nextAtMs() ?? endMs));
      await settle();
    }
  }

  /** Lets time pass until `isReached`; returns how long it took, or undefined when it did not. */
  runUntil(isReached: () => boolean, { withinMs }: { withinMs: number }): number | undefined {
    const startMs = this.#clock.nowMs;
    if (isReached()) return 0;
    const reached = this.#runUntilMs(startMs + withinMs, isReached);
    return reached ? this.#clock.nowMs - startMs : undefined;
  }

  /** Has something happen at a later time. */
  after(delayMs: number, run: () => void): void {
    this.#schedule.add(this.#clock.nowMs + delayMs, run);
  }

  /** Tells `observer` of every step from now on; the returned function ends that. */
  observe(observer: StepObserver): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  // What can go wrong, and right again.

  /** Ends a peer's process without a word; its machine goes on, and refuses dials. */
  crash(peer: SimProcess): void {
    this.#onFault("crash", [peer]);
    peer.crash();
  }

  /** Has a peer's machine vanish: nothing answers any more, not even with a refusal. */
  killHost(peer: SimProcess): void {
    this.#onFault("kill-host", [peer]);
    peer.host.isUp = false;
    peer.crash();
    peer.host.endProcess();
  }

  /** Starts a process at the peer's address again, on a machine that is up. */
  restart(peer: SimProcess, beginning: string | ProcessStart = {}): void {
    this.#onFault("restart", [peer]);
    if (peer.isRunning) peer.crash();
    peer.host.isUp = true;
    peer.start(typeof beginning === "string" ? { name: beginning } : beginning);
  }

  /** Has a peer leave: it tells the others, then its process ends. */
  leave(peer: SimPeer): void {
    this.#onFault("leave", [peer]);
    peer.leave();
  }

  /** Resets every connection of a peer, those to it included; its process goes on. */
  resetConnections(peer: SimPeer): void {
    this.#onFault("reset", [peer]);
    peer.resetConnections();
  }

  /**
   * Something in between, as a firewall that starts anew, forgets every connection of a peer: they carry
   * nothing any more, and nobody is told. New ones are made as ever.
   */
  forgetConnections(peer: SimPeer): void {
    this.#onFault("forget", [peer]);
    peer.host.forgottenAtMs = this.nowMs;
  }

  /** As SIGSTOP. */
  pause(peer: SimProcess): void {
    this.#onFault("pause", [peer]);
    peer.host.pause();
  }

  /** As SIGCONT: all that should have happened happens late. */
  resume(peer: SimProcess): void {
    this.#onFault("resume", [peer]);
    peer.host.resume();
  }

  /** Its lid is closed: nothing runs there, and nothing gets in or out. */
  sleep(peer: SimPeer): void {
    this.#onFault("sleep", [peer]);
    peer.host.sleep();
  }

  /** Its lid is opened. `countsSleep`: whether its monotonic clock went on meanwhile; on Linux it does not. */
  wake(peer: SimPeer, { countsSleep = false }: { readonly countsSleep?: boolean } = {}): void {
    this.#onFault("wake", [peer]);
    peer.host.wake(countsSleep);
  }

  /** Has its network card send so many bytes a millisecond; undefined: as those of the others. */
  narrow(peer: SimProcess, bytesPerMs: number | undefined): void {
    this.#onFault("narrow", [peer]);
    peer.host.bytesPerMs = bytesPerMs;
  }

  /** From now on that name leads to these IP addresses: none, where it cannot be looked up. */
  setDns(name: string, addresses: readonly string[]): void {
    this.#dns.set(name, addresses);
  }

  /** Lifeguard's anomaly: timers run, but the peer blocks before each send and after each receive. */
  block(peer: SimProcess): void {
    this.#onFault("block", [peer]);
    peer.host.block();
  }

  /** Ends {@link block}. */
  unblock(peer: SimProcess): void {
    this.#onFault("unblock", [peer]);
    peer.host.unblock();
  }

  /** Makes a peer's CPU slower by that factor; 1 is as measured. */
  slow(peer: SimProcess, factor: number): void {
    this.#onFault("slow", [peer]);
    peer.host.cpuFactor = factor;
  }

  /** Sets a peer's time of day forward, or back. */
  jumpClock(peer: SimProcess, byMs: number): void {
    this.#onFault("jump-clock", [peer]);
    peer.host.jumpClock(byMs);
  }

  /** Has a peer's clocks run at `rate` times the true speed. */
  driftClock(peer: SimProcess, rate: number): void {
    this.#onFault("drift-clock", [peer]);
    peer.host.setClockRate(rate);
  }

  /** Cuts two groups off from each other: packets between them vanish. */
  partition(groupA: Iterable<SimProcess>, groupB: Iterable<SimProcess>): void {
    this.cut(groupA, groupB);
    this.cut(groupB, groupA);
  }

  /** Packets from one group to the other vanish; those of the way back do not. */
  cut(from: Iterable<SimProcess>, to: Iterable<SimProcess>): void {
    this.#onFault("cut", [...from, ...to]);
    this.network.cut(hostsOf(from), hostsOf(to));
  }

  /** A firewall refuses dials from one group to the other. */
  refuse(from: Iterable<SimProcess>, to: Iterable<SimProcess>): void {
    this.#onFault("refuse", [...from, ...to]);
    this.network.refuse(hostsOf(from), hostsOf(to));
  }

  /** Loses a share (0 to 1) of the packets from one group to the other. */
  lose(from: Iterable<SimProcess>, to: Iterable<SimProcess>, lossRate: number): void {
    this.#onFault("lose", [...from, ...to]);
    this.network.lose(hostsOf(from), hostsOf(to), lossRate);
  }

  /** Ends all partitions, cuts, refusals and losses. */
  heal(): void {
    this.#onFault("heal", this.processes);
    this.network.heal();
  }

  // What must be.

  /** True when all running peers list the same members with the same records: each other. */
  get agrees(): boolean {
    return this.agreeAmong(this.running);
  }

  /** True when these running peers list each other, and the originals that can be found, alike. */
  agreeAmong(peers: readonly SimPeer[]): boolean {
    const first = peers[0]?.fingerprint;
    if (first === undefined) return true;
    const originals = this.originals.filter((original) => this.#canBeFound(original)).length;
    // Two processes at one address are one member.
    const addresses = new Set(peers.map(({ advertised }) => advertised)).size;
    return peers.every((peer) => {
      const { fingerprint } = peer;
      if (fingerprint === undefined || !sameFingerprint(fingerprint, first)) return false;
      return peer.listSize === addresses + originals;
    });
  }

  /**
   * Lets time pass until all running peers agree, and returns how long it took.
   *
   * @throws an Error that tells who runs, how two of them differ, and the seed.
   */
  expectAgreement({ withinMs }: { withinMs: number }): number {
    const tookMs = this.runUntil(() => this.agrees, { withinMs });
    if (tookMs !== undefined) return tookMs;
    const message = `no agreement within ${withinMs} ms of virtual time: ${this.describe()}`;
    throw new Error([message, ...this.#firstDifference()].join("; "));
  }

  /** How two of the running peers differ, where two do. */
  *#firstDifference(): Generator<string> {
    const [first, ...others] = this.running;
    if (first === undefined) return;
    for (const other of others) {
      for (const process of this.processes) {
        const [ours, theirs] = [saidOf(process.address, first), saidOf(process.address, other)];
        if (ours === theirs) continue;
        yield `of ${process.address}, ${first.address} says ${ours}, ${other.address} says ${theirs}`;
        return;
      }
    }
  }

  /** Who runs, and how long their lists are. */
  describe(): string {
    const { running } = this;
    const sizes = new Map<number, number>();
    for (const peer of running) {
      const count = peer.listSize;
      sizes.set(count, (sizes.get(count) ?? 0) + 1);
    }
    const parts = Array.from(sizes, ([size, count]) => `${count} peers list ${size}`);
    return `${running.length} run, of which ${parts.join(", ")} (seed ${this.seed}, trace ${this.traceHash})`;
  }

  #runUntilMs(endMs: number, isReached?: () => boolean): boolean {
    for (;;) {
      const next = this.#schedule.take(endMs);
      if (next?.run === undefined) break;
      this.#clock.nowMs = next.atMs;
      this.#steps += 1;
      next.run();
      if (isReached?.() === true) return true;
    }
    this.#clock.nowMs = endMs;
    return false;
  }

  /** An original that dials nobody any more, and whom nobody remembers, is lost for good. */
  #canBeFound(original: SimOriginal): boolean {
    if (!original.isRunning) return false;
    if (!original.isAlone && !original.isStuck) return true;
    return this.running.some((peer) => peer.remembers(original.address));
  }

  #host(index: number, options: SimulatorOptions): Host {
    const zone = options.zoneOf?.(index) ?? "zone";
    return new Host(
      index,
      addressOf(index),
      zone,
      this.#clock,
      this.#schedule,
      this.#cpuOf(index, options),
    );
  }

  #cpuOf(index: number, { cpuOf }: SimulatorOptions): Cpu | undefined {
    if (cpuOf === undefined) return undefined;
    const number = cpuOf(index);
    const cpu = this.#cpus.get(number) ?? { freeAtMs: 0 };
    this.#cpus.set(number, cpu);
    return cpu;
  }

  #startConverged(failureDetection: FailureDetection): void {
    const version = startVersion(EPOCH_MS);
    if (failureDetection === "immediate") {
      const records = this.peers.map(({ address, name }) => ({
        address,
        version,
        deleted: false,
        name,
      }));
      const base = new MemberBase(records);
      for (const peer of this.peers) peer.start({}, { base });
      return;
    }
    const generation = startGeneration(EPOCH_MS);
    const records = this.peers.map(({ address, name }) =>
      wholeRecord(firstRecord(address, { name }, generation, version)),
    );
    const nativeBase = new NativeBase(records);
    for (const peer of this.peers) peer.start({}, { nativeBase });
  }

  #context(options: SimulatorOptions): SimPeerContext {
    const { limits } = this;
    const world: SimWorld = {
      clock: this.#clock,
      schedule: this.#schedule,
      network: this.network,
      costs: options.costs ?? MEASURED_COSTS,
      hostAt: (address) => this.#byAddress.get(address)?.host,
      linkServiceOf: (host) => this.peerAt(host.address)?.links,
      handlerOf: (host): CallHandler | undefined => this.#byAddress.get(host.address)?.handler,
      onStep: (kind, host, amount, other) => this.#onStep(kind, host, amount, other),
    };
    return {
      world,
      codec: new RecordCodec(limits),
      nativeCodec: new NativeCodec(limits),
      listener: this.#listener(),
      options: options.options ?? {},
      forkRandom: (purpose) => forkRandom(options.seed, purpose),
      lookUp: (name) => this.#dns.get(name) ?? [],
    };
  }

  /** Hands on to the observers what peers do. */
  #listener(): SimPeerListener {
    const observers = this.#observers;
    return {
      onStart: (peer) => {
        for (const observer of observers) observer.onStart?.(peer);
      },
      onEnd: (peer) => {
        for (const observer of observers) observer.onEnd?.(peer);
      },
      onRecordChange: (peer, change) => {
        for (const observer of observers) observer.onRecordChange?.(peer, change);
      },
      onRosterChange: (peer, change) => {
        for (const observer of observers) observer.onRosterChange?.(peer, change);
      },
      onHistoryStep: (peer, address, step) => {
        for (const observer of observers) observer.onHistoryStep?.(peer, address, step);
      },
      onMemberEvent: (peer, event) => {
        for (const observer of observers) observer.onMemberEvent?.(peer, event);
      },
      onInfoWritten: (peer, info) => {
        for (const observer of observers) observer.onInfoWritten?.(peer, info);
      },
    };
  }

  #onFault(kind: FaultKind, processes: readonly SimProcess[]): void {
    this.#trace.add(
      this.#clock.nowMs,
      FAULT_TRACE_KIND,
      processes.length,
      processes[0]?.host.index ?? 0,
    );
    for (const observer of this.#observers) observer.onFault?.(kind, processes);
  }

  #onStep(kind: StepKind, host: Host, amount: number, other: Host | undefined): void {
    this.#trace.add(this.#clock.nowMs, STEP_KINDS[kind], host.index, amount);
    const { index } = host;
    if (index >= this.peers.length) return this.#onOriginalStep(index - this.peers.length);
    const peer = this.peers[index];
    if (peer === undefined) return;
    const from = other === undefined ? undefined : this.#byAddress.get(other.address);
    for (const observer of this.#observers) observer.onStep?.(peer, kind, from);
  }

  #onOriginalStep(number: number): void {
    const original = this.originals[number];
    if (original === undefined) return;
    for (const observer of this.#observers) observer.onOriginalStep?.(original);
  }
}

/**
 * Lets promises settle: as many links of a chain of them as anyone writes. Without a turn of the
 * event loop, whose order depends on more than the seed.
 */
async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLE_TURNS; turn += 1) await Promise.resolve();
}

/** 10.a.b.c:7946, one host for each index. */
function addressOf(index: number): string {
  const number = index + 1;
  return `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}:${PEER_PORT}`;
}

/** What a peer says of an address. */
function saidOf(address: string, peer: SimPeer): string {
  for (const { address: listed, info, version } of peer.peer.members().values()) {
    if (listed === address) return `${JSON.stringify(info.name)} at version ${version}`;
  }
  return "nothing";
}

function hostsOf(peers: Iterable<SimProcess>): Host[] {
  return Array.from(peers, (peer) => peer.host);
}

function checkOptions({ seed, peers, originals = 0, start }: SimulatorOptions): void {
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new GossipError(
      "INVALID_OPTION",
      `seed must be a whole number from 0 to 2^32 - 1 (it is ${seed})`,
    );
  }
  if (originals > 0 && start === "converged") {
    const message = "originals cannot start converged: each begins with an empty list";
    throw new GossipError("INVALID_OPTION", message);
  }
  if (!Number.isInteger(peers) || peers < 1 || peers > 100_000) {
    throw new GossipError(
      "INVALID_OPTION",
      `peers must be a whole number from 1 to 100000 (it is ${peers})`,
    );
  }
}
