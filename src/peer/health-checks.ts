// What gRPC's health check tells of a peer, on its own port and on that of its admin service.

import { pause } from "../transport/platform-timers.js";
import type { ServingStatus } from "../wire/health-check.js";
import type { PeerHealth } from "./health.js";

/** How often a status that is watched is looked at; nobody watches it more closely than that. */
const LOOK_PERIOD_MS = 250;

/** Tells whether a peer is of use: once it is part of a cluster, and until it leaves. */
export class HealthChecks {
  readonly #services: ReadonlySet<string>;
  readonly #health: () => PeerHealth;

  /** Knows these services, and the whole, whose name is empty. */
  constructor(services: readonly string[], health: () => PeerHealth) {
    this.#services = new Set(["", ...services]);
    this.#health = health;
  }

  /** The present status. */
  status(service: string): ServingStatus {
    if (!this.#services.has(service)) return "unknown-service";
    return this.#health().isJoined ? "serving" : "not-serving";
  }

  /** The present status, and then each change, until the signal. */
  async *watch(service: string, signal: AbortSignal): AsyncGenerator<ServingStatus> {
    let told: ServingStatus | undefined;
    while (!signal.aborted) {
      const status = this.status(service);
      if (status !== told) yield status;
      told = status;
      // The end of the wait by the signal is the end of the loop.
      await pause(LOOK_PERIOD_MS, signal);
    }
  }
}
