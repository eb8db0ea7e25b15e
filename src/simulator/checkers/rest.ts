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

/** A cluster that is watched while nothing happens in it. */
export class RestWatch {
  readonly #sim: Simulator;
  readonly #pingPeriodMs: number;
  readonly #violate: Violate;
  readonly #startMs: number;
  readonly #before: ReadonlyMap<SimPeer, Done>;

  constructor(sim: Simulator, pingPeriodMs: number, violate: Violate) {
    this.#sim = sim;
    this.#pingPeriodMs = pingPeriodMs;
    this.#violate = violate;
    this.#startMs = sim.nowMs;
    const peers = sim.running.filter(({ native }) => native !== undefined);
    this.#before = new Map(peers.map((peer) => [peer, doneBy(peer)]));
  }

  /** How long it has to be watched at least. */
  get leastMs(): number {
    return Math.max(WATCHED_MS, WATCHED_PERIODS * this.#pingPeriodMs);
  }

  /** Says what was not as at rest since the watch began. */
  check(): void {
    for (const [peer, was] of this.#before) if (peer.isRunning) this.#checkPeer(peer, was);
  }

  #checkPeer(peer: SimPeer, was: Done): void {
    const is = doneBy(peer);
    const watchedMs = this.#sim.nowMs - this.#startMs;
    const { messages, dials, suspicions } = this.#most(watchedMs);
    const tell = (count: number, what: string, most: number): void => {
      if (count <= most) return;
      const seconds = Math.round(watchedMs / 1_000);
      const message = `${peer.address}, at rest for ${seconds} s: ${count} ${what}, at most ${Math.round(most)}`;
      this.#violate("rest", message, { observer: peer.address });
    };
    tell(is.messages - was.messages, "messages", messages);
    tell(is.dials - was.dials, "dials", dials);
    tell(is.suspicions - was.suspicions, "suspicions", suspicions);
    tell(is.records - was.records, "changes of its list", 0);
  }

  #most(watchedMs: number) {
    const { originals, network, processes } = this.#sim;
    // Each original is asked, and asks, by calls of its own dialect.
    const calls = originals.length * watchedMs * 0.02;
    const periods = watchedMs / this.#pingPeriodMs;
    // Where packets get lost, suspicions come and go; and a link that carries nothing any more is found
    // out when it is next used, which may be a minute later.
    const hasDeadLinks = processes.some(({ host }) => host.forgottenAtMs > 0);
    return {
      messages: MESSAGES_PER_PERIOD * periods + MESSAGES_MORE + calls * this.#before.size,
      dials: (DIALS_PER_SECOND * watchedMs) / 1_000 + DIALS_MORE + calls,
      suspicions: network.isSound && !hasDeadLinks ? 0 : Number.POSITIVE_INFINITY,
    };
  }
}

function doneBy({ host, native, peer }: SimPeer): Done {
  const { messagesSent: messages, dials } = host.counters;
  const suspicions = native?.counters.suspicions ?? 0;
  return { messages, dials, suspicions, records: peer.stats().rumorsNew };
}
