// A process that stands still, for far longer than the longest suspicion: it goes, it comes back, and
// what it did not hear meanwhile costs nobody else their place.

import { expect, test } from "vitest";
import { type SimPeer, Simulator } from "../../src/simulator/index.js";
import { isListedByNone, ListWatch } from "../support/removals.js";

/** Eight ping periods; see nativeTiming. */
const LONGEST_SUSPICION_MS = 8_000;

test.each([1, 2, 3])("a process paused for ten times the suspicion time (seed %i)", (seed) => {
  const sim = new Simulator({ seed, peers: 20, start: "converged" });
  sim.runFor(5_000);
  const sleeper = sim.peer(3);
  const others = sim.peers.filter((peer) => peer !== sleeper);
  const lists = new ListWatch(sim);
  sim.pause(sleeper);
  sim.runFor(10 * LONGEST_SUSPICION_MS);
  expect(isListedByNone(others, sleeper)).toBe(true);
  expect(lists.removed).toEqual([sleeper.name]);

  sim.resume(sleeper);
  sim.expectAgreement({ withinMs: 3_000 });
  sim.runFor(60_000);
  expect(lists.removed).toEqual([sleeper.name]);
  // Once by each: it does not come and go.
  expect(lists.removals).toHaveLength(others.length);
  expect(sim.agrees).toBe(true);
});

test("half of a cluster paused together: those go who slept, and all come back", () => {
  const sim = new Simulator({ seed: 1, peers: 20, start: "converged" });
  sim.runFor(5_000);
  const sleepers = sim.peers.slice(0, 10);
  const lists = new ListWatch(sim);
  for (const sleeper of sleepers) sim.pause(sleeper);
  sim.runFor(10 * LONGEST_SUSPICION_MS);
  expect(lists.removed).toEqual(namesOf(sleepers));
  for (const sleeper of sleepers) sim.resume(sleeper);
  sim.expectAgreement({ withinMs: 10_000 });
  sim.runFor(30_000);
  // Those who slept are told of verdicts on each other: no one awake goes.
  expect(lists.removed).toEqual(namesOf(sleepers));
  expect(sim.agrees).toBe(true);
});

function namesOf(peers: readonly SimPeer[]): string[] {
  return peers.map(({ name }) => name).sort();
}
