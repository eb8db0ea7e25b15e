// The dead stay dead: neither old news nor second-hand news brings back a member that is gone, and a
// tombstone that only some have forgotten does no harm.

import { describe, expect, test } from "vitest";
import { Simulator } from "../../src/simulator/index.js";
import {
  DAY_MINUTES,
  forged,
  GENERATION_MINUTES,
  LoneNativeCore,
} from "../support/lone-native-core.js";
import { isListedByNone, ListWatch } from "../support/removals.js";

const [US, SUBJECT, OTHER] = ["10.0.0.1:7946", "10.0.0.9:7946", "10.0.0.2:7946"];
const EXPIRED = GENERATION_MINUTES - DAY_MINUTES;

describe("an anti-entropy round", () => {
  test("does not revive a member that is held as gone", () => {
    const lone = new LoneNativeCore();
    const other = lone.meets(OTHER);
    other.tells(forged(OTHER), forged(SUBJECT));
    expect(lone.core.lists(SUBJECT)).toBe(true);
    other.tells(forged(SUBJECT, { verdict: "failed" }));
    expect(lone.core.lists(SUBJECT)).toBe(false);

    other.exchanges(forged(SUBJECT));
    other.exchanges(forged(SUBJECT, { version: 77 }));
    expect(lone.core.lists(SUBJECT)).toBe(false);
    expect(lone.record(SUBJECT)?.verdict).toBe("failed");
  });

  test("brings the verdict to those who slept through it, and the dead to nobody", () => {
    const sim = new Simulator({ seed: 1, peers: 20, start: "converged" });
    sim.runFor(5_000);
    const dead = sim.peer(10);
    const [sleepers, awake] = [sim.peers.slice(0, 5), sim.peers.slice(5).filter((p) => p !== dead)];
    for (const sleeper of sleepers) sim.pause(sleeper);
    sim.killHost(dead);
    expect(sim.runUntil(() => isListedByNone(awake, dead), { withinMs: 20_000 })).toBeDefined();

    const lists = new ListWatch(sim);
    for (const sleeper of sleepers) sim.resume(sleeper);
    sim.runFor(10_000);
    expect(isListedByNone(sim.running, dead)).toBe(true);
    expect(lists.relistedBy(dead)).toEqual([]);
    expect(sim.agrees).toBe(true);
  });
});

describe("accusations that change nothing", () => {
  test("count all the same: after Dead@10, Alive@2 does not revive", () => {
    const lone = new LoneNativeCore();
    const other = lone.meets(OTHER);
    other.tells(forged(OTHER), forged(SUBJECT, { incarnation: 1 }));
    other.tells(forged(SUBJECT, { incarnation: 1, verdict: "failed" }));
    // It is gone already, so for the list this is no news.
    other.tells(forged(SUBJECT, { incarnation: 10, verdict: "failed" }));
    other.tells(forged(SUBJECT, { incarnation: 2 }));
    expect(lone.core.lists(SUBJECT)).toBe(false);

    other.tells(forged(SUBJECT, { incarnation: 11 }));
    expect(lone.core.lists(SUBJECT)).toBe(true);
  });

  test("are passed on to others who have to know them", () => {
    const lone = new LoneNativeCore();
    const [other, third] = [lone.meets(OTHER), lone.meets("10.0.0.3:7946")];
    other.tells(forged(OTHER), forged("10.0.0.3:7946"));
    other.tells(forged(SUBJECT, { incarnation: 1, verdict: "failed" }));
    other.tells(forged(SUBJECT, { incarnation: 10, verdict: "failed" }));
    lone.advance(10);
    expect(third.heardOf(SUBJECT)).toMatchObject({ incarnation: 10, verdict: "failed" });
  });

  test("are risen above by the accused, however high", () => {
    const lone = new LoneNativeCore();
    const other = lone.meets(OTHER);
    other.tells(forged(OTHER));
    const { generation } = lone.core.own;
    for (const incarnation of [3, 10]) {
      other.tells(forged(US, { generation, incarnation, verdict: "failed" }));
    }
    lone.advance(20_000);
    expect(lone.core.own).toMatchObject({ generation, incarnation: 11, verdict: "live" });
    expect(other.heardOf(US)).toMatchObject({ incarnation: 11, verdict: "live" });
  });
});

