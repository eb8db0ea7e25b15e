// The health of the service that an agent stands for: checked now and then, and told to the cluster
// as metadata, so that a dead service behind a living agent is seen.

import { setTimeout as sleep } from "node:timers/promises";
import { thrownText } from "../core/thrown.js";
import type { Logger } from "../peer/logger.js";
import type { Peer } from "../peer/peer.js";
import { formatDuration, shortened } from "./output.js";

/** The metadata key that says `passing` or `failing`. */
export const HEALTH_KEY = "health";
/** The metadata key that says why, while it fails. */
export const REASON_KEY = "health-reason";
/** It travels to every peer, so it is kept short. */
const MAX_REASON_CHARACTERS = 200;

/** What a check found. */
export type CheckResult =
  | { readonly type: "passing" }
  | { readonly type: "failing"; readonly reason: string };

/** Looks once; ends early, with whatever result, when the signal says so. */
export type Check = (signal: AbortSignal) => Promise<CheckResult>;

/** How a service is checked. */
export interface ServiceHealthOptions {
  readonly check: Check;
  /** Between the end of a check and the next one. */
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly logger: Logger;
}

/** Checks a service until it is stopped; the first check is at once. */
export class ServiceHealth {
  readonly #peer: Pick<Peer, "address" | "info" | "updateInfo">;
  readonly #options: ServiceHealthOptions;
  readonly #stopper = new AbortController();
  readonly #ended: Promise<void>;

  constructor(peer: Pick<Peer, "address" | "info" | "updateInfo">, options: ServiceHealthOptions) {
    this.#peer = peer;
    this.#options = options;
    this.#ended = this.#run();
  }

  /** Ends a check that is under way, and waits until it has ended. What was told stays. */
  async stop(): Promise<void> {
    this.#stopper.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopper;
    while (!signal.aborted) {
      const result = await this.#checkOnce();
      if (signal.aborted) return;
      this.#tell(result);
      await sleep(this.#options.intervalMs, undefined, { signal }).catch(() => {});
    }
  }

  /** One check, within its time. */
  async #checkOnce(): Promise<CheckResult> {
    const { check, timeoutMs } = this.#options;
    const ender = new AbortController();
    const onStop = (): void => ender.abort();
    this.#stopper.signal.addEventListener("abort", onStop);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      ender.abort();
    }, timeoutMs);
    const result = await check(ender.signal).catch(failureOf);
    clearTimeout(timer);
    this.#stopper.signal.removeEventListener("abort", onStop);
    if (!isLate) return result;
    return { type: "failing", reason: `no answer within ${formatDuration(timeoutMs)}` };
  }

  /**
   * Tells the cluster, unless it knows. The reason is that for which it began to fail: each change
   * travels to every peer, and words that differ each time would do so for ever.
   */
  #tell(result: CheckResult): void {
    const { address, info } = this.#peer;
    const { [HEALTH_KEY]: known, [REASON_KEY]: _reason, ...rest } = info.metadata ?? {};
    if (known === result.type) return;
    const { logger } = this.#options;
    const told =
      result.type === "passing"
        ? { [HEALTH_KEY]: result.type }
        : { [HEALTH_KEY]: result.type, [REASON_KEY]: boundedReason(result.reason) };
    try {
      this.#peer.updateInfo({ ...info, metadata: { ...rest, ...told } });
      if (result.type === "passing") logger.info({ address }, "the service passes its check");
      else logger.warn({ address, reason: result.reason }, `the service fails: ${result.reason}`);
    } catch (error) {
      const reason = thrownText(error);
      logger.warn({ address }, `the health of the service cannot be told: ${reason}`);
    }
  }
}

/** A check that cannot even be made, as where no file descriptor is left, is no check that passes. */
function failureOf(error: unknown): CheckResult {
  const reason = thrownText(error);
  return { type: "failing", reason: `the check cannot be made: ${reason}` };
}

/** Takes what was told of the health off the peer's metadata. */
export function withdrawHealth(peer: Pick<Peer, "info" | "updateInfo">): void {
  const { [HEALTH_KEY]: _health, [REASON_KEY]: _reason, ...rest } = peer.info.metadata ?? {};
  peer.updateInfo({ ...peer.info, metadata: rest });
}

function boundedReason(reason: string): string {
  const line = reason.replace(/\s+/g, " ").trim().toWellFormed();
  return shortened(line, MAX_REASON_CHARACTERS);
}
