// The events of a peer, collected as they come.

import type { Peer, PeerEvent } from "gossip";
import { expect } from "vitest";
import { eventually } from "./eventually.js";

/** Reads a peer's events from now on until the peer stops. */
export class EventLog {
  readonly events: PeerEvent[] = [];
  /** Resolves when the reader came to its end. */
  readonly ended: Promise<void>;

  constructor(peer: Peer) {
    this.ended = this.#read(peer.events());
  }

  /** The events so far of what becomes of members, as lines such as `member-joined peer1`. */
  get lines(): string[] {
    return this.events.filter((event) => !isOfDoubt(event)).map(lineOf);
  }

  /** The lines about one member, found by its address. */
  about(address: string): string[] {
    const events = this.events.filter(
      (event) => event.type !== "events-dropped" && event.member.address === address,
    );
    return events.filter((event) => !isOfDoubt(event)).map(lineOf);
  }

  /** Waits until the line has come, and gives its event. */
  waitFor(line: string, boundMs?: number): Promise<PeerEvent> {
    return eventually(() => {
      expect(this.events.map(lineOf)).toContain(line);
      return this.events.find((event) => lineOf(event) === line) ?? expect.fail(line);
    }, boundMs);
  }

  async #read(events: AsyncIterable<PeerEvent>): Promise<void> {
    for await (const event of events) this.events.push(event);
  }
}

/** Whether a member is suspected on the way to what becomes of it is up to chance. */
function isOfDoubt({ type }: PeerEvent): boolean {
  return type === "member-suspected" || type === "suspicion-cleared" || type === "self-refuted";
}

function lineOf(event: PeerEvent): string {
  return event.type === "events-dropped"
    ? `events-dropped ${event.count}`
    : `${event.type} ${event.member.info.name}`;
}
