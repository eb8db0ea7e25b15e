// A member that is gone can be taken off all lists before its time: the word spreads as any other,
// nobody learns the member again from those who have not heard it, and one that lives comes back.

import { describe, expect, test } from "vitest";
import { NativeInvariantChecker } from "../../src/simulator/checkers/native-invariants.js";
import { type SimPeer, Simulator } from "../../src/simulator/index.js";
import { forged, LoneNativeCore } from "../support/lone-native-core.js";
import { isListedByAll, isListedByNone } from "../support/removals.js";

function newCluster(peers: number): { sim: Simulator; checker: NativeInvariantChecker } {
  const sim = new Simulator({ seed: 1, peers, start: "converged" });
  const checker = new NativeInvariantChecker(sim);
  sim.observe(checker);
  sim.runFor(3_000);
  return { sim, checker };
}

function knows(peer: SimPeer, { address }: SimPeer): boolean {
  return peer.peer.detail(address) !== undefined;
}

describe("a member that is forgotten", () => {
  test.each(["failed", "left"] as const)("after it %s is off all lists soon", (how) => {
    const { sim, checker } = newCluster(20);
    const gone = sim.peer(7);
    if (how === "failed") sim.killHost(gone);
    else sim.leave(gone);
    sim.expectAgreement({ withinMs: 20_000 });
    sim.runUntil(() => isListedByNone(sim.running, gone), { withinMs: 20_000 });
    expect(sim.running.every((peer) => knows(peer, gone))).toBe(true);
    expect(sim.peer(3).peer.detail(gone.address)?.status).toBe(how);

    sim.peer(3).peer.forget(gone.address);
    expect(knows(sim.peer(3), gone)).toBe(false);
    const tookMs = sim.runUntil(() => !sim.running.some((peer) => knows(peer, gone)), {
      withinMs: 1_000,
    });
    expect(tookMs).toBeDefined();
    expect(sim.peer(3).peer.details()).toHaveLength(19);
    sim.runFor(60_000);
    expect(sim.running.filter((peer) => knows(peer, gone))).toEqual([]);
    expect(sim.agrees).toBe(true);
    expect(checker.violations).toEqual([]);
  });

  test("stays so when one who did not hear of it comes back", () => {
    const { sim, checker } = newCluster(12);
    const [gone, asleep] = [sim.peer(4), sim.peer(9)];
    sim.killHost(gone);
    sim.runUntil(() => isListedByNone(sim.running, gone), { withinMs: 20_000 });
    sim.pause(asleep);
    sim.peer(0).peer.forget(gone.address);
    sim.runFor(30_000);
    sim.resume(asleep);
    sim.runFor(10_000);
    sim.expectAgreement({ withinMs: 20_000 });
    expect(sim.running.filter((peer) => knows(peer, gone))).toEqual([]);
    expect(checker.violations).toEqual([]);
  });

  test("comes back when it is started again, and is known since then", () => {
    const { sim, checker } = newCluster(8);
    const gone = sim.peer(5);
    const knownSinceMs = sim.peer(0).peer.detail(gone.address)?.knownSinceMs ?? Number.NaN;
    sim.killHost(gone);
    sim.runUntil(() => isListedByNone(sim.running, gone), { withinMs: 20_000 });
    sim.peer(0).peer.forget(gone.address);
    sim.runFor(1_000);
    sim.restart(gone);
    sim.expectAgreement({ withinMs: 20_000 });
    expect(isListedByAll(sim.running, gone)).toBe(true);
    expect(sim.peer(0).peer.detail(gone.address)?.knownSinceMs).toBeGreaterThan(knownSinceMs);
    expect(checker.violations).toEqual([]);
  });

  test("comes back by its own higher incarnation when it lived all the time", () => {
    const { sim, checker } = newCluster(10);
    const cutOff = sim.peer(6);
    const others = sim.peers.filter((peer) => peer !== cutOff);
    sim.partition([cutOff], others);
    expect(sim.runUntil(() => isListedByNone(others, cutOff), { withinMs: 60_000 })).toBeDefined();
    sim.peer(0).peer.forget(cutOff.address);
    sim.runFor(5_000);
    expect(others.some((peer) => knows(peer, cutOff))).toBe(false);
    sim.heal();
    sim.expectAgreement({ withinMs: 60_000 });
    expect(isListedByAll(sim.running, cutOff)).toBe(true);
    expect(sim.peer(0).peer.detail(cutOff.address)).toMatchObject({
      status: "live",
      incarnation: 1,
    });
    expect(checker.violations).toEqual([]);
  });
});

test("a survivor of two, which nobody can confirm a failure to, can forget the other", () => {
  const { sim } = newCluster(2);
  const [survivor, gone] = [sim.peer(0), sim.peer(1)];
  sim.killHost(gone);
  expect(sim.runUntil(() => isListedByNone([survivor], gone), { withinMs: 60_000 })).toBeDefined();
  survivor.peer.forget(gone.address);
  expect(knows(survivor, gone)).toBe(false);
  sim.runFor(30_000);
  expect(knows(survivor, gone)).toBe(false);
});

describe("one core by itself", () => {
  const [SUBJECT, OTHER] = ["10.0.0.9:7946", "10.0.0.2:7946"];

  test("tells others of whom it forgets, and is not told of them again", () => {
    const lone = new LoneNativeCore();
    const other = lone.meets(OTHER);
    other.tells(forged(OTHER), forged(SUBJECT, { verdict: "failed" }));
    lone.core.forget(SUBJECT, lone.now);
    lone.advance(10);
    expect(other.heardOf(SUBJECT)).toMatchObject({ verdict: "forgotten" });
    expect(lone.core.remembers(SUBJECT)).toBe(false);

    other.tells(forged(SUBJECT, { verdict: "failed" }), forged(SUBJECT));
    expect(lone.core.remembers(SUBJECT)).toBe(false);
    other.tells(forged(SUBJECT, { incarnation: 1 }));
    expect(lone.core.lists(SUBJECT)).toBe(true);
  });

  test("forgets nobody who is live, unknown, or itself", () => {
    const lone = new LoneNativeCore();
    const other = lone.meets(OTHER);
    other.tells(forged(OTHER), forged(SUBJECT));
    const before = lone.core.fingerprint;
    for (const address of [SUBJECT, "10.0.0.77:7946", lone.core.address]) {
      lone.core.forget(address, lone.now);
    }
    expect(lone.core.fingerprint).toEqual(before);
  });
});
