// Which metrics there are, and of which of a peer's figures each is made. docs/METRICS.md lists them
// for those who read them; a test compares the two.

import type { HistogramFigures } from "../core/histogram.js";
import type { Peer } from "../peer/peer.js";
import type { PeerStats } from "../peer/stats.js";

/** A value with what tells it from the others of its metric. */
type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** A metric whose values are read when it is asked for. */
export interface MetricDefinition {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly labels: readonly string[];
  read(peer: Peer): readonly Sample[];
}

/** All but the histograms. */
export const METRIC_DEFINITIONS: readonly MetricDefinition[] = [
  {
    name: "gossip_members",
    type: "gauge",
    help: "Members on this peer's list, itself included",
    labels: ["status"],
    read: readMembers,
  },
  gauge("joined", "1 when this peer is part of a cluster, or was given no seeds", (peer) =>
    peer.health().isJoined ? 1 : 0,
  ),
  gauge(
    "health_score",
    "How far this peer distrusts its own timers: 0 is good, 8 is worst",
    (peer) => peer.health().score,
  ),
  counter("probes_sent", "Exchanges begun over links, each of which is a probe", "probesSent"),
  counterBy("probe_outcomes", "Probes that ended, in time or not", "outcome", (stats) => ({
    timely: stats.probesTimely,
    late: stats.probesLate,
  })),
  counter("probes_served", "Probes of others that this peer answered", "probesServed"),
  counterBy(
    "exchanges",
    "Exchanges over links that ended, by what was found",
    "outcome",
    (stats) => ({ ...stats.exchanges }),
  ),
  counter("differences_found", "Exchanges in which the two lists differed", "differencesFound"),
  counter(
    "whole_lists_sent",
    "Differences so large that the whole list was sent",
    "wholeListsSent",
  ),
  counter("suspicions", "Members that this peer began to suspect", "suspicions"),
  counter("suspicions_cleared", "Suspicions that were false alarms", "suspicionsCleared"),
  counter(
    "convictions",
    "Suspicions that ended with the verdict that the member failed",
    "convictions",
  ),
  counterBy(
    "refutations",
    "Times that this peer rose above a verdict on itself",
    "dialect",
    (stats) => ({
      native: stats.nativeRefutations,
      seed: stats.refutations,
    }),
  ),
  counter(
    "asks_served",
    "Questions about a silent member that this peer looked into",
    "asksServed",
  ),
  counter("stalls", "Times that the process or its machine stood still", "stalls"),
  counter("rumors_received", "Rumors that came in", "rumorsReceived"),
  counter("rumors_new", "Rumors that came in and were news", "rumorsNew"),
  counter("rumors_sent", "Rumors that were passed on, one for each link", "rumorsSent"),
  traffic("frames", "Frames over links", (stats) => [stats.framesIn, stats.framesOut]),
  traffic("frame_bytes", "Bytes of frames over links, without those of gRPC and TCP", (stats) => [
    stats.bytesIn,
    stats.bytesOut,
  ]),
  gauge("links", "Links to and from others", (peer) => peer.stats().links),
  counter("links_opened", "Links that this peer opened", "linksOpened"),
  gauge(
    "connections",
    "Connections to others, open or being made",
    (peer) => peer.stats().connections,
  ),
  gauge(
    "calls_under_way",
    "Calls of this peer that have not ended",
    (peer) => peer.stats().callsUnderWay,
  ),
  counterBy(
    "seed_exchanges",
    "Exchanges in the seed dialect that this peer began",
    "outcome",
    (stats) => ({
      answered: stats.exchangesAnswered,
      failed: stats.exchangesFailed,
    }),
  ),
  counter("seed_exchanges_served", "Exchanges in the seed dialect of others", "exchangesServed"),
  counterBy("seed_pings", "Pings that judge whose exchange failed", "outcome", (stats) => ({
    answered: stats.pingsAnswered,
    failed: stats.pingsFailed,
  })),
  counter("dials", "Dials to addresses heard of, gone, or to be checked", "dialsStarted"),
  queue("queue_length", "How much there is of what has a limit", "length"),
  queue("queue_limit", "How much there may be of it", "limit"),
  counterBy("rejected", "What others sent and was not taken in", "reason", (stats) => ({
    ...stats.rejected,
  })),
  counterBy("snapshots", "Writes of the snapshot to the data directory", "outcome", (stats) => ({
    written: stats.snapshotsWritten,
    failed: stats.snapshotsFailed,
  })),
  {
    name: "gossip_snapshot_age_seconds",
    type: "gauge",
    help: "How long ago the snapshot was last written",
    labels: [],
    read: readSnapshotAge,
  },
  {
    name: "gossip_certificate_expiry_timestamp_seconds",
    type: "gauge",
    help: "When this peer's own TLS certificate ends, in seconds since 1970; 0 without TLS",
    labels: [],
    read: (peer) => [[{}, (peer.stats().certificateExpiresAt ?? 0) / 1_000]],
  },
  counterBy("tls_refused", "TLS handshakes that this peer refused", "cause", (stats) => ({
    ...stats.tlsRefused,
  })),
  counter(
    "tls_refused_by_others",
    "TLS handshakes that others broke off, mostly because of this peer's certificate",
    "tlsRefusedByOthers",
  ),
  counter("events_dropped", "Events that a reader was too slow for", "eventsDropped"),
  counter(
    "callbacks_failed",
    "Times that a function of the application failed: its logger, or the option allow",
    "callbacksFailed",
  ),
  counter(
    "connections_not_accepted",
    "Connections of others that were not accepted: no file descriptor was left, or too many were open",
    "connectionsNotAccepted",
  ),
  counter("faults", "Times that something was not taken in by a fault of this program", "faults"),
];

