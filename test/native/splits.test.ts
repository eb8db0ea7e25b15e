// A cluster split in two for an hour: each half goes on by itself, and when the network heals the
// halves find each other without anyone doing anything.

import { describe, expect, test } from "vitest";
import { Simulator } from "../../src/simulator/index.js";
import { type ListChange, ListWatch } from "../support/removals.js";

const PEERS = 14;
const HOUR_MS = 3_600_000;

/** Half of the peers, by the parity of their index. */
const sideOf = (name: string): number => Number(name.slice("peer-".length)) % 2;
const isWithinHalf = ({ by, of }: ListChange): boolean => sideOf(by) === sideOf(of);

/** A cluster whose halves hear nothing of each other for that long. */
function splitFor(durationMs: number, seeds: readonly number[]) {
  const sim = new Simulator({
    seed: 1,
    peers: PEERS,
    start: "converged",
    seedsOf: (index) => seeds.filter((seed) => seed !== index),
  });
  sim.runFor(5_000);
  const lists = new ListWatch(sim);
  const [even, odd] = [0, 1].map((side) => sim.peers.filter(({ name }) => sideOf(name) === side));
  sim.partition(even ?? [], odd ?? []);
  sim.runFor(durationMs);
  return { sim, lists };
}

describe.each([
  ["with seeds", [0]],
  ["without any seed", []],
])("a cluster split for an hour, %s", (_, seeds: readonly number[]) => {
  test("is two clusters meanwhile, and one within 10 s of healing", () => {
    const { sim, lists } = splitFor(HOUR_MS, seeds);
    expect(sim.peers.map(({ listSize }) => listSize)).toEqual(new Array(PEERS).fill(PEERS / 2));
    expect(lists.removals.filter(isWithinHalf)).toEqual([]);

    sim.heal();
    sim.expectAgreement({ withinMs: 10_000 });
    expect(sim.peer(0).listSize).toBe(PEERS);
    // Nobody does anything more, and it stays so.
    const wholeAtMs = sim.nowMs;
    sim.runFor(30_000);
    expect(sim.agrees).toBe(true);
    expect(lists.removals.filter(({ atMs }) => atMs > wholeAtMs)).toEqual([]);
  });
});

describe("the healing of a split", () => {
  // Does not hold yet: the verdict of the other half counts until its subject has refuted it.
  test("strikes nobody of one's own half from a list", () => {
    const { sim, lists } = splitFor(60_000, [0]);
    const splitRemovals = lists.removals.length;
    sim.heal();
    sim.expectAgreement({ withinMs: 10_000 });
    expect(lists.removals.slice(splitRemovals).filter(isWithinHalf)).toEqual([]);
  });
});

test("one peer cut off from 99 others for minutes lists all of them within seconds again", () => {
  const sim = new Simulator({ seed: 1, peers: 100, start: "converged" });
  sim.runFor(5_000);
  const [lone, ...others] = sim.peers;
  if (lone === undefined) throw new Error("there are no peers");
  sim.partition([lone], others);
  sim.runFor(180_000);
  expect(lone.listSize).toBeLessThan(100);
  sim.heal();
  sim.expectAgreement({ withinMs: 5_000 });
  expect(lone.listSize).toBe(100);
});
