// A peer that leaves says so to whom it has links to. Those who do not hear it themselves hear it from
// the others, and nobody takes it for a crash.

import { describe, expect, test } from "vitest";
import type { PeerEvent } from "../../src/index.js";
import { type SimPeer, Simulator } from "../../src/simulator/index.js";

/** What a peer's events say became of that member, from now on. */
function fateOf(subject: SimPeer, { peer }: SimPeer): () => Promise<readonly string[]> {
  const types: string[] = [];
  const read = async (events: AsyncIterable<PeerEvent>): Promise<void> => {
    for await (const event of events) {
      if (event.type === "events-dropped") expect.fail("no event was to be dropped");
      const isFate = event.type === "member-failed" || event.type === "member-left";
      if (isFate && event.member.address === subject.address) types.push(event.type);
    }
  };
  const ended = read(peer.events());
  return async () => {
    void peer.stop();
    await ended;
    return types;
  };
}

describe("leaving a small cluster", () => {
  test.each([1, 2, 3, 4, 5])("who has no link hears it from the others (seed %i)", async (seed) => {
    const sim = new Simulator({ seed, peers: 5, start: "converged" });
    sim.runFor(3_000);
    const leaver = sim.peer(4);
    const others = sim.peers.slice(0, 4);
    const cutOff = sim.peer(2);
    sim.refuse([leaver], [cutOff]);
    sim.refuse([cutOff], [leaver]);
    sim.resetConnections(cutOff);
    sim.runFor(1_000 + seed * 70);
    const fates = others.map((other) => fateOf(leaver, other));
    sim.leave(leaver);
    sim.runFor(20_000);
    for (const fate of fates) expect(await fate()).toEqual(["member-left"]);
  });
});
