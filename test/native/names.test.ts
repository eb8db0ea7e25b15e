// Names are for people: two peers may have one. Addresses are identities: two peers that claim one
// cannot both be right, and must not bring the others down with their quarrel.

import { expect, test } from "vitest";
import { Simulator } from "../../src/simulator/index.js";
import { ListWatch, namesListedBy } from "../support/removals.js";

test("two peers of one name are two members, and one goes without the other", () => {
  const sim = new Simulator({ seed: 1, peers: 12, start: "converged" });
  const [left, right] = [sim.peer(3), sim.peer(4)];
  sim.restart(left, "twin");
  sim.restart(right, "twin");
  sim.expectAgreement({ withinMs: 5_000 });
  for (const peer of sim.peers) {
    expect(namesListedBy(peer).filter((name) => name === "twin")).toHaveLength(2);
  }

  const lists = new ListWatch(sim);
  sim.crash(right);
  sim.expectAgreement({ withinMs: 5_000 });
  for (const { peer } of sim.running) {
    expect(peer.members().has(left.address)).toBe(true);
    expect(peer.members().has(right.address)).toBe(false);
  }
  expect(lists.removals.length).toBe(11);
});

test("two peers that claim one address outbid each other at a bounded pace, and harm nobody", () => {
  const [owner, claimant] = [3, 4];
  const sim = new Simulator({
    seed: 1,
    peers: 8,
    start: "stopped",
    optionsOf: (index) => (index === claimant ? { advertiseAddress: "10.0.0.4:7946" } : undefined),
  });
  for (const peer of sim.peers) {
    sim.restart(peer);
    sim.runFor(500);
  }
  const { address } = sim.peer(owner);
  expect(sim.peer(claimant).native?.address).toBe(address);

  const watcher = sim.peer(0);
  let changes = 0;
  sim.observe({
    onRosterChange: (observer, change) => {
      if (observer === watcher && change.address === address) changes += 1;
    },
  });
  const lists = new ListWatch(sim);
  sim.runFor(60_000);
  expect(changes).toBeGreaterThan(0);
  expect(changes).toBeLessThan(600);
  expect(lists.removedByOthersThan(sim.peer(owner), sim.peer(claimant))).toEqual([]);
  expect(watcher.listSize).toBe(7);

  // Once one of them gives up, all is well.
  sim.crash(sim.peer(claimant));
  sim.runFor(5_000);
  for (const peer of sim.running) expect(namesListedBy(peer)).toContain("peer-3");
  expect(sim.agrees).toBe(true);
});
