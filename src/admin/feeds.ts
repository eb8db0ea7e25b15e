// What changes, passed on from the peer to those who watch.

import { randomBytes } from "node:crypto";
import { thrownText } from "../core/thrown.js";
import type { PeerEvent } from "../peer/event-queue.js";
import type { Logger } from "../peer/logger.js";
import type { Peer } from "../peer/peer.js";
import { EventFeed } from "./event-feed.js";
import type { AdminLimits } from "./limits.js";
import { MemberFeed } from "./member-feed.js";
import { ReachFeed } from "./reach-feed.js";

/** Reads the peer's events, once for all watchers. */
export class Feeds {
  readonly members: MemberFeed;
  readonly events: EventFeed;
  readonly reach: ReachFeed;
  readonly #source: ReturnType<Peer["events"]>;
  readonly #logger: Logger;

  constructor(peer: Peer, limits: AdminLimits, logger: Logger) {
    this.#logger = logger;
    const epoch = randomBytes(6).toString("hex");
    this.members = new MemberFeed(peer, epoch, limits);
    this.events = new EventFeed(peer, epoch, limits.maxLoggedEvents);
    this.reach = new ReachFeed(peer, limits);
    this.#source = peer.events();
    void this.#follow();
  }

  /** Watchers end once they have seen all. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async #follow(): Promise<void> {
    for await (const event of this.#source) this.#add(event);
    this.events.close();
    this.members.close();
  }

  /** An event that cannot be told is no reason to tell none after it. */
  #add(event: PeerEvent): void {
    try {
      this.events.add(event);
      if ("member" in event) this.members.touch(event.member.address);
      else this.members.refresh();
    } catch (error) {
      const reason = thrownText(error);
      this.#logger.error({ type: event.type, reason }, `an event cannot be told: ${reason}`);
    }
  }
}