describe("a tombstone", () => {
  test("that has expired is not learnt again from those who still hold it", () => {
    const lone = new LoneNativeCore();
    const other = lone.meets(OTHER);
    other.exchanges(forged(SUBJECT, { verdict: "failed", expiresAt: EXPIRED }));
    other.exchanges(forged(SUBJECT, { verdict: "left", expiresAt: EXPIRED }));
    expect(lone.core.remembers(SUBJECT)).toBe(false);
    other.exchanges(forged(SUBJECT, { verdict: "failed" }));
    expect(lone.core.remembers(SUBJECT)).toBe(true);
  });

  test("forgotten by some and not by others revives nobody, and all forget it in the end", () => {
    const minuteMs = 60_000;
    const sim = new Simulator({
      seed: 1,
      peers: 6,
      start: "stopped",
      options: { goneRetentionMs: 10 * minuteMs },
    });
    // Clocks that differ: what expires at one time of day does so here sooner, there later.
    sim.jumpClock(sim.peer(1), 5 * minuteMs);
    sim.jumpClock(sim.peer(2), -5 * minuteMs);
    for (const peer of sim.peers) sim.restart(peer);
    sim.expectAgreement({ withinMs: 10_000 });
    const dead = sim.peer(5);
    sim.killHost(dead);
    sim.expectAgreement({ withinMs: 20_000 });

    const lists = new ListWatch(sim);
    const holders = (): number => sim.running.filter((p) => p.remembers(dead.address)).length;
    const counts = new Set<number>();
    for (let minute = 0; minute < 30; minute += 1) {
      sim.runFor(minuteMs);
      counts.add(holders());
    }
    expect([...counts].some((count) => count > 0 && count < 5)).toBe(true);
    expect(holders()).toBe(0);
    expect(sim.agrees).toBe(true);
    expect([lists.additions, lists.removals]).toEqual([[], []]);
  });
});

describe("second-hand news of a dead peer", () => {
  test("lets a newcomer list it only until the verdict is known", () => {
    const sim = new Simulator({ seed: 1, peers: 8, start: "stopped" });
    const [late, dead] = [sim.peer(7), sim.peer(5)];
    for (const peer of sim.peers.slice(0, 7)) sim.restart(peer);
    sim.expectAgreement({ withinMs: 10_000 });
    sim.killHost(dead);
    sim.restart(late);
    sim.runFor(500);
    expect(late.peer.members().has(dead.address)).toBe(true);

    const lists = new ListWatch(sim);
    sim.runFor(20_000);
    expect(isListedByNone(sim.running, dead)).toBe(true);
    sim.runFor(120_000);
    expect(lists.relistedBy(dead)).toEqual([]);
    expect(sim.agrees).toBe(true);
  });

  test.each(["cut off", "paused"] as const)(
    "revives nobody when it comes from one who was %s until the dead was forgotten",
    (how) => {
      const options = { goneRetentionMs: 60_000 };
      const sim = new Simulator({ seed: 1, peers: 10, start: "converged", options });
      sim.runFor(5_000);
      const [lone, dead] = [sim.peer(0), sim.peer(5)];
      const others = sim.peers.filter((peer) => peer !== lone && peer !== dead);
      if (how === "paused") sim.pause(lone);
      else sim.partition([lone], others);
      sim.killHost(dead);
      sim.runFor(30 * 60_000);
      expect(others.filter((peer) => peer.remembers(dead.address))).toEqual([]);

      const lists = new ListWatch(sim);
      if (how === "paused") sim.resume(lone);
      else sim.heal();
      sim.runFor(30_000);
      expect(lists.relistedBy(dead)).toEqual([]);
    },
  );
});
