// Who reaches whom, as the members themselves tell: they are asked in turn, at a bounded rate, and
// only while somebody watches.

import { create } from "@bufbuild/protobuf";
import {
  type WatchReachResponse,
  WatchReachResponseSchema,
} from "../gen/gossip/admin/v1/admin_pb.js";
import type { Peer } from "../peer/peer.js";
import { monotonicMs, pause } from "../transport/platform-timers.js";
import type { AdminLimits } from "./limits.js";
import { type Reach, reachMessage } from "./messages.js";

/** Members that one watcher waits for at once, so that one that is silent holds up no other. */
const MAX_PENDING = 8;
/** How long a member may take to answer. */
const ASK_TIMEOUT_MS = 2_000;
/** How long it is from one round to the next, where a round does not take longer. */
const ROUND_PERIOD_MS = 2_000;

/** Whom it asks through. */
type Asker = Pick<Peer, "address" | "details" | "links" | "askLinks">;

/** Asks for those who watch. */
export class ReachFeed {
  readonly #peer: Asker;
  readonly #limits: Pick<AdminLimits, "maxReachMembers" | "maxReachAsksPerSecond">;
  /** When the next member may be asked, for whichever watcher. */
  #nextAskAtMs = 0;

  constructor(peer: Asker, limits: Pick<AdminLimits, "maxReachMembers" | "maxReachAsksPerSecond">) {
    this.#peer = peer;
    this.#limits = limits;
  }

  /** Asks these members, or all, again and again, until the watcher goes. */
  async *watch(
    addresses: readonly string[],
    signal: AbortSignal,
  ): AsyncGenerator<WatchReachResponse> {
    while (!signal.aborted) {
      const ended = pause(ROUND_PERIOD_MS, signal);
      for await (const reach of this.#round(this.#chosen(addresses), signal)) {
        yield create(WatchReachResponseSchema, { reach: reachMessage(reach) });
      }
      await ended;
    }
  }

  #chosen(addresses: readonly string[]): string[] {
    const all = this.#peer.details().filter((member) => member.status === "live");
    const known = all.map((member) => member.address);
    const chosen = addresses.length === 0 ? known : addresses;
    return chosen.slice(0, this.#limits.maxReachMembers);
  }

  async *#round(addresses: readonly string[], signal: AbortSignal): AsyncGenerator<Reach> {
    const waiting = addresses.values();
    const pending = new Map<string, Promise<Reach>>();
    const askNext = (): void => {
      const { value: address } = waiting.next();
      if (address !== undefined) pending.set(address, this.#ask(address, signal));
    };
    for (let count = 0; count < MAX_PENDING; count += 1) askNext();
    while (pending.size > 0 && !signal.aborted) {
      const reach = await Promise.race(pending.values());
      pending.delete(reach.address);
      askNext();
      yield reach;
    }
  }

  async #ask(address: string, signal: AbortSignal): Promise<Reach> {
    if (address === this.#peer.address) return { address, links: this.#peer.links() };
    await this.#turn(signal);
    try {
      return { address, links: await this.#peer.askLinks(address, { timeoutMs: ASK_TIMEOUT_MS }) };
    } catch {
      // That it does not answer is what the watcher is told.
      return { address, links: undefined };
    }
  }

  /** Waits until one more may be asked. */
  async #turn(signal: AbortSignal): Promise<void> {
    const now = monotonicMs();
    const at = Math.max(now, this.#nextAskAtMs);
    this.#nextAskAtMs = at + 1_000 / this.#limits.maxReachAsksPerSecond;
    if (at > now) await pause(at - now, signal);
  }
}
