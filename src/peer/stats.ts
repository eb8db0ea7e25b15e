// The figures that a peer gives of itself.

import type { CoreCounters } from "../core/counters.js";
import type { HistogramFigures } from "../core/histogram.js";
import type { Limits } from "../core/limits.js";
import type { NativeCounters } from "../core/native/native-counters.js";
import type { ExchangeOutcomes } from "../core/native/prober.js";
import { REJECTION_REASONS, type RejectionReason } from "../core/rejection.js";
import type { TlsFigures } from "./peer-tls.js";
import type { SnapshotFigures } from "./snapshot-keeper.js";
import type { FrameCounts } from "./traffic.js";

/** What is kept in a bounded number. */
export type QueueName =
  | "members"
  | "goneMembers"
  | "candidates"
  | "seeds"
  | "links"
  | "rumors"
  | "connections"
  /** Bytes that wait on one link; those of the link with the most. */
  | "unsentBytes"
  /** Events that wait for a reader of `events()`; those of the slowest. */
  | "events";

/** How full something is. */
export interface QueueFill {
  /** How much is in it. */
  readonly length: number;
  /** How much there may be. */
  readonly limit: number;
}

/** The figures that an engine has: all but those of the readers of events. */
export type EngineStats = Omit<
  PeerStats,
  | "eventsDropped"
  | "callbacksFailed"
  | "connectionsNotAccepted"
  | "faults"
  | "queues"
  | keyof SnapshotFigures
  | keyof TlsFigures
> & {
  readonly queues: Readonly<Record<Exclude<QueueName, "events">, QueueFill>>;
};

/** What {@link Peer.stats} gives: counts since the start, and what is held at present. */
export interface PeerStats
  extends Readonly<CoreCounters & NativeCounters>,
    SnapshotFigures,
    TlsFigures {
  /** Live members, this peer included. */
  readonly liveMembers: number;
  /** Members that failed or left and are remembered. */
  readonly goneMembers: number;
  /** Addresses that wait to be dialled. */
  readonly candidates: number;
  /** Seeds. */
  readonly seeds: number;
  /** Calls of this peer that have not ended. */
  readonly callsUnderWay: number;
  /** Links to and from others, of the native protocol. */
  readonly links: number;
  /** Connections to others, open or being made. */
  readonly connections: number;
  /** Frames that came over links, and that went, by kind; what could not be read is `rejected`. */
  readonly framesIn: Readonly<FrameCounts>;
  /** See {@link framesIn}. */
  readonly framesOut: Readonly<FrameCounts>;
  /** Their bytes, without those that gRPC, TLS and TCP add. */
  readonly bytesIn: Readonly<FrameCounts>;
  /** See {@link bytesIn}. */
  readonly bytesOut: Readonly<FrameCounts>;
  /** How the exchanges over links ended that this peer began. */
  readonly exchanges: Readonly<ExchangeOutcomes>;
  /** How full is what has a limit. */
  readonly queues: Readonly<Record<QueueName, QueueFill>>;
  /** How far this peer distrusts its own timers: 0 is good, 8 is worst. */
  readonly healthScore: number;
  /** How long answers took: of probes on links, and of calls in the protocol of the original. */
  readonly roundTrips: HistogramFigures;
  /**
   * How long changes of members had been on their way when they came here as rumors: the time that
   * each peer on the way kept them, and half a round trip for each link. No two clocks are compared.
   * What came by an exchange, or over a link whose round trip is not known yet, is not in it.
   */
  readonly arrivals: HistogramFigures;
  /** Events dropped because a reader of `events()` was too slow. */
  readonly eventsDropped: number;
  /** How often a function of the application failed: its logger, or the option `allow`. */
  readonly callbacksFailed: number;
  /**
   * Connections of others that were not accepted: no file descriptor was left, or
   * `limits.maxInboundConnections` were open.
   */
  readonly connectionsNotAccepted: number;
  /** How often something was not taken in by a fault of this package. */
  readonly faults: number;
  /** How often something that others sent was not taken in, by reason. */
  readonly rejected: Readonly<Record<RejectionReason, number>>;
}

/** A count of zero for every reason. */
export function newRejectedCounts(): Record<RejectionReason, number> {
  return { ...NO_REJECTED };
}

const NO_REJECTED = Object.fromEntries(
  REJECTION_REASONS.map((reason) => [reason, 0] as const),
) as Record<RejectionReason, number>;

/** How full is what both protocols keep. */
export function commonQueues(
  limits: Limits,
  held: Readonly<
    Record<"members" | "goneMembers" | "candidates" | "seeds" | "connections", number>
  >,
) {
  return {
    members: { length: held.members, limit: limits.maxMembers },
    goneMembers: { length: held.goneMembers, limit: limits.maxGoneMembers },
    candidates: { length: held.candidates, limit: limits.maxCandidates },
    seeds: { length: held.seeds, limit: limits.maxSeeds },
    connections: { length: held.connections, limit: limits.maxConnections },
  };
}
