// The metrics of the peer and its process, at `/metrics` in the text that Prometheus reads.

import { Registry } from "prom-client";
import { peerMetrics } from "../metrics/peer-metrics.js";
import { processMetrics } from "../metrics/process-metrics.js";
import type { Peer } from "../peer/peer.js";
import type { EventLoopDelay } from "./event-loop-delay.js";
import type { Responder } from "./http-handler.js";
import type { AdminRequest, AdminResponse } from "./http-messages.js";
import { sendBody } from "./responses.js";

const PATH = "/metrics";

/** Reads all metrics anew for each scrape. */
export class MetricsEndpoint implements Responder {
  readonly #registry: Registry;

  constructor(peer: Peer, delay: EventLoopDelay) {
    const ofPeer = peerMetrics(peer, { eventLoopDelayMs: () => delay.p99Ms });
    this.#registry = Registry.merge([ofPeer, processMetrics()]);
  }

  /** Answers at its own path; false elsewhere. */
  handle(path: string, { method }: AdminRequest, response: AdminResponse): false | Promise<void> {
    if (path !== PATH || (method !== "GET" && method !== "HEAD")) return false;
    return this.#answer(response);
  }

  async #answer(response: AdminResponse): Promise<void> {
    sendBody(response, 200, this.#registry.contentType, await this.#registry.metrics());
  }
}
