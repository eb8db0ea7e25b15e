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

/** Checks the service beside an agent, if there is one to check. */
export class AgentCheck {
  readonly #peer: Peer;
  readonly #logger: Logger;
  #health: ServiceHealth | undefined;

  constructor(peer: Peer, settings: CheckSettings, logger: Logger) {
    this.#peer = peer;
    this.#logger = logger;
    this.#health = this.#begin(settings);
  }

  /** Goes on by other settings; where they ask for no check, nothing is told of the health. */
  async change(settings: CheckSettings): Promise<void> {
    const hadCheck = this.#health !== undefined;
    await this.stop();
    this.#health = this.#begin(settings);
    if (hadCheck && this.#health === undefined) withdrawHealth(this.#peer);
  }

  /** Ends it; what was told stays. */
  async stop(): Promise<void> {
    await this.#health?.stop();
    this.#health = undefined;
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
