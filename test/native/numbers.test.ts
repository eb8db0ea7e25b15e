// Generations, incarnations and versions at the end of their range, from the far future, or lower
// than before: no word of another makes a peer's own unheard, and no absurd number is taken in.

import { describe, expect, test } from "vitest";
import { MAX_COUNTER } from "../../src/core/native/own-member.js";
import { Simulator } from "../../src/simulator/index.js";
import {
  DAY_MINUTES,
  forged,
  GENERATION,
  GENERATION_MINUTES,
  LoneNativeCore,
} from "../support/lone-native-core.js";
import { ListWatch } from "../support/removals.js";

const [US, SUBJECT, OTHER] = ["10.0.0.1:7946", "10.0.0.9:7946", "10.0.0.2:7946"];
const HOUR_MS = 3_600_000;

function coreAndForger() {
  const lone = new LoneNativeCore();
  const forger = lone.meets(OTHER);
  forger.tells(forged(OTHER));
  return { lone, forger };
}

describe("what is said of another", () => {
  test.each([
    ["an incarnation beyond the range", { incarnation: MAX_COUNTER + 1 }, "version-out-of-range"],
    ["a version beyond the range", { version: MAX_COUNTER + 1 }, "version-out-of-range"],
    [
      "a generation from the far future",
      { generation: GENERATION + 48 * HOUR_MS },
      "generation-out-of-range",
    ],
    [
      "a tombstone that would last for ever",
      { verdict: "left", expiresAt: GENERATION_MINUTES + 400 * DAY_MINUTES },
      "generation-out-of-range",
    ],
  ] as const)("%s is not taken in", (_, what, reason) => {
    const { lone, forger } = coreAndForger();
    forger.tells(forged(SUBJECT));
    forger.tells(forged(SUBJECT, what));
    forger.exchanges(forged(SUBJECT, what));
    expect(lone.record(SUBJECT)).toMatchObject(forged(SUBJECT));
    expect(lone.rejected(reason)).toBe(2);
  });

  test("at the very end of the range, it is overcome by a new generation", () => {
    const { lone, forger } = coreAndForger();
    const end = { incarnation: MAX_COUNTER, version: MAX_COUNTER, verdict: "failed" } as const;
    forger.tells(forged(SUBJECT, end));
    expect(lone.core.lists(SUBJECT)).toBe(false);
    forger.tells(forged(SUBJECT, { generation: GENERATION + 1, name: "itself" }));
    expect(lone.record(SUBJECT)).toMatchObject({ verdict: "live", name: "itself", version: 1 });
  });
});

describe("what is said of ourselves", () => {
  test.each([
    ["a verdict at the highest incarnation", { incarnation: MAX_COUNTER, verdict: "failed" }],
    ["a goodbye at the highest incarnation", { incarnation: MAX_COUNTER, verdict: "left" }],
    ["info of the highest version", { version: MAX_COUNTER }],
  ] as const)("%s makes us begin a new generation, as ourselves", (_, what) => {
    const { lone, forger } = coreAndForger();
    forger.tells(forged(US, what));
    lone.advance(5_000);
    expect(lone.core.own).toMatchObject({
      generation: GENERATION + 1,
      incarnation: 0,
      verdict: "live",
      name: "me",
    });
    expect(forger.heardOf(US)).toMatchObject({ generation: GENERATION + 1, verdict: "live" });
  });

  test("a generation somewhat ahead is passed by one", () => {
    const { lone, forger } = coreAndForger();
    forger.tells(forged(US, { generation: GENERATION + HOUR_MS }));
    expect(lone.core.own).toMatchObject({ generation: GENERATION + HOUR_MS + 1, name: "me" });
  });

  test("our own writes at the end of the range go on in a new generation", () => {
    const { lone, forger } = coreAndForger();
    forger.tells(forged(US, { version: MAX_COUNTER - 1 }));
    expect(lone.core.own.version).toBe(MAX_COUNTER);
    lone.core.updateInfo({ name: "still me" }, lone.now);
    lone.advance(10);
    expect(lone.core.own).toMatchObject({ generation: GENERATION + 1, name: "still me" });
    expect(forger.heardOf(US)).toMatchObject({ generation: GENERATION + 1, name: "still me" });
  });
});

describe("a clock that was set back before a restart", () => {
  const DAY_MS = 24 * HOUR_MS;

  function restartSetBackBy(byMs: number): void {
    const sim = new Simulator({ seed: 1, peers: 12, start: "converged" });
    sim.runFor(5_000);
    const peer = sim.peer(3);
    const generation = peer.native?.own.generation ?? expect.fail("no generation");
    sim.crash(peer);
    sim.expectAgreement({ withinMs: 10_000 });
    sim.jumpClock(peer, -byMs);
    sim.restart(peer, "again");
    sim.expectAgreement({ withinMs: 5_000 });
    expect(peer.native?.own.generation).toBe(generation + 1);
    for (const { peer: other } of sim.peers) {
      expect(other.members().get(peer.address)?.info.name).toBe("again");
    }
  }

  test.each([
    ["a minute", 60_000],
    ["an hour", HOUR_MS],
    ["almost a day", 23 * HOUR_MS],
    ["three days", 3 * DAY_MS],
    ["years", 1_000 * DAY_MS],
  ])("by %s: the peer takes the generation held of it, plus one", (_, byMs) => {
    restartSetBackBy(byMs);
  });

  test.each([
    ["an hour", HOUR_MS],
    ["three days", 3 * DAY_MS],
    ["years", 1_000 * DAY_MS],
  ])("by %s: a peer with a data directory goes on from what it kept", (_, byMs) => {
    const options = { dataDir: "/data" };
    const sim = new Simulator({ seed: 1, peers: 12, start: "converged", options });
    sim.runFor(5_000);
    const peer = sim.peer(3);
    const generation = peer.native?.own.generation ?? expect.fail("no generation");
    sim.crash(peer);
    sim.expectAgreement({ withinMs: 10_000 });
    sim.jumpClock(peer, -byMs);
    sim.restart(peer, "again");
    sim.expectAgreement({ withinMs: 5_000 });
    expect(peer.native?.own.generation).toBeGreaterThan(generation);
    for (const { peer: other } of sim.peers) {
      expect(other.members().get(peer.address)?.info.name).toBe("again");
    }
  });

  test("nobody else is struck from a list meanwhile", () => {
    const sim = new Simulator({ seed: 1, peers: 12, start: "converged" });
    sim.runFor(5_000);
    const peer = sim.peer(3);
    const lists = new ListWatch(sim);
    sim.jumpClock(peer, -HOUR_MS);
    sim.restart(peer, "again");
    sim.runFor(30_000);
    expect(lists.removed).toEqual([]);
    expect(sim.agrees).toBe(true);
  });
});
