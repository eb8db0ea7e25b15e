// What one member can do that speaks the protocol perfectly and lies: it makes work, and strikes others
// for a moment a few times, and no more. docs/SECURITY.md tells of it.

import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import type { Verdict } from "../../src/core/native/member-record.js";
import { FULL_MESH_MEMBERS } from "../../src/core/native/rings.js";
import { type SimPeer, Simulator } from "../../src/simulator/index.js";
import { EPOCH_MS } from "../../src/simulator/sim-peer.js";
import { DAY_MINUTES, forged, GENERATION, LoneNativeCore } from "../support/lone-native-core.js";
import { Possessed } from "../support/possessed.js";
import { isListedByAll, isListedByNone, ListWatch } from "../support/removals.js";

/** Generations and expiries count from here. */
const YEAR_2024_MS = Date.UTC(2024, 0, 1);
const DAY_MS = 86_400_000;
/** More than a full mesh, so that news travels over others. */
const PEERS = 16;
const ACCUSE_EVERY_MS = 200;
const LOOK_EVERY_MS = 100;
const WATCHED_MS = 20_000;
/** Long enough for whoever is wrong to be known for it. */
const WARM_UP_MS = 10_000;

interface Scene {
  readonly sim: Simulator;
  readonly liar: Possessed;
  readonly victim: SimPeer;
  readonly honest: readonly SimPeer[];
}

function scene(peers = PEERS): Scene {
  const sim = new Simulator({ seed: 1, peers, start: "converged" });
  const liar = new Possessed(sim, sim.peer(2));
  const victim = sim.peer(5);
  const honest = sim.peers.filter((peer) => peer !== liar.peer);
  sim.runFor(5_000);
  return { sim, liar, victim, honest };
}

function minutesOf(sim: Simulator): number {
  return Math.floor((EPOCH_MS - YEAR_2024_MS + sim.nowMs) / 60_000);
}

/** That a member is gone which lives, as if most of its watchers had found so. */
function accuse({ sim, liar }: Scene, victim: SimPeer, verdict: Verdict): void {
  const expiresAt = minutesOf(sim) + DAY_MINUTES;
  liar.tells({ ...liar.record(victim), verdict, expiresAt });
}

function nameOf(at: SimPeer, of: SimPeer): string | undefined {
  return at.peer.members().get(of.address)?.info.name;
}

describe.each(["failed", "left", "forgotten"] as const)(
  "one that says %s of live members",
  (verdict) => {
    test("strikes nobody for longer than it takes to contradict, and soon nobody at all", () => {
      const it = scene();
      const { sim, liar, victim, honest } = it;
      const watch = new ListWatch(sim);
      liar.every(ACCUSE_EVERY_MS, () => accuse(it, victim, verdict));
      sim.runFor(WARM_UP_MS);
      expect(absence(it, WATCHED_MS)).toBeLessThan(0.01);
      // Each peer believes so many, of each that tells it of them.
      const tellers = 2 * FULL_MESH_MEMBERS;
      const most = honest.length * tellers * DEFAULT_LIMITS.maxRefutedVerdicts;
      expect(watch.removals.length).toBeLessThanOrEqual(most);
      // By then most of them are known.
      const struck = watch.removals.length;
      expect(absence(it, WATCHED_MS)).toBeLessThan(0.01);
      const rest = honest.length * DEFAULT_LIMITS.maxRefutedVerdicts;
      expect(watch.removals.length - struck).toBeLessThanOrEqual(rest);
      expect(victim.peer.stats().nativeRefutations).toBeGreaterThan(100);
      expect(isListedByAll(honest, victim)).toBe(true);
      const relisted = watch.additions.map(({ of }) => of);
      expect(relisted).toEqual(watch.removals.map(({ of }) => of));
    });

    test("where all watch each other, strikes nobody at all", () => {
      const it = scene(8);
      const watch = new ListWatch(it.sim);
      it.liar.every(ACCUSE_EVERY_MS, () => accuse(it, it.victim, verdict));
      it.sim.runFor(20_000);
      expect(it.liar.sent).toBeGreaterThan(100);
      expect(watch.removals).toEqual([]);
    });

    test("says it of all at once, and strikes nobody for longer either", () => {
      const it = scene();
      const { sim, liar, honest } = it;
      liar.every(1_000, () => {
        for (const victim of honest) accuse(it, victim, verdict);
      });
      sim.runFor(WARM_UP_MS);
      const watch = new ListWatch(sim);
      expect(absence(it, WATCHED_MS, honest)).toBeLessThan(0.001);
      // Each that has told of them is believed so often, and the honest ones pass on what they believe.
      const most = honest.length * FULL_MESH_MEMBERS * DEFAULT_LIMITS.maxRefutedVerdicts;
      expect(watch.removals.length).toBeLessThanOrEqual(most);
      for (const peer of honest) expect(isListedByAll(honest, peer)).toBe(true);
    });
  },
);

