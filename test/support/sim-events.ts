// What a simulated peer tells its application.

import { expect } from "vitest";
import type { PeerEvent } from "../../src/index.js";
import type { SimPeer } from "../../src/simulator/index.js";

/** The events of a simulated peer from now on, with the name of the member. */
export function eventsOf({ peer }: SimPeer): () => Promise<readonly string[]> {
  const lines: string[] = [];
  const read = async (events: AsyncIterable<PeerEvent>): Promise<void> => {
    for await (const event of events) {
      if (event.type === "events-dropped") expect.fail("no event was to be dropped");
      lines.push(`${event.type} ${event.member.info.name}`);
    }
  };
  const ended = read(peer.events());
  return async () => {
    void peer.stop();
    await ended;
    return lines;
  };
}
