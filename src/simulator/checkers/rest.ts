// A cluster at rest costs what a cluster at rest costs: some time after the last fault, messages, dials
// and suspicions are as few as in a cluster to which nothing ever happened. What differs for ever, flaps
// or is redialled without end is seen by its cost.

import type { SimPeer } from "../sim-peer.js";
import type { Simulator } from "../simulator.js";
import type { Violate } from "./violation.js";

/** How long a cluster is watched, in ping periods and at least in time. */
const WATCHED_PERIODS = 20;
const WATCHED_MS = 10_000;
/** A peer at rest sends so many messages a period: its exchanges, and the answers to those of others. */
const MESSAGES_PER_PERIOD = 6;
/** And so many beside: an exchange with somebody far away, a few dials. */
const MESSAGES_MORE = 40;
/** Dials of a peer: of those that failed, of seeds that are no members, of somebody far away. */
const DIALS_PER_SECOND = 0.5;
const DIALS_MORE = 8;

/** What one peer did in a while. */
interface Done {
  readonly messages: number;
  readonly dials: number;
  readonly suspicions: number;
  readonly records: number;
}

/** Watches a cluster in which nothing happens, and says what is not as at rest. */
export function checkRest(sim: Simulator, pingPeriodMs: number, violate: Violate): void {
  // Where packets get lost, suspicions come and go; and a link that carries nothing any more is found
  // out when it is next used, which may be a minute later.
  const hasDeadLinks = sim.processes.some(({ host }) => host.forgottenAtMs > 0);
  const mostSuspicions = sim.network.isSound && !hasDeadLinks ? 0 : Number.POSITIVE_INFINITY;
  const watchedMs = Math.max(WATCHED_MS, WATCHED_PERIODS * pingPeriodMs);
  const peers = sim.running.filter(({ native }) => native !== undefined);
  const before = peers.map(doneBy);
  sim.runFor(watchedMs);
  // Each original is asked, and asks, by calls of its own dialect.
  const calls = sim.originals.length * watchedMs * 0.02;
  const mostMessages =
    (MESSAGES_PER_PERIOD * watchedMs) / pingPeriodMs + MESSAGES_MORE + calls * peers.length;
  const mostDials = (DIALS_PER_SECOND * watchedMs) / 1_000 + DIALS_MORE + calls;
  for (const [index, peer] of peers.entries()) {
    const [was, is] = [before[index], doneBy(peer)];
    if (was === undefined) continue;
    const tell = (what: string, most: number): void => {
      const seconds = Math.round(watchedMs / 1_000);
      const message = `${peer.address}, at rest for ${seconds} s: ${what}, at most ${Math.round(most)}`;
      violate("rest", message, { observer: peer.address });
    };
    const messages = is.messages - was.messages;
    const dials = is.dials - was.dials;
    if (messages > mostMessages) tell(`${messages} messages`, mostMessages);
    if (dials > mostDials) tell(`${dials} dials`, mostDials);
    const suspicions = is.suspicions - was.suspicions;
    if (suspicions > mostSuspicions) tell(`${suspicions} suspicions`, mostSuspicions);
    if (is.records > was.records) tell(`${is.records - was.records} changes of its list`, 0);
  }
}

function doneBy({ host, native, peer }: SimPeer): Done {
  const { messagesSent: messages, dials } = host.counters;
  const suspicions = native?.counters.suspicions ?? 0;
  return { messages, dials, suspicions, records: peer.stats().rumorsNew };
}