/** Durations by how long they were. */
export const HISTOGRAM_DEFINITIONS: readonly {
  readonly name: string;
  readonly help: string;
  read(stats: PeerStats): HistogramFigures;
}[] = [
  {
    name: "gossip_round_trip_seconds",
    help: "How long others took to answer",
    read: (stats) => stats.roundTrips,
  },
  {
    name: "gossip_arrival_seconds",
    help: "How long news had been on its way when it came here",
    read: (stats) => stats.arrivals,
  },
];

type CounterKey = {
  [K in keyof PeerStats]: PeerStats[K] extends number ? K : never;
}[keyof PeerStats];

function gauge(name: string, help: string, read: (peer: Peer) => number): MetricDefinition {
  return {
    name: `gossip_${name}`,
    type: "gauge",
    help,
    labels: [],
    read: (peer) => [[{}, read(peer)]],
  };
}

function counter(name: string, help: string, key: CounterKey): MetricDefinition {
  return {
    name: `gossip_${name}_total`,
    type: "counter",
    help,
    labels: [],
    read: (peer) => [[{}, peer.stats()[key]]],
  };
}

function counterBy(
  name: string,
  help: string,
  label: string,
  read: (stats: PeerStats) => Readonly<Record<string, number>>,
): MetricDefinition {
  return {
    name: `gossip_${name}_total`,
    type: "counter",
    help,
    labels: [label],
    read: (peer) => samplesBy(label, read(peer.stats())),
  };
}

function traffic(
  name: string,
  help: string,
  read: (
    stats: PeerStats,
  ) => readonly [Readonly<Record<string, number>>, Readonly<Record<string, number>>],
): MetricDefinition {
  return {
    name: `gossip_${name}_total`,
    type: "counter",
    help,
    labels: ["direction", "kind"],
    read: (peer) => {
      const [incoming, outgoing] = read(peer.stats());
      return [
        ...samplesBy("kind", incoming, { direction: "in" }),
        ...samplesBy("kind", outgoing, { direction: "out" }),
      ];
    },
  };
}

function queue(name: string, help: string, part: "length" | "limit"): MetricDefinition {
  return {
    name: `gossip_${name}`,
    type: "gauge",
    help,
    labels: ["queue"],
    read: (peer) =>
      Object.entries(peer.stats().queues).map(([of, fill]) => [{ queue: of }, fill[part]] as const),
  };
}

function samplesBy(
  label: string,
  values: Readonly<Record<string, number>>,
  others: Readonly<Record<string, string>> = {},
): Sample[] {
  return Object.entries(values).map(([of, value]) => [{ ...others, [label]: of }, value] as const);
}

/** Without a data directory, and until something was written to it, there is no age. */
function readSnapshotAge(peer: Peer): Sample[] {
  const { snapshotAgeMs } = peer.stats();
  return snapshotAgeMs === undefined ? [] : [[{}, snapshotAgeMs / 1_000]];
}

function readMembers(peer: Peer): Sample[] {
  const counts = { live: 0, suspected: 0, failed: 0, left: 0 };
  for (const { status, isSuspected } of peer.details()) {
    if (status === "live" && isSuspected) counts.suspected += 1;
    else counts[status] += 1;
  }
  return samplesBy("status", counts);
}
