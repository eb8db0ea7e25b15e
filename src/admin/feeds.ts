// What changes, passed on from the peer to those who watch.

import { randomBytes } from "node:crypto";
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

  constructor(peer: Peer, limits: AdminLimits) {
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
    for await (const event of this.#source) {
      this.events.add(event);
      if ("member" in event) this.members.touch(event.member.address);
      else this.members.refresh();
    }
    this.events.close();
    this.members.close();
  }
}
