// A peer whose packets get through in one direction only finds everyone silent, or is found silent by
// everyone. It is the one that goes, and it takes nobody with it.

import { describe, expect, test } from "vitest";
import { type SimPeer, Simulator } from "../../src/simulator/index.js";
import { isListedByAll, isListedByNone, ListWatch } from "../support/removals.js";

describe.each([
  ["send but not receive", "inbound"],
  ["receive but not send", "outbound"],
] as const)("one peer that can %s", (_, broken) => {
  function cutOneWay(sim: Simulator, bad: SimPeer, others: readonly SimPeer[]): void {
    if (broken === "inbound") sim.cut(others, [bad]);
    else sim.cut([bad], others);
  }

  test.each([1, 2, 3, 4])("goes, and no one else (seed %i)", (seed) => {
    const sim = new Simulator({ seed, peers: 20, start: "converged" });
    sim.runFor(5_000);
    const bad = sim.peer(3);
    const others = sim.peers.filter((peer) => peer !== bad);
    const lists = new ListWatch(sim);
    cutOneWay(sim, bad, others);
    expect(sim.runUntil(() => isListedByNone(others, bad), { withinMs: 20_000 })).toBeDefined();
    sim.runFor(180_000);
    expect(isListedByNone(others, bad)).toBe(true);
    expect(lists.removedByOthersThan(bad)).toEqual([bad.name]);
    expect(lists.relistedBy(bad)).toEqual([]);
    // Nor does it drown in looking whether it is cut off itself.
    expect(bad.peer.stats().probesSent).toBeLessThan(20 * 200);

    sim.heal();
    const isWhole = (): boolean => isListedByAll(sim.peers, bad) && sim.agrees;
    expect(sim.runUntil(isWhole, { withinMs: 15_000 })).toBeDefined();
    expect(lists.removedByOthersThan(bad)).toEqual([bad.name]);
  });
});
