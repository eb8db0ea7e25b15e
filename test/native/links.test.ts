// Links that are dialled from both sides at once, and links that break or cannot be dialled while the
// peer at their end lives: a broken link is a reason to look, and never a verdict.

import { describe, expect, test } from "vitest";
import { Simulator } from "../../src/simulator/index.js";
import { ListWatch } from "../support/removals.js";

const linksOf = (sim: Simulator): number =>
  sim.peers.reduce((links, peer) => links + peer.connectionCount, 0);

describe("links dialled by both sides at the same moment", () => {
  test.each([2, 5, 9])("%i peers end with one link between each two", (peers) => {
    const sim = new Simulator({
      seed: 1,
      peers,
      seedsOf: (index) =>
        Array.from({ length: peers }, (_, other) => other).filter((o) => o !== index),
    });
    const lists = new ListWatch(sim);
    const pairs = (peers * (peers - 1)) / 2;
    sim.runFor(10);
    expect(linksOf(sim)).toBe(2 * pairs);
    sim.runFor(5_000);
    expect(linksOf(sim)).toBe(pairs);
    expect(sim.agrees).toBe(true);

    // It is the one link that both use: nothing breaks, and nothing is dialled anew.
    const dials = sim.peers.map(({ counters }) => counters.dials);
    sim.runFor(120_000);
    expect(sim.peers.map(({ counters }) => counters.dials)).toEqual(dials);
    expect(lists.removed).toEqual([]);
  });

  test("the link dialled by the smaller address is the one that stays", () => {
    const sim = new Simulator({ seed: 1, peers: 2, seedsOf: (index) => [1 - index] });
    sim.runFor(5_000);
    const [first, second] = sim.peers;
    const bySmaller = (first?.address ?? "") < (second?.address ?? "") ? [1, 0] : [0, 1];
    expect(sim.peers.map(({ connectionCount }) => connectionCount)).toEqual(bySmaller);
  });
});

describe("every link of a live peer reset at once", () => {
  test.each([2, 5, 20, 100])("removes nobody, of %i", (peers) => {
    const sim = new Simulator({ seed: 1, peers, start: "converged" });
    sim.runFor(5_000);
    const lists = new ListWatch(sim);
    const dials = sim.peers.reduce((sum, { counters }) => sum + counters.dials, 0);
    for (let time = 0; time < 3; time += 1) {
      sim.resetConnections(sim.peer(1));
      sim.runFor(2_000);
    }
    sim.runFor(10_000);
    // They were there, and are there again.
    expect(sim.peers.reduce((sum, { counters }) => sum + counters.dials, 0)).toBeGreaterThan(dials);
    expect(lists.removed).toEqual([]);
    expect(sim.agrees).toBe(true);
  });
});

describe("every link of a live peer forgotten by something in between", () => {
  test.each([2, 5, 20, 100])("removes nobody, of %i", (peers) => {
    for (let seed = 1; seed <= 5; seed += 1) {
      const sim = new Simulator({ seed, peers, start: "converged" });
      sim.runFor(5_000);
      const lists = new ListWatch(sim);
      sim.forgetConnections(sim.peer(1));
      sim.runFor(30_000);
      expect(lists.removed, `seed ${seed}`).toEqual([]);
      expect(sim.agrees).toBe(true);
    }
  });
});

describe("a firewall that refuses dials to a live peer on one side", () => {
  test.each([1, 2, 3])("removes nobody, and neither when its links are reset (seed %i)", (seed) => {
    const sim = new Simulator({ seed, peers: 20, start: "converged" });
    sim.runFor(5_000);
    const walled = sim.peer(3);
    const side = sim.peers.slice(0, 10).filter((peer) => peer !== walled);
    const lists = new ListWatch(sim);
    sim.refuse(side, [walled]);
    sim.runFor(30_000);
    expect(lists.removed).toEqual([]);

    sim.resetConnections(walled);
    sim.runFor(30_000);
    expect(lists.removed).toEqual([]);
    expect(sim.agrees).toBe(true);
  });
});
