// Two peers alone: there is nobody to ask, so that time decides, and nobody has to be there for them
// to find each other again.

import { describe, expect, test } from "vitest";
import { Simulator } from "../../src/simulator/index.js";
import { ListWatch, namesListedBy } from "../support/removals.js";

function pair(): Simulator {
  const sim = new Simulator({ seed: 1, peers: 2, start: "converged" });
  sim.runFor(5_000);
  return sim;
}

describe("two peers alone, one of which", () => {
  test("vanishes: the other waits out the longest suspicion, then is alone", () => {
    const sim = pair();
    const [left, gone] = [sim.peer(0), sim.peer(1)];
    sim.killHost(gone);
    const isAlone = (): boolean => left.listSize === 1;
    const tookMs = sim.runUntil(isAlone, { withinMs: 30_000 }) ?? expect.fail("it still lists it");
    expect(tookMs).toBeGreaterThan(8_000);
    expect(tookMs).toBeLessThan(12_000);

    sim.runFor(600_000);
    sim.restart(gone);
    sim.expectAgreement({ withinMs: 10_000 });
    expect(namesListedBy(left)).toEqual(["peer-0", "peer-1"]);
  });

  test("is silent for a moment: nobody goes", () => {
    const sim = pair();
    const lists = new ListWatch(sim);
    sim.partition([sim.peer(0)], [sim.peer(1)]);
    sim.runFor(5_000);
    sim.heal();
    sim.runFor(30_000);
    expect(lists.removed).toEqual([]);
    expect(sim.agrees).toBe(true);
  });

  test("cannot be reached for an hour: both are alone, and find each other again", () => {
    const sim = pair();
    sim.partition([sim.peer(0)], [sim.peer(1)]);
    sim.runFor(3_600_000);
    expect(sim.peers.map(({ listSize }) => listSize)).toEqual([1, 1]);
    sim.heal();
    const isWhole = (): boolean => sim.agrees && sim.peer(0).listSize === 2;
    expect(sim.runUntil(isWhole, { withinMs: 10_000 })).toBeDefined();
  });

  test("ends with its port closed: it goes within half a ping period", () => {
    const sim = pair();
    sim.crash(sim.peer(1));
    const isAlone = (): boolean => sim.peer(0).listSize === 1;
    expect(sim.runUntil(isAlone, { withinMs: 500 })).toBeDefined();
  });
});
