// The token bucket: a burst, then so many a second and never more, and a wake-up that is told to
// come back finds its token.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RateLimit } from "./rate-limit.js";

function takeAll(limit: RateLimit, now: number): number {
  let taken = 0;
  while (limit.take(now)) taken += 1;
  return taken;
}

describe("a limit of 10 a second", () => {
  test("allows a burst of 10 at first", () => {
    expect(takeAll(new RateLimit(10, 500), 500)).toBe(10);
  });

  test("allows one more each 100 ms after a burst", () => {
    const limit = new RateLimit(10, 500);
    takeAll(limit, 500);
    expect(takeAll(limit, 599)).toBe(0);
    expect(takeAll(limit, 600)).toBe(1);
    expect(takeAll(limit, 850)).toBe(2);
    expect(takeAll(limit, 900)).toBe(1);
  });

  test("allows no more than one burst however long it rested", () => {
    const limit = new RateLimit(10, 500);
    takeAll(limit, 500);
    expect(takeAll(limit, 3_600_000)).toBe(10);
  });

  test("says when the next one is allowed", () => {
    const limit = new RateLimit(10, 500);
    expect(limit.nextAtMs(500)).toBe(500);
    takeAll(limit, 500);
    expect(limit.nextAtMs(500)).toBe(600);
    expect(limit.nextAtMs(570)).toBe(600);
    expect(limit.nextAtMs(650)).toBe(650);
  });
});

/** Histories of waits, on clocks that begin anywhere. */
const histories = fc.record({
  perSecond: fc.oneof(fc.constantFrom(1, 3, 7, 10, 100), fc.integer({ min: 1, max: 500 })),
  startMs: fc.oneof(fc.constant(0), fc.nat(1e9), fc.double({ min: 0, max: 1e9, noNaN: true })),
  waitsMs: fc.array(
    fc.oneof(fc.constant(0), fc.nat(500), fc.double({ min: 0, max: 20, noNaN: true })),
    { maxLength: 50 },
  ),
});

test("in no stretch of time is more allowed than a burst and the rate", () => {
  fc.assert(
    fc.property(histories, ({ perSecond, startMs, waitsMs }) => {
      const limit = new RateLimit(perSecond, startMs);
      const taken: { readonly atMs: number; readonly count: number }[] = [];
      let now = startMs;
      for (const waitMs of [0, ...waitsMs]) {
        now += waitMs;
        taken.push({ atMs: now, count: takeAll(limit, now) });
      }
      for (const [index, { atMs }] of taken.entries()) {
        let count = 0;
        for (const later of taken.slice(index)) {
          count += later.count;
          // A little more, for what adding up fractions loses.
          const allowed = perSecond + ((later.atMs - atMs) * perSecond) / 1_000 + 1e-4;
          expect(count).toBeLessThanOrEqual(allowed);
        }
      }
    }),
  );
});

test("a wake-up at the time that it was told finds a token, in every history", () => {
  fc.assert(
    fc.property(histories, ({ perSecond, startMs, waitsMs }) => {
      const limit = new RateLimit(perSecond, startMs);
      let now = startMs;
      for (const waitMs of waitsMs) {
        takeAll(limit, now);
        const nextMs = limit.nextAtMs(now);
        // Or whoever is woken would find nothing, and be told to come back at once, for ever.
        expect(nextMs).toBeGreaterThan(now);
        expect(nextMs).toBeLessThanOrEqual(now + 1 + 1_000 / perSecond);
        now = Math.max(nextMs, now + waitMs);
        expect(limit.take(now)).toBe(true);
      }
    }),
    { numRuns: 1_000 },
  );
});
