// What one random run is like, all drawn from its seed: how many peers, which protocol, which network,
// which options, how they find each other and how they start. Faults are drawn apart.

import { DEFAULT_LIMITS, type Limits } from "../core/limits.js";
import { type Random, randomIndex } from "../core/random.js";
import type { FailureDetection } from "../peer/options.js";
import type { NetworkOptions } from "./network.js";
import { forkRandom } from "./random.js";

/** What is not drawn but given. */
export interface GivenShape {
  readonly seed: number;
  readonly peers?: number | undefined;
  readonly failureDetection?: FailureDetection | undefined;
}

/** What one run is like. */
export interface RunShape {
  readonly peers: number;
  readonly originals: number;
  readonly failureDetection: FailureDetection;
  readonly pingPeriodMs: number;
  /** Up to when faults happen. */
  readonly faultsEndMs: number;
  readonly network: NetworkOptions;
  readonly limits: Partial<Limits>;
  readonly goneRetentionMs: number | undefined;
  /** Whether peers keep what they know on a disk. */
  readonly hasDisk: boolean;
  /** Whether the seeds are given by a DNS name. */
  readonly usesDns: boolean;
  /** Over how long the processes start, in any order; 0: together. */
  readonly startOverMs: number;
  /** How many of the peers, the last ones, are another cluster, which nobody of this one was told of. */
  readonly strangers: number;
  /** Whether the last peer says that it is the one at the address of the one before it. */
  readonly hasTwin: boolean;
}

/** A ping period of most runs, and the time in which their faults happen. */
const FAST_PERIOD_MS = 200;
const FAST_END_MS = 20_000;
/** Of runs that take days of virtual time, for what only days show: sleeps, retention, clocks. */
const SLOW_PERIOD_MS = 200_000;
const SLOW_END_MS = 100 * 3_600_000;
const SLOW_SHARE = 1 / 60;
const MOST_SLOW_PEERS = 5;
const IMMEDIATE_SHARE = 1 / 8;
const ORIGINALS_SHARE = 1 / 3;
const MOST_ORIGINALS = 3;
const MOST_BESIDE_ORIGINALS = 24;
const STRANGERS_SHARE = 1 / 12;
const TWIN_SHARE = 1 / 16;
/** Two at one address tell everyone of each other all the time. */
const MOST_BESIDE_TWIN = 10;

/** Draws the shape of a run. */
export function drawShape({ seed, peers: given, failureDetection }: GivenShape): RunShape {
  const random = forkRandom(seed, "shape");
  const detection = drawIf(random, IMMEDIATE_SHARE) ? "immediate" : "suspicion";
  const protocol = failureDetection ?? detection;
  const isSlow = drawIf(random, SLOW_SHARE) && protocol === "suspicion";
  const drawnPeers = drawSize(random, protocol, isSlow);
  const peers = given ?? drawnPeers;
  const groups = drawGroups(random, peers, protocol);
  const faultsEndMs = isSlow ? SLOW_END_MS : FAST_END_MS;
  return {
    peers,
    ...groups,
    failureDetection: protocol,
    pingPeriodMs: isSlow ? SLOW_PERIOD_MS : FAST_PERIOD_MS,
    faultsEndMs,
    network: drawNetwork(random),
    limits: drawLimits(random),
    goneRetentionMs: isSlow ? drawRetention(random) : undefined,
    hasDisk: drawIf(random, 1 / 2),
    usesDns: drawIf(random, 1 / 6) && groups.originals === 0 && groups.strangers === 0,
    startOverMs: drawIf(random, 1 / 4) ? random() * 0.3 * FAST_END_MS : 0,
  };
}

function drawIf(random: Random, share: number): boolean {
  return random() < share;
}

/** Mostly few, since they show most in the least time; now and then so many that not all are linked. */
function drawSize(random: Random, protocol: FailureDetection, isSlow: boolean): number {
  const [draw, place] = [random(), random()];
  const between = (least: number, most: number) => least + Math.floor(place * (most - least + 1));
  if (isSlow) return between(2, MOST_SLOW_PEERS);
  if (draw < 0.85 || protocol === "immediate") return between(2, 8);
  if (draw < 0.97) return between(9, 24);
  if (draw < 0.998) return between(25, 60);
  return draw < 0.9998 ? between(61, 200) : 1_000;
}

/** Originals merge whatever they hear of, so that other clusters and twins are not beside them. */
function drawGroups(random: Random, peers: number, protocol: FailureDetection) {
  const [kind, count] = [random(), random()];
  const isNative = protocol === "suspicion";
  const strangers = 1 + Math.floor(count * Math.min(4, peers / 2));
  let left = kind - ORIGINALS_SHARE;
  if (left < 0 && peers <= MOST_BESIDE_ORIGINALS) {
    return { originals: 1 + Math.floor(count * MOST_ORIGINALS), strangers: 0, hasTwin: false };
  }
  left -= STRANGERS_SHARE;
  if (left < 0 && isNative && peers >= 4) return { originals: 0, strangers, hasTwin: false };
  left -= TWIN_SHARE;
  const mayHaveTwin = isNative && peers >= 4 && peers <= MOST_BESIDE_TWIN;
  return { originals: 0, strangers: 0, hasTwin: left < 0 && mayHaveTwin };
}

function drawNetwork(random: Random): NetworkOptions {
  const latency = { oneWayMs: 0.5 + 20 * random() * random(), jitterMs: 1 };
  const [tls, lossy, loss, narrow, width] = [random(), random(), random(), random(), random()];
  return {
    latency,
    tls: tls < 1 / 8,
    lossRate: lossy < 1 / 12 ? 0.03 * loss : 0,
    ...(narrow < 1 / 12 ? { bytesPerMs: 100 + 4_000 * width ** 2 } : {}),
  };
}

/** One run in four has limits so low that what is near them is met. */
function drawLimits(random: Random): Partial<Limits> {
  const [isLow, draw] = [random() < 1 / 4, random()];
  if (!isLow) return {};
  const maxMetadataBytes = 1_024 << Math.floor(draw * 4);
  return {
    maxMetadataBytes,
    maxMetadataKeys: 16,
    maxMessageBytes: 4 * maxMetadataBytes + DEFAULT_LIMITS.maxNameBytes,
    maxUnsentBytes: 65_536,
    maxGoneMembers: 2 + Math.floor(draw * 16),
    maxQueuedEvents: 8,
  };
}

function drawRetention(random: Random): number {
  const longestMinutes = 24 * 60;
  return 60_000 * (10 + randomIndex(longestMinutes - 10, random));
}
