// The seeds: dialled for ever, soon after a failure and ever less soon up to 5 s, and answered when
// one of their addresses is.

import { describe, expect, test } from "vitest";
import { seededRandom } from "../../test/support/seeded-random.js";
import { DEFAULT_LIMITS, type Limits } from "./limits.js";
import type { Random } from "./random.js";
import { SeedList } from "./seed-list.js";
import { DEFAULT_TIMING, SEED_BACKOFF } from "./timing.js";

const NOW = 1_000;
const { seedPeriodMs } = DEFAULT_TIMING;
const ALMOST_ONE = 1 - 2 ** -53;

function seedList(random: Random = () => 0.5, limits: Partial<Limits> = {}): SeedList {
  return new SeedList({ ...DEFAULT_LIMITS, ...limits }, DEFAULT_TIMING, random);
}

/** Begins the attempt at "a", which is due, and ends it by a failure. */
function fail(seeds: SeedList, now: number): void {
  expect(seeds.takeDue(now)).toEqual(["a"]);
  expect(seeds.onFailed("a", "refused", now)).toEqual({
    type: "seed-failed",
    seed: "a",
    reason: "refused",
  });
}

describe("a seed", () => {
  test("is due at once, and not again while it is dialled", () => {
    const seeds = seedList();
    expect(seeds.nextAtMs()).toBeUndefined();
    expect(seeds.add("a", NOW)).toBe(true);
    expect(seeds.nextAtMs()).toBe(NOW);
    expect(seeds.takeDue(NOW)).toEqual(["a"]);
    expect(seeds.takeDue(NOW + 3_600_000)).toEqual([]);
    expect(seeds.nextAtMs()).toBeUndefined();
  });

  test("is not due before its time", () => {
    const seeds = seedList();
    seeds.add("a", NOW);
    expect(seeds.takeDue(NOW - 1)).toEqual([]);
    expect(seeds.takeDue(NOW)).toEqual(["a"]);
  });

  test("that is added twice is one seed, and is due again at once", () => {
    const seeds = seedList();
    seeds.add("a", NOW);
    fail(seeds, NOW);
    expect(seeds.add("a", NOW + 1)).toBe(true);
    expect(seeds.size).toBe(1);
    expect(seeds.takeDue(NOW + 1)).toEqual(["a"]);
  });

  test("that is added again while it is dialled is not dialled twice", () => {
    const seeds = seedList();
    seeds.add("a", NOW);
    seeds.takeDue(NOW);
    expect(seeds.add("a", NOW)).toBe(true);
    expect(seeds.takeDue(NOW)).toEqual([]);
  });

  test("beyond the limit is refused, one that is there is not", () => {
    const seeds = seedList(undefined, { maxSeeds: 2 });
    expect([seeds.add("a", NOW), seeds.add("b", NOW), seeds.add("c", NOW)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(seeds.add("a", NOW)).toBe(true);
    expect([seeds.size, seeds.has("b"), seeds.has("c")]).toEqual([2, true, false]);
  });

  test("that is not known changes nothing", () => {
    const seeds = seedList();
    expect(seeds.onAnswered("a", true, NOW)).toBeUndefined();
    expect(seeds.onFailed("a", "refused", NOW)).toBeUndefined();
    expect(seeds.size).toBe(0);
  });
});

test("of several seeds those that are due are taken, and the earliest says when", () => {
  const seeds = seedList();
  seeds.add("a", NOW);
  fail(seeds, NOW);
  seeds.add("b", NOW + 10);
  expect(seeds.nextAtMs()).toBe(NOW + 10);
  expect(seeds.takeDue(NOW + 10)).toEqual(["b"]);
  expect(seeds.nextAtMs()).toBeGreaterThan(NOW + 10);
  expect(seeds.takeDue(NOW + 5_000)).toEqual(["a"]);
});

describe("after a failure", () => {
  test.each([
    ["soonest", 0, [125, 250, 500, 1_000, 2_000, 2_500, 2_500]],
    ["latest", ALMOST_ONE, [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]],
  ])("the waits double up to 5 s, at the %s", (_, chance, waitsMs) => {
    const seeds = seedList(() => chance);
    seeds.add("a", NOW);
    let now = NOW;
    for (const waitMs of waitsMs) {
      fail(seeds, now);
      expect((seeds.nextAtMs() ?? 0) - now).toBeCloseTo(waitMs, 3);
      now += waitMs;
    }
  });

  test("it is dialled for ever, never more than 5 s later", () => {
    const seeds = seedList(seededRandom(4));
    seeds.add("a", NOW);
    let now = NOW;
    for (let attempt = 0; attempt < 10_000; attempt += 1) {
      fail(seeds, now);
      const nextMs = seeds.nextAtMs() ?? Number.POSITIVE_INFINITY;
      expect(nextMs).toBeGreaterThan(now);
      expect(nextMs).toBeLessThanOrEqual(now + SEED_BACKOFF.maxMs);
      now = nextMs;
    }
  });

  test("the waits are spread, so that many peers do not come back together", () => {
    const dueAtMs = Array.from({ length: 50 }, (_, seed) => {
      const seeds = seedList(seededRandom(seed));
      seeds.add("a", NOW);
      fail(seeds, NOW);
      return seeds.nextAtMs();
    });
    expect(new Set(dueAtMs).size).toBe(50);
  });

  test("an answer makes the waits short again", () => {
    const seeds = seedList(() => 0);
    seeds.add("a", NOW);
    let now = NOW;
    for (let attempt = 0; attempt < 10; attempt += 1) {
      fail(seeds, now);
      now = seeds.nextAtMs() ?? now;
    }
    seeds.takeDue(now);
    seeds.onAnswered("a", true, now);
    now = seeds.nextAtMs() ?? now;
    fail(seeds, now);
    expect(seeds.nextAtMs()).toBe(now + 125);
  });
});

describe("after an answer", () => {
  test.each([
    ["soonest", 0, 0.75],
    ["latest", ALMOST_ONE, 1.25],
  ])("it is dialled again after about a seed period, at the %s", (_, chance, periods) => {
    const seeds = seedList(() => chance);
    seeds.add("a", NOW);
    seeds.takeDue(NOW);
    expect(seeds.onAnswered("a", true, NOW)).toEqual({ type: "seed-answered", seed: "a" });
    expect(seeds.nextAtMs()).toBeCloseTo(NOW + seedPeriodMs * periods, 3);
  });

  test("to a ping only, it is dialled again as soon as after a failure", () => {
    const seeds = seedList(() => ALMOST_ONE);
    seeds.add("a", NOW);
    seeds.takeDue(NOW);
    expect(seeds.onAnswered("a", false, NOW)).toEqual({ type: "seed-answered", seed: "a" });
    expect(seeds.nextAtMs()).toBeCloseTo(NOW + SEED_BACKOFF.baseMs, 3);
  });
});

describe("a seed with several addresses", () => {
  function resolved(limits: Partial<Limits> = {}): SeedList {
    const seeds = seedList(undefined, limits);
    seeds.add("a", NOW);
    seeds.takeDue(NOW);
    seeds.onResolved("a", ["10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1"]);
    return seeds;
  }

  test("is dialled at each of them, in order", () => {
    const seeds = resolved();
    expect([seeds.takeDial(), seeds.takeDial(), seeds.takeDial()]).toEqual([
      { seed: "a", address: "10.0.0.1:1" },
      { seed: "a", address: "10.0.0.2:1" },
      { seed: "a", address: "10.0.0.3:1" },
    ]);
    expect(seeds.takeDial()).toBeUndefined();
  });

  test("is dialled at so many at once, and at the next when a dial has ended", () => {
    const seeds = resolved({ maxDials: 2 });
    expect(seeds.takeDial()?.address).toBe("10.0.0.1:1");
    expect(seeds.takeDial()?.address).toBe("10.0.0.2:1");
    expect(seeds.takeDial()).toBeUndefined();
    seeds.endDial();
    expect(seeds.takeDial()?.address).toBe("10.0.0.3:1");
  });

  test("has answered as soon as one of them has", () => {
    const seeds = resolved();
    expect(seeds.onFailed("a", "refused", NOW)).toBeUndefined();
    expect(seeds.onAnswered("a", true, NOW)).toEqual({ type: "seed-answered", seed: "a" });
    expect(seeds.nextAtMs()).toBeUndefined();
  });

  test("has not failed when the last of them has, and another answered", () => {
    const seeds = resolved();
    seeds.onAnswered("a", true, NOW);
    seeds.onFailed("a", "refused", NOW);
    expect(seeds.onFailed("a", "refused", NOW)?.type).toBe("seed-answered");
    expect(seeds.nextAtMs()).toBe(NOW + seedPeriodMs);
  });

  test("has failed only when all of them have", () => {
    const seeds = resolved();
    expect(seeds.onFailed("a", "refused", NOW)).toBeUndefined();
    expect(seeds.onFailed("a", "refused", NOW)).toBeUndefined();
    expect(seeds.onFailed("a", "no route", NOW)).toEqual({
      type: "seed-failed",
      seed: "a",
      reason: "no route",
    });
    expect(seeds.nextAtMs()).toBe(NOW + 187.5);
  });

  test("is due again only when the last of them has ended, and then starts anew", () => {
    const seeds = resolved();
    for (let dial = 0; dial < 3; dial += 1) {
      expect(seeds.takeDue(NOW + 60_000)).toEqual([]);
      seeds.onAnswered("a", true, NOW);
    }
    expect(seeds.takeDue(NOW + 60_000)).toEqual(["a"]);
    // The answers of the attempt before do not count.
    expect(seeds.onFailed("a", "refused", NOW + 60_000)?.type).toBe("seed-failed");
  });
});

describe("when a member went", () => {
  test("each seed is due within the longest back-off", () => {
    const seeds = seedList(seededRandom(5));
    for (const seed of ["a", "b"]) {
      seeds.add(seed, NOW);
      seeds.takeDue(NOW);
      seeds.onAnswered(seed, true, NOW);
    }
    seeds.hurry(NOW);
    expect(seeds.nextAtMs()).toBeGreaterThanOrEqual(NOW);
    expect(seeds.takeDue(NOW + SEED_BACKOFF.maxMs).sort()).toEqual(["a", "b"]);
  });

  test("none is put off", () => {
    const seeds = seedList(() => ALMOST_ONE);
    seeds.add("a", NOW);
    seeds.hurry(NOW);
    expect(seeds.nextAtMs()).toBe(NOW);
  });
});
