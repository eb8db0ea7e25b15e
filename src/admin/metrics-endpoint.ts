// The metrics of the peer and its process, at `/metrics` in the text that Prometheus reads.

import { Registry } from "prom-client";
import { peerMetrics } from "../metrics/peer-metrics.js";
import { processMetrics } from "../metrics/process-metrics.js";
import type { Logger } from "../peer/logger.js";
import type { Peer } from "../peer/peer.js";
import type { EventLoopDelay } from "./event-loop-delay.js";
import type { Responder } from "./http-handler.js";
import type { AdminRequest, AdminResponse } from "./http-messages.js";
import { sendBody, sendText } from "./responses.js";

const PATH = "/metrics";

/** Reads all metrics anew for each scrape. */
export class MetricsEndpoint implements Responder {
  readonly #registry: Registry;
  readonly #logger: Logger;

  constructor(peer: Peer, delay: EventLoopDelay, logger: Logger) {
    const ofPeer = peerMetrics(peer, { eventLoopDelayMs: () => delay.p99Ms });
    this.#registry = Registry.merge([ofPeer, processMetrics()]);
    this.#logger = logger;
  }

  /** Answers at its own path; false elsewhere. */
  handle(path: string, { method }: AdminRequest, response: AdminResponse): boolean {
    if (path !== PATH || (method !== "GET" && method !== "HEAD")) return false;
    void this.#answer(response);
    return true;
  }

  async #answer(response: AdminResponse): Promise<void> {
    try {
      sendBody(response, 200, this.#registry.contentType, await this.#registry.metrics());
    } catch (error) {
      this.#logger.error({ error }, "the metrics could not be read");
      sendText(response, 500, "the metrics could not be read: the agent's log tells more");
    }
  }
}
