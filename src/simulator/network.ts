// The network between hosts: how long a packet takes, whether it arrives, and who is let through.

import type { Random } from "../core/random.js";
import type { Host } from "./host.js";

/** How long a packet takes one way. */
export interface Latency {
  /** The least time, in milliseconds. */
  readonly oneWayMs: number;
  /** Up to this much more, evenly spread, in milliseconds. One packet in a hundred takes ten times it. */
  readonly jitterMs: number;
}

/** What a network is like. */
export interface NetworkOptions {
  /** Between hosts of one zone. Default 0.25 ms and 0.1 ms, as within a data centre. */
  readonly latency?: Latency;
  /** Between zones, by `"zoneA zoneB"` with the names sorted. Default: as within a zone. */
  readonly zoneLatency?: Readonly<Record<string, Latency>>;
  /** The share of packets lost on every path, from 0 to 1. Default 0. */
  readonly lossRate?: number;
  /** What a host can send, in bytes a millisecond. Default 125,000 (a gigabit a second). */
  readonly bytesPerMs?: number;
  /** Whether connections are encrypted: two more round trips to set one up. Default false. */
  readonly tls?: boolean;
}

interface Rule {
  readonly from: ReadonlySet<Host>;
  readonly to: ReadonlySet<Host>;
}

interface LossRule extends Rule {
  readonly lossRate: number;
}

const DEFAULT_LATENCY: Latency = { oneWayMs: 0.25, jitterMs: 0.1 };
const DEFAULT_BYTES_PER_MS = 125_000;
const SEGMENT_BYTES = 1_448;
/** Ten megabits a second: on less, what many say at once takes its time. */
const FAST_BYTES_PER_MS = 1_250;

/** The paths between hosts. */
export class Network {
  readonly bytesPerMs: number;
  readonly tls: boolean;
  readonly #options: NetworkOptions;
  readonly #random: Random;
  readonly #latencies = new Map<string, Latency>();
  #cuts: Rule[] = [];
  #refusals: Rule[] = [];
  #losses: LossRule[] = [];

  constructor(options: NetworkOptions, random: Random) {
    this.#options = options;
    this.#random = random;
    this.bytesPerMs = options.bytesPerMs ?? DEFAULT_BYTES_PER_MS;
    this.tls = options.tls ?? false;
  }

  /** Packets from one group to the other vanish; the way back is another rule. */
  cut(from: Iterable<Host>, to: Iterable<Host>): void {
    this.#cuts.push({ from: new Set(from), to: new Set(to) });
  }

  /** A firewall answers dials from one group to the other with a reset. */
  refuse(from: Iterable<Host>, to: Iterable<Host>): void {
    this.#refusals.push({ from: new Set(from), to: new Set(to) });
  }

  /** Loses a share of the packets from one group to the other. */
  lose(from: Iterable<Host>, to: Iterable<Host>, lossRate: number): void {
    this.#losses.push({ from: new Set(from), to: new Set(to), lossRate });
  }

  /** Ends all cuts, refusals and losses of groups. */
  heal(): void {
    this.#cuts = [];
    this.#refusals = [];
    this.#losses = [];
  }

  /** True while there is no fault on any path, and nothing gets lost on any of them. */
  get isSound(): boolean {
    const { lossRate = 0 } = this.#options;
    return this.isWhole && lossRate === 0 && this.bytesPerMs >= FAST_BYTES_PER_MS;
  }

  /** The longest time that a packet can take one way. */
  get longestOneWayMs(): number {
    const { latency = DEFAULT_LATENCY, zoneLatency = {} } = this.#options;
    const latencies = [latency, ...Object.values(zoneLatency)];
    return Math.max(...latencies.map(({ oneWayMs, jitterMs }) => oneWayMs + 10 * jitterMs));
  }

  /** True while there is no fault on any path. */
  get isWhole(): boolean {
    return this.#cuts.length + this.#refusals.length + this.#losses.length === 0;
  }

  /** True when nothing gets from one host to the other: for a cut, or as one has vanished or sleeps. */
  isCut(from: Host, to: Host): boolean {
    const isOff = !from.isUp || !to.isUp || from.isAsleep || to.isAsleep;
    return isOff || matches(this.#cuts, from, to);
  }

  /** True when a dial is answered with a reset by something in between. */
  isRefused(from: Host, to: Host): boolean {
    return matches(this.#refusals, from, to);
  }

  /** The share of packets lost on a path. */
  lossRate(from: Host, to: Host): number {
    let passRate = 1 - (this.#options.lossRate ?? 0);
    for (const rule of this.#losses) {
      if (rule.from.has(from) && rule.to.has(to)) passRate *= 1 - rule.lossRate;
    }
    return 1 - passRate;
  }

  /** Draws how long the next packet takes. */
  oneWayMs(from: Host, to: Host): number {
    if (from === to) return 0;
    const { oneWayMs, jitterMs } = this.#latency(from.zone, to.zone);
    const draw = this.#random();
    const jitter = draw < 0.01 ? 10 * jitterMs : draw * jitterMs;
    return oneWayMs + jitter;
  }

  /**
   * Draws how many segments of a message are lost at first, and whether it is lost at its end, where
   * nothing that comes after tells the sender of it.
   */
  drawLoss(
    from: Host,
    to: Host,
    bytes: number,
  ): { readonly lost: boolean; readonly atEnd: boolean } {
    const lossRate = this.lossRate(from, to);
    if (lossRate === 0) return NOTHING_LOST;
    const segments = Math.max(1, Math.ceil(bytes / SEGMENT_BYTES));
    let lost = false;
    for (let segment = 1; segment <= segments; segment += 1) {
      if (this.#random() >= lossRate) continue;
      // Fewer than three segments behind it: no duplicate acknowledgements, only a timeout.
      if (segments - segment < 3) return { lost: true, atEnd: true };
      lost = true;
    }
    return { lost, atEnd: false };
  }

  #latency(zoneA: string, zoneB: string): Latency {
    const within = this.#options.latency ?? DEFAULT_LATENCY;
    if (zoneA === zoneB) return within;
    const key = zoneA < zoneB ? `${zoneA} ${zoneB}` : `${zoneB} ${zoneA}`;
    let latency = this.#latencies.get(key);
    if (latency === undefined) {
      latency = this.#options.zoneLatency?.[key] ?? within;
      this.#latencies.set(key, latency);
    }
    return latency;
  }
}

const NOTHING_LOST = { lost: false, atEnd: false } as const;

function matches(rules: readonly Rule[], from: Host, to: Host): boolean {
  for (const rule of rules) if (rule.from.has(from) && rule.to.has(to)) return true;
  return false;
}