test("one that says so over and over does not keep a member out that really failed once before", () => {
  const it = scene();
  const { sim, liar, victim, honest } = it;
  sim.pause(victim);
  expect(
    sim.runUntil(
      () =>
        isListedByNone(
          honest.filter((peer) => peer !== victim),
          victim,
        ),
      { withinMs: 30_000 },
    ),
  ).toBeDefined();
  sim.resume(victim);
  expect(sim.runUntil(() => isListedByAll(honest, victim), { withinMs: 30_000 })).toBeDefined();
  liar.every(ACCUSE_EVERY_MS, () => accuse(it, victim, "failed"));
  expect(absence(it, WATCHED_MS)).toBeLessThan(0.01);
});

/** The share of the time for which an honest peer did not list the victims. */
function absence(
  { sim, victim, honest }: Scene,
  durationMs: number,
  victims: readonly SimPeer[] = [victim],
): number {
  const pairs = victims.flatMap((of) => honest.filter((by) => by !== of).map((by) => ({ by, of })));
  let missed = 0;
  for (let ms = 0; ms < durationMs; ms += LOOK_EVERY_MS) {
    sim.runFor(LOOK_EVERY_MS);
    missed += pairs.filter(({ by, of }) => !by.peer.members().has(of.address)).length;
  }
  return missed / (pairs.length * (durationMs / LOOK_EVERY_MS));
}

describe("the record of another", () => {
  test.each([
    ["version", { version: 1 }],
    ["incarnation", { incarnation: 1, version: 1 }],
    ["generation", { generation: 60_000, version: 1 }],
  ] as const)("with a higher %s stands only until its owner hears of it", (_, more) => {
    const { sim, liar, victim, honest } = scene();
    const say = (): void => {
      const record = liar.record(victim);
      liar.tells({
        ...record,
        generation: record.generation + ("generation" in more ? more.generation : 0),
        incarnation: record.incarnation + ("incarnation" in more ? more.incarnation : 0),
        version: record.version + more.version,
        name: "forged",
      });
    };
    say();
    expect(
      sim.runUntil(() => honest.some((peer) => nameOf(peer, victim) === "forged"), {
        withinMs: 2_000,
      }),
    ).toBeDefined();
    expect(
      sim.runUntil(() => honest.every((peer) => nameOf(peer, victim) === victim.name), {
        withinMs: 2_000,
      }),
    ).toBeDefined();
    // Many times over, it is the same.
    for (let count = 0; count < 50; count += 1) {
      say();
      sim.runFor(100);
    }
    sim.runFor(1_000);
    expect(honest.map((peer) => nameOf(peer, victim))).toEqual(honest.map(() => victim.name));
    sim.expectAgreement({ withinMs: 10_000 });
  });

  test("from the farthest future that anybody believes is outdone too, whoever has the fastest clock", () => {
    const sim = new Simulator({ seed: 1, peers: PEERS, start: "converged" });
    const liar = new Possessed(sim, sim.peer(2));
    const [victim, fast] = [sim.peer(5), sim.peer(7)];
    const AHEAD_MS = 3_600_000;
    sim.jumpClock(fast, AHEAD_MS);
    sim.restart(fast);
    sim.runFor(10_000);
    const generation = EPOCH_MS - YEAR_2024_MS + sim.nowMs + DAY_MS + AHEAD_MS - 60_000;
    liar.says({
      type: "rumors",
      records: [
        { ...liar.record(victim), generation, name: "forged", sinceVersion: 0, deletedKeys: [] },
      ],
      first: true,
      accusing: false,
    });
    sim.runFor(5_000);
    expect(nameOf(fast, victim)).toBe(victim.name);
    expect(victim.native?.own.generation).toBe(generation + 1);
    expect(isListedByAll(sim.peers, victim)).toBe(true);
  });

  test("as it was long ago changes nothing, however often it is said again", () => {
    const { sim, liar, victim, honest } = scene();
    const old = liar.record(victim);
    victim.peer.updateInfo({ name: "new" });
    sim.runFor(1_000);
    const before = honest.map((peer) => peer.fingerprint);
    for (let count = 0; count < 50; count += 1) {
      liar.tells(old);
      sim.runFor(50);
    }
    expect(honest.map((peer) => nameOf(peer, victim))).toEqual(honest.map(() => "new"));
    expect(honest.map((peer) => peer.fingerprint)).toEqual(before);
  });
});

test("a tombstone of one that came back long since is not believed, however often it is said again", () => {
  const it = scene();
  const { sim, liar, victim, honest } = it;
  sim.crash(victim);
  const others = honest.filter((peer) => peer !== victim);
  expect(sim.runUntil(() => isListedByNone(others, victim), { withinMs: 30_000 })).toBeDefined();
  sim.runFor(1_000);
  const tombstone = liar.record(victim);
  expect(tombstone.verdict).toBe("failed");
  sim.restart(victim);
  expect(sim.runUntil(() => isListedByAll(honest, victim), { withinMs: 30_000 })).toBeDefined();
  const watch = new ListWatch(sim);
  for (let count = 0; count < 50; count += 1) {
    liar.tells(tombstone);
    sim.runFor(50);
  }
  expect(watch.removals).toEqual([]);
});

