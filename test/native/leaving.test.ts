// A peer that leaves says so to whom it has links to. Those who do not hear it themselves hear it from
// the others, and nobody takes it for a crash.

import { describe, expect, test } from "vitest";
import { Simulator } from "../../src/simulator/index.js";
import { eventsOf } from "../support/sim-events.js";

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
    const logs = others.map(eventsOf);
    sim.leave(leaver);
    sim.runFor(20_000);
    const fates = ["member-failed", "member-left"].map((type) => `${type} ${leaver.name}`);
    for (const log of logs) {
      const told = (await log()).filter((line) => fates.includes(line));
      expect(told).toEqual([`member-left ${leaver.name}`]);
    }
  });
});

describe("leaving together", () => {
  test.each([
    [12, 6],
    [12, 11],
    [60, 30],
  ])("of %i, %i are told of as left by all that stay, and soon", async (peers, leaving) => {
    for (const seed of [1, 2, 3]) {
      const sim = new Simulator({ seed, peers, start: "converged" });
      sim.runFor(5_000);
      const staying = sim.peers.slice(leaving);
      const leavers = sim.peers.slice(0, leaving);
      const logs = staying.map(eventsOf);
      for (const peer of leavers) sim.leave(peer);
      sim.runFor(1_000);
      expect(leavers.filter((peer) => peer.isRunning)).toEqual([]);
      sim.runFor(20_000);
      const all = leavers.map(({ name }) => `member-left ${name}`).sort();
      for (const log of logs) {
        const fates = (await log()).filter((line) => /^member-(left|failed) /.test(line));
        expect(fates.sort()).toEqual(all);
      }
    }
  });

  test("the last of a cluster that leaves as a whole waits for nobody", () => {
    const sim = new Simulator({ seed: 4, peers: 12, start: "converged" });
    sim.runFor(5_000);
    for (const peer of sim.peers) sim.leave(peer);
    sim.runFor(1_000);
    expect(sim.running).toEqual([]);
  });
});
