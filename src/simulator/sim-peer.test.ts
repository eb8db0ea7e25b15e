// What a process starts with: its seeds as they are written, other ones after a restart, and what its
// disk holds, whatever became of that.

import { describe, expect, test } from "vitest";
import type { ProcessStart, SimPeer } from "./sim-peer.js";
import { Simulator, type SimulatorOptions } from "./simulator.js";

const HOUR_MS = 3_600_000;

/** Peers that each begin on their own, with a disk each. */
function loners(peers: number, options: Partial<SimulatorOptions> = {}): Simulator {
  return new Simulator({
    seed: 1,
    peers,
    seedsOf: () => [],
    options: { pingPeriodMs: 200, dataDir: "disk" },
    ...options,
  });
}

/** How many each of the running peers lists, some time later. */
function sizesAfter(sim: Simulator, durationMs = 5_000): number[] {
  sim.runFor(durationMs);
  return sim.running.map((peer) => peer.peer.members().size);
}

function generationOf({ native }: SimPeer): number {
  return native?.own.generation ?? expect.fail("no native core");
}

/** Peers 0 and 1 are a cluster, 2 is alone, and then 1 crashes and comes back as told. */
function broughtBack(beginning: (sim: Simulator) => ProcessStart): Simulator {
  const sim = loners(3, { seedsOf: (index) => (index === 1 ? [0] : []) });
  expect(sizesAfter(sim)).toEqual([2, 2, 1]);
  sim.crash(sim.peer(1));
  sim.runFor(5_000);
  sim.restart(sim.peer(1), beginning(sim));
  return sim;
}

describe("a restart", () => {
  test("is with the seeds that the process had, unless it is given others", () => {
    const seedsAfter = (start: ProcessStart) => broughtBack(() => start).peer(1).seedAddresses;
    expect(seedsAfter({})).toEqual(["10.0.0.1:7946"]);
    expect(seedsAfter({ seeds: ["10.0.0.3:7946"] })).toEqual(["10.0.0.3:7946"]);
    expect(seedsAfter({ seeds: [] })).toEqual([]);
  });

  test("with other seeds finds their cluster, and keeps them from then on", () => {
    const elsewhere = { seeds: ["10.0.0.3:7946"], disk: "lost" } as const;
    const sim = broughtBack(() => elsewhere);
    sim.crash(sim.peer(0));
    expect(sizesAfter(sim)).toEqual([2, 2]);
    sim.crash(sim.peer(1));
    sim.restart(sim.peer(1));
    expect(sim.peer(1).seedAddresses).toEqual(elsewhere.seeds);
    expect(sizesAfter(sim)).toEqual([2, 2]);
  });

  test("is under the name that the process had, unless it is given another", () => {
    const nameAfter = (start: string | ProcessStart) => {
      const sim = loners(1);
      sim.restart(sim.peer(0), start);
      return [sim.peer(0).name, sim.peer(0).peer.info.name];
    };
    expect(nameAfter({})).toEqual(["peer-0", "peer-0"]);
    expect(nameAfter("other")).toEqual(["other", "other"]);
    expect(nameAfter({ name: "other" })).toEqual(["other", "other"]);
  });
});

describe("the disk of a process that starts again without seeds", () => {
  test("tells it whom it knew, and nothing where it was lost", () => {
    // Peer 0 looks for it, as it does for whoever failed; what it knows itself is what counts.
    const knownAfter = (start: ProcessStart) =>
      broughtBack(() => ({ ...start, seeds: [] })).peer(1).native?.sizes.candidates;
    expect(knownAfter({})).toBe(1);
    expect(knownAfter({ disk: "lost" })).toBe(0);
  });

  test("tells it whom the other knew where it is a copy of one that stopped", () => {
    const sim = loners(4, { seedsOf: (index) => (index === 1 ? [0] : []) });
    sim.runFor(5_000);
    sim.crash(sim.peer(1));
    sim.restart(sim.peer(3), { disk: sim.peer(1) });
    sim.runFor(5_000);
    expect(sim.peer(3).peer.members().has(sim.peer(0).address)).toBe(true);
    expect(sim.peer(3).peer.members().has(sim.peer(2).address)).toBe(false);
  });

  test("tells it whom the other knows where it is a copy of one that runs", () => {
    const sim = loners(4, { seedsOf: (index) => (index === 1 ? [0] : []) });
    sim.runFor(5_000);
    sim.restart(sim.peer(3), { disk: sim.peer(1) });
    expect(sizesAfter(sim)).toEqual([3, 3, 1, 3]);
  });

  test("holds nothing without a data directory, copied or not", () => {
    const sim = loners(3, {
      seedsOf: (index) => (index === 1 ? [0] : []),
      options: { pingPeriodMs: 200 },
    });
    sim.runFor(5_000);
    sim.crash(sim.peer(0));
    sim.restart(sim.peer(1), { seeds: [] });
    sim.restart(sim.peer(2), { disk: sim.peer(0) });
    expect(sim.peers.map((peer) => peer.native?.sizes.candidates)).toEqual([0, 0, 0]);
  });

  test("is one boot older where a backup was brought back", () => {
    /** The last of three boots, of which the second had a clock that was far ahead. */
    function thirdBoot(start: ProcessStart): { aheadOfFirstMs: number; aheadOfSecondMs: number } {
      const sim = loners(1);
      const peer = sim.peer(0);
      const first = generationOf(peer);
      sim.jumpClock(peer, 10 * HOUR_MS);
      sim.restart(peer);
      const second = generationOf(peer);
      sim.jumpClock(peer, -10 * HOUR_MS);
      sim.restart(peer, start);
      const third = generationOf(peer);
      return { aheadOfFirstMs: third - first, aheadOfSecondMs: third - second };
    }
    // What the second kept is above the clock of the third.
    expect(thirdBoot({}).aheadOfSecondMs).toBeGreaterThan(0);
    expect(thirdBoot({ disk: "old" }).aheadOfFirstMs).toBe(1);
    expect(thirdBoot({ disk: "lost" }).aheadOfFirstMs).toBe(0);
  });
});

