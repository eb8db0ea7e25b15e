// What a peer tells of its doubts: each suspicion begins with a word and ends with one, and who rises
// above a verdict on itself says so.

import { expect, test } from "vitest";
import { Simulator } from "../../src/simulator/index.js";
import { isListedByNone } from "../support/removals.js";
import { eventsOf } from "../support/sim-events.js";

test("a suspicion ends with a word: cleared, failed or left", async () => {
  const sim = new Simulator({ seed: 3, peers: 12, start: "converged" });
  sim.runFor(3_000);
  const logs = sim.peers.filter(({ index }) => index !== 7 && index !== 8).map(eventsOf);
  for (let round = 0; round < 6; round += 1) {
    const subject = sim.peer(6 + round);
    sim.pause(subject);
    sim.runFor(800 + 100 * round);
    sim.resume(subject);
    sim.runFor(2_000);
    if (round === 3) sim.restart(sim.peer(8), "anew");
    if (round === 4) sim.killHost(sim.peer(7));
  }
  sim.runFor(30_000);
  let [suspected, cleared] = [0, 0];
  for (const log of logs) {
    const open = new Set<string>();
    for (const line of await log()) {
      const [type, name = ""] = line.split(" ");
      if (type === "member-suspected") {
        suspected += 1;
        expect(open.has(name), line).toBe(false);
        open.add(name);
      } else if (type === "suspicion-cleared") {
        cleared += 1;
        expect(open.delete(name), line).toBe(true);
      } else if (type === "member-failed" || type === "member-left") open.delete(name);
    }
    expect([...open]).toEqual([]);
  }
  expect(suspected).toBeGreaterThan(0);
  expect(cleared).toBeGreaterThan(0);
});

test("who was given up while it was cut off tells that it rose above that", async () => {
  const sim = new Simulator({ seed: 1, peers: 10, start: "converged" });
  sim.runFor(3_000);
  const cutOff = sim.peer(6);
  const others = sim.peers.filter((peer) => peer !== cutOff);
  const log = eventsOf(cutOff);
  sim.partition([cutOff], others);
  expect(sim.runUntil(() => isListedByNone(others, cutOff), { withinMs: 60_000 })).toBeDefined();
  sim.heal();
  sim.expectAgreement({ withinMs: 60_000 });
  expect(await log()).toContain(`self-refuted ${cutOff.name}`);
});
