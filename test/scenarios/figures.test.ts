// The figures of a peer, over real gRPC on loopback: what went over its links, how its exchanges
// ended, how long answers took, and how full is what has a limit.

import { DEFAULT_LIMITS } from "gossip";
import { expect, test } from "vitest";
import { flatFigures } from "../../src/peer/figures.js";
import { eventually } from "../support/eventually.js";
import { forEachFailureDetection, startCluster, startPeer } from "../support/peers.js";

forEachFailureDetection((kind) => {
  test("answers are counted by how long they took, and what is held with its limit", async () => {
    const [peer0] = await startCluster(3);
    await eventually(() => expect(peer0.stats().roundTrips.count).toBeGreaterThan(2));
    const { roundTrips, queues } = peer0.stats();
    expect(roundTrips.counts.reduce((sum, count) => sum + count, 0)).toBe(roundTrips.count);
    expect(roundTrips.counts).toHaveLength(roundTrips.boundsMs.length + 1);
    expect(roundTrips.sumMs).toBeGreaterThan(0);
    expect(queues.members).toEqual({ length: 3, limit: DEFAULT_LIMITS.maxMembers });
    expect(queues.links.length > 0).toBe(kind === "suspicion");
    for (const { length, limit } of Object.values(queues)) {
      expect(length).toBeLessThanOrEqual(limit);
    }
  });

  test("an event that nobody has read waits in the queue of its reader", async () => {
    const peer0 = await startPeer();
    const events = peer0.events();
    peer0.updateInfo({ name: "again" });
    expect(peer0.stats().queues.events).toEqual({
      length: 1,
      limit: DEFAULT_LIMITS.maxQueuedEvents,
    });
    await events.next();
    expect(peer0.stats().queues.events.length).toBe(0);
  });

  test("all single figures have a name of their own in the flat list", async () => {
    const [peer0] = await startCluster(2);
    const figures = flatFigures(peer0.stats());
    for (const value of Object.values(figures)) expect(value).toBeTypeOf("number");
    const names = ["liveMembers", "framesIn.probe", "queues.links.limit", "rejected.alias"];
    expect(Object.keys(figures)).toEqual(expect.arrayContaining(names));
    expect(figures).toMatchObject({ liveMembers: 2, "queues.members.length": 2 });
  });
});

test("frames and their bytes are counted by kind, both ways", async () => {
  const [peer0] = await startCluster(2);
  await eventually(() => {
    const { exchanges, framesIn, framesOut, bytesIn, bytesOut } = peer0.stats();
    expect(exchanges.same).toBeGreaterThan(1);
    expect(framesIn.hello).toBeGreaterThan(0);
    expect(framesOut.hello).toBeGreaterThan(0);
    expect(framesIn["probe-answer"]).toBeLessThanOrEqual(framesOut.probe);
    expect(framesIn["probe-answer"]).toBeGreaterThanOrEqual(exchanges.same);
    expect(bytesIn.hello).toBeGreaterThan(peer0.address.length);
    expect(bytesOut["probe-answer"]).toBeGreaterThanOrEqual(framesOut["probe-answer"]);
    expect(framesOut.links).toBe(0);
  });
});