describe("a name that seeds are given by", () => {
  const NAME = "seeds.test";

  function namedCluster(): Simulator {
    return new Simulator({
      seed: 1,
      peers: 3,
      start: "stopped",
      seedNamesOf: (index) => (index === 0 ? undefined : [`${NAME}:7946`]),
      options: { pingPeriodMs: 200 },
      dns: { [NAME]: [] },
    });
  }

  test("leads to nobody, and later to whom it is set to, also for those that run", () => {
    const sim = namedCluster();
    for (const peer of sim.peers) sim.restart(peer);
    expect(sizesAfter(sim)).toEqual([1, 1, 1]);
    expect(sim.peer(1).seedAddresses).toEqual([]);
    sim.setDns(NAME, ["10.0.0.1"]);
    expect(sim.peer(1).seedAddresses).toEqual(["10.0.0.1:7946"]);
    expect(sizesAfter(sim, 30_000)).toEqual([3, 3, 3]);
  });

  test("leads whoever starts to whom it is set to by then", () => {
    const sim = namedCluster();
    sim.setDns(NAME, ["10.0.0.1"]);
    sim.restart(sim.peer(0));
    sim.restart(sim.peer(1));
    expect(sizesAfter(sim)).toEqual([2, 2]);
    sim.setDns(NAME, []);
    sim.restart(sim.peer(2));
    expect(sizesAfter(sim)).toEqual([2, 2, 1]);
  });
});

describe("a machine that sleeps", () => {
  /** What becomes of a cluster of three while one sleeps, and once it is awake. */
  test.each([true, false])("is given up, and back once it wakes (counts sleep: %s)", (counts) => {
    const sim = new Simulator({ seed: 1, peers: 3, options: { pingPeriodMs: 200 } });
    sim.expectAgreement({ withinMs: 10_000 });
    const sleeper = sim.peer(2);
    const dials = sleeper.host.counters.dials;
    sim.sleep(sleeper);
    sim.runFor(20_000);
    expect(sim.peer(0).peer.members().has(sleeper.address)).toBe(false);
    expect(sleeper.host.counters.dials).toBe(dials);
    sim.wake(sleeper, { countsSleep: counts });
    sim.expectAgreement({ withinMs: 30_000 });
    expect(sizesAfter(sim, 1_000)).toEqual([3, 3, 3]);
    // Only one whose clock went on can know that it slept.
    expect(sleeper.native?.counters.stalls).toBe(counts ? 1 : 0);
  });
});

test("a narrow line makes one peer's words late, until it is as wide as the others'", () => {
  const sim = new Simulator({ seed: 1, peers: 3, options: { pingPeriodMs: 200 } });
  sim.expectAgreement({ withinMs: 10_000 });
  const msUntilSeen = (name: string): number => {
    sim.peer(2).peer.updateInfo({ name, metadata: { load: name.repeat(500) } });
    const isSeen = () => sim.peer(0).peer.members().get(sim.peer(2).address)?.info.name === name;
    return sim.runUntil(isSeen, { withinMs: 60_000 }) ?? expect.fail("not seen");
  };
  expect(msUntilSeen("a")).toBeLessThan(20);
  sim.narrow(sim.peer(2), 10);
  expect(msUntilSeen("b")).toBeGreaterThan(50);
  sim.narrow(sim.peer(2), undefined);
  sim.runFor(5_000);
  expect(msUntilSeen("c")).toBeLessThan(20);
});
