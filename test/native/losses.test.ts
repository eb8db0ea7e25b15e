// Much goes wrong at once: packets lost on every path, and most of a cluster gone in one moment.

import { expect, test } from "vitest";
import { Simulator } from "../../src/simulator/index.js";
import { isListedByNone, ListWatch, namesListedBy } from "../support/removals.js";

/** Of nine seconds where nothing else runs. */
const BOUND_MS = 120_000;

test("25 % of the packets lost on every path for a minute remove nobody, at 100 peers", () => {
  const sim = new Simulator({ seed: 1, peers: 100, start: "converged" });
  sim.runFor(2_000);
  const lists = new ListWatch(sim);
  sim.lose(sim.peers, sim.peers, 0.25);
  sim.runFor(60_000);
  const late = sim.peers.reduce((sum, peer) => sum + peer.peer.stats().probesLate, 0);
  expect(late).toBeGreaterThan(0);
  expect(lists.removed).toEqual([]);
  sim.heal();
  sim.expectAgreement({ withinMs: 5_000 });
});

test("peers that lose most of what they send go, and take nobody with them, at 100 peers", {
  timeout: BOUND_MS,
}, () => {
  const sim = new Simulator({ seed: 1, peers: 100, start: "converged" });
  sim.runFor(2_000);
  const [lossy, sound] = [sim.peers.slice(0, 5), sim.peers.slice(5)];
  const lists = new ListWatch(sim);
  sim.lose(lossy, sound, 0.8);
  const areGone = (): boolean => lossy.every((peer) => isListedByNone(sound, peer));
  expect(sim.runUntil(areGone, { withinMs: 30_000 })).toBeDefined();
  sim.runFor(200_000);
  const gone = new Set(lossy.map(({ name }) => name));
  expect(lists.removedByOthersThan(...lossy).filter((name) => !gone.has(name))).toEqual([]);
});

test.each(["crash", "killHost"] as const)(
  "four fifths of the peers gone at once (%s): the rest agree, and an update reaches all of them",
  (how) => {
    const sim = new Simulator({ seed: 1, peers: 50, start: "converged" });
    sim.runFor(5_000);
    const [rest, gone] = [sim.peers.slice(0, 10), sim.peers.slice(10)];
    const lists = new ListWatch(sim);
    for (const peer of gone) sim[how](peer);
    sim.expectAgreement({ withinMs: 30_000 });
    expect(namesListedBy(sim.peer(4))).toEqual(rest.map(({ name }) => name).sort());
    const innocent = lists.removed.filter((name) => rest.some((peer) => peer.name === name));
    expect(innocent).toEqual([]);

    const [author] = rest;
    author?.peer.updateInfo({ name: "news" });
    const knowsAll = (): boolean => rest.every((peer) => namesListedBy(peer).includes("news"));
    expect(sim.runUntil(knowsAll, { withinMs: 100 })).toBeDefined();
  },
);
