// Restarts: of one peer or of all, under another name, and right after a goodbye. The new boot counts
// at once, whatever is held of the old one.

import { describe, expect, test } from "vitest";
import { type SimPeer, Simulator } from "../../src/simulator/index.js";
import { ListWatch, namesListedBy } from "../support/removals.js";

function cluster(peers: number): Simulator {
  const sim = new Simulator({ seed: 1, peers, start: "converged" });
  sim.runFor(5_000);
  return sim;
}

/** The name by which each of the running peers lists that one. */
function namesOf(sim: Simulator, { address }: SimPeer): Set<string | undefined> {
  return new Set(sim.running.map(({ peer }) => peer.members().get(address)?.info.name));
}

describe("a whole cluster restarted at once", () => {
  test.each(["at the same moment", "after a while without anyone"])("%s is whole again", (how) => {
    const sim = cluster(20);
    const generations = sim.peers.map((peer) => peer.native?.own.generation);
    for (const peer of sim.peers) sim.crash(peer);
    if (how.startsWith("after")) sim.runFor(10_000);
    const lists = new ListWatch(sim);
    for (const peer of sim.peers) sim.restart(peer);
    expect(sim.expectAgreement({ withinMs: 2_000 })).toBeGreaterThan(0);
    sim.runFor(30_000);
    expect(sim.agrees).toBe(true);
    expect(lists.removed).toEqual([]);
    for (const [index, peer] of sim.peers.entries()) {
      expect(peer.native?.own.generation).toBeGreaterThan(generations[index] ?? Infinity);
    }
  });

  test("one after another, as a deployment does it, none is left out", () => {
    const sim = cluster(10);
    for (const peer of sim.peers) {
      sim.restart(peer, `new ${peer.name}`);
      sim.runFor(300);
    }
    sim.expectAgreement({ withinMs: 5_000 });
    expect(namesListedBy(sim.peer(0)).filter((name) => !name.startsWith("new"))).toEqual([]);
    expect(sim.peer(0).listSize).toBe(10);
  });
});

describe("a restart at the same address with another name", () => {
  test.each([
    ["before anyone noticed", 0],
    ["after all noticed", 10_000],
  ])("%s: all list the new name, and the old one no longer", (_, downMs) => {
    const sim = cluster(12);
    const peer = sim.peer(3);
    sim.crash(peer);
    sim.runFor(downMs);
    sim.restart(peer, "another");
    sim.runFor(1_000);
    expect([...namesOf(sim, peer)]).toEqual(["another"]);
    expect(sim.running.every(({ listSize }) => listSize === 12)).toBe(true);
    sim.runFor(30_000);
    expect([...namesOf(sim, peer)]).toEqual(["another"]);
    expect(sim.agrees).toBe(true);
  });
});

describe("leave followed at once by a restart", () => {
  test.each(["before anyone could be told", "once all were told"])("%s", (when) => {
    const sim = cluster(12);
    const peer = sim.peer(3);
    sim.leave(peer);
    if (when.startsWith("once")) {
      const isOver = (): boolean => !peer.isRunning;
      expect(sim.runUntil(isOver, { withinMs: 1_000 })).toBeDefined();
      expect(sim.running.some((other) => other.peer.members().has(peer.address))).toBe(false);
    }
    sim.restart(peer, "back");
    sim.runFor(1_000);
    expect([...namesOf(sim, peer)]).toEqual(["back"]);

    const lists = new ListWatch(sim);
    sim.runFor(60_000);
    expect(lists.removed).toEqual([]);
    expect(sim.agrees).toBe(true);
  });
});