describe("one that lies as a watcher", () => {
  test.each(["answered", "silent", "refused"] as const)(
    "and finds %s whatever it is asked: who is gone goes, and who lives stays",
    (finding) => {
      const { sim, liar, victim, honest } = scene();
      liar.rewrite = (frame) =>
        frame.type === "evidence"
          ? { ...frame, finding, late: finding === "answered" ? 0 : 10 }
          : frame;
      const watch = new ListWatch(sim);
      // Asked by a peer that cannot reach it, the others vouch.
      const deaf = sim.peer(9);
      sim.cut([sim.peer(11)], [deaf]);
      sim.runFor(20_000);
      expect(watch.removed).toEqual([]);
      sim.heal();
      sim.killHost(victim);
      const others = honest.filter((peer) => peer !== victim);
      expect(
        sim.runUntil(() => isListedByNone(others, victim), { withinMs: 60_000 }),
      ).toBeDefined();
      sim.runFor(5_000);
      expect(watch.removed).toEqual([victim.name]);
    },
  );
});

describe("one that asks without end", () => {
  const { maxRequestsPerSecond } = DEFAULT_LIMITS;

  test("about members is answered so often in a second, and the rest is counted", () => {
    const lone = new LoneNativeCore();
    const liar = lone.meets("10.0.0.9:7946");
    liar.tells(forged("10.0.0.9:7946"));
    for (let seq = 1; seq <= maxRequestsPerSecond + 1; seq += 1) {
      liar.sends({
        type: "ask",
        seq,
        address: lone.core.address,
        generation: GENERATION,
        trial: 0,
      });
    }
    const answers = liar.received.filter(({ type }) => type === "evidence");
    expect(answers).toHaveLength(maxRequestsPerSecond);
    expect(lone.rejected("frame-too-often")).toBe(1);
  });

  test.each([
    ["symbols", { type: "symbols-request", seq: 1, from: 0, count: 512 }],
    ["records", { type: "records-request", seq: 1, hashes: [], all: true }],
  ] as const)("for %s too", (_, frame) => {
    const lone = new LoneNativeCore();
    const liar = lone.meets("10.0.0.9:7946");
    for (let count = 0; count <= maxRequestsPerSecond; count += 1) liar.sends(frame);
    expect(lone.rejected("frame-too-often")).toBe(1);
    lone.advance(1_000);
    liar.sends(frame);
    expect(lone.rejected("frame-too-often")).toBe(1);
  });
});

test("one that accuses more members at once than wait is cut short, and counted", () => {
  const limits = { maxAccusations: 4 };
  const lone = new LoneNativeCore({ limits });
  const liar = lone.meets("10.0.0.9:7946");
  const members = Array.from({ length: 12 }, (_, index) => `10.0.1.${index + 1}:7946`);
  liar.tells(...members.map((address) => forged(address)));
  const accuse = (addresses: readonly string[]): void => {
    liar.exchanges(...addresses.map((address) => forged(address, { verdict: "failed" })));
  };
  accuse(members.slice(0, limits.maxAccusations));
  expect(lone.rejected("too-many-accusations")).toBe(0);
  accuse(members.slice(0, limits.maxAccusations + 1));
  expect(lone.rejected("too-many-accusations")).toBe(1);
});

test("a teller whose verdicts were contradicted so often is no longer believed at once", () => {
  const limits = { maxRefutedVerdicts: 3 };
  const lone = new LoneNativeCore({ limits });
  const liar = lone.meets("10.0.0.9:7946");
  const honest = lone.meets("10.0.0.8:7946");
  honest.tells(forged(liar.address), forged(honest.address));
  const members = Array.from({ length: 12 }, (_, index) => `10.0.1.${index + 1}:7946`);
  const victim = members[0] ?? "";
  honest.tells(...members.map((address) => forged(address)));
  const isStruck = (incarnation: number): boolean => {
    liar.tells(forged(victim, { verdict: "failed", incarnation }));
    const struck = !lone.core.lists(victim);
    honest.tells(forged(victim, { incarnation: incarnation + 1 }));
    return struck;
  };
  const struck = Array.from({ length: limits.maxRefutedVerdicts + 1 }, (_, index) =>
    isStruck(index),
  );
  expect(struck).toEqual([true, true, true, false]);
  expect(lone.rejected("teller-often-wrong")).toBe(1);
  // Another is believed.
  honest.tells(forged(members[1] ?? "", { verdict: "failed" }));
  expect(lone.core.lists(members[1] ?? "")).toBe(false);
});
