// What the core does with chance: a fair choice of an index, and waits that double and are spread
// so that many who failed together do not come back together.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../test/support/seeded-random.js";
import { backoffMs, randomIndex } from "./random.js";

/** The largest number that a generator gives. */
const ALMOST_ONE = 1 - 2 ** -53;

describe("a random index", () => {
  test.each([
    [1, 0, 0],
    [1, ALMOST_ONE, 0],
    [4, 0, 0],
    [4, 0.25, 1],
    [4, 0.5, 2],
    [4, ALMOST_ONE, 3],
  ])("below %d, when chance says %d, is %d", (end, chance, index) => {
    expect(randomIndex(end, () => chance)).toBe(index);
  });
});

describe("a back-off", () => {
  const range = { baseMs: 250, maxMs: 5_000 };

  test.each([
    [1, 125, 250],
    [2, 250, 500],
    [3, 500, 1_000],
    [4, 1_000, 2_000],
    [5, 2_000, 4_000],
    [6, 2_500, 5_000],
    [7, 2_500, 5_000],
    [1_000, 2_500, 5_000],
    [Number.MAX_SAFE_INTEGER, 2_500, 5_000],
  ])("before attempt %d is from %d ms to %d ms", (attempt, leastMs, mostMs) => {
    expect(backoffMs(attempt, range, () => 0)).toBe(leastMs);
    expect(backoffMs(attempt, range, () => ALMOST_ONE)).toBeCloseTo(mostMs, 6);
  });

  test("is spread: no two of many peers wait equally long", () => {
    const random = seededRandom(3);
    const waits = Array.from({ length: 100 }, () => backoffMs(10, range, random));
    expect(new Set(waits).size).toBe(waits.length);
    expect(Math.min(...waits)).toBeLessThan(2_750);
    expect(Math.max(...waits)).toBeGreaterThan(4_750);
  });

  test("is never longer than the maximum, nor shorter than half of the base or the maximum", () => {
    const ranges = fc.record({
      baseMs: fc.integer({ min: 1, max: 10_000 }),
      maxMs: fc.nat(100_000),
    });
    const chances = fc.double({ min: 0, max: ALMOST_ONE, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1 }), ranges, chances, (attempt, any, chance) => {
        const waitMs = backoffMs(attempt, any, () => chance);
        expect(waitMs).toBeLessThanOrEqual(any.maxMs);
        expect(waitMs).toBeGreaterThanOrEqual(Math.min(any.baseMs, any.maxMs) / 2);
      }),
    );
  });
});
