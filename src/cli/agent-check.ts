// The check that an agent's settings ask for: begun, ended, and begun anew when they change.

import type { Logger } from "../peer/logger.js";
import type { Peer } from "../peer/peer.js";
import type { FullSettings } from "./agent-settings.js";
import { commandCheck } from "./command-check.js";
import { httpCheck } from "./http-check.js";
import { type Check, ServiceHealth, withdrawHealth } from "./service-health.js";

/** The settings that it has. */
type CheckSettings = Pick<
  FullSettings,
  "checkCommand" | "checkHttp" | "checkInterval" | "checkTimeout"
>;

/** What it needs of the peer. */
type CheckedPeer = Pick<Peer, "address" | "info" | "updateInfo">;

/** Checks the service beside an agent, if there is one to check. */
export class AgentCheck {
  readonly #peer: CheckedPeer;
  readonly #logger: Logger;
  #health: ServiceHealth | undefined;
  /** The end of what was asked for so far: one check is over before the next one begins. */
  #settled: Promise<void> = Promise.resolve();

  constructor(peer: CheckedPeer, settings: CheckSettings, logger: Logger) {
    this.#peer = peer;
    this.#logger = logger;
    this.#health = this.#begin(settings);
  }

  /** Goes on by other settings; where they ask for no check, nothing is told of the health. */
  change(settings: CheckSettings): Promise<void> {
    const changed = this.#settled.then(async () => {
      const hadCheck = this.#health !== undefined;
      await this.#health?.stop();
      this.#health = this.#begin(settings);
      if (hadCheck && this.#health === undefined) this.#withdraw();
    });
    // What fails is told to whoever asked for it, and not to the next one.
    this.#settled = changed.catch(() => {});
    return changed;
  }

  /** Ends it; what was told stays. */
  stop(): Promise<void> {
    this.#settled = this.#settled.then(async () => {
      await this.#health?.stop();
      this.#health = undefined;
    });
    return this.#settled;
  }

  #withdraw(): void {
    try {
      withdrawHealth(this.#peer);
    } catch {
      // A peer that leaves takes its health with it.
    }
  }

  #begin(settings: CheckSettings): ServiceHealth | undefined {
    const check = checkOf(settings);
    if (check === undefined) return undefined;
    return new ServiceHealth(this.#peer, {
      check,
      intervalMs: settings.checkInterval,
      timeoutMs: settings.checkTimeout,
      logger: this.#logger,
    });
  }
}

function checkOf({ checkCommand, checkHttp }: CheckSettings): Check | undefined {
  if (checkCommand !== undefined) return commandCheck(checkCommand);
  return checkHttp === undefined ? undefined : httpCheck(checkHttp);
}
