// How long a member is suspected: from the longest time when nobody confirms it to the shortest when
// most watchers do, and never beyond either.

import { expect, test } from "vitest";
import { DEFAULT_TIMING } from "../timing.js";
import { nativeTiming } from "./native-timing.js";
import { confirmationsNeeded, suspicionMs } from "./suspicion.js";

const TIMING = nativeTiming({ ...DEFAULT_TIMING, pingPeriodMs: 1_000 }, 500);
const { minSuspicionMs, maxSuspicionMs } = TIMING;

test.each([
  [0, 1],
  [1, 1],
  [2, 1],
  [3, 2],
  [7, 4],
  [8, 4],
])("of %i other watchers %i are needed", (watchers, needed) => {
  expect(confirmationsNeeded(watchers)).toBe(needed);
});

test("without a confirmation it lasts longest, and with as many as needed or more shortest", () => {
  expect([minSuspicionMs, maxSuspicionMs]).toEqual([1_000, 8_000]);
  for (const needed of [1, 2, 4, 100]) {
    expect(suspicionMs(0, needed, TIMING)).toBe(maxSuspicionMs);
    expect(suspicionMs(needed, needed, TIMING)).toBe(minSuspicionMs);
    expect(suspicionMs(needed + 1, needed, TIMING)).toBe(minSuspicionMs);
    expect(suspicionMs(10 * needed, needed, TIMING)).toBe(minSuspicionMs);
  }
});

test("each confirmation shortens it, the first ones most", () => {
  const times = [0, 1, 2, 3, 4].map((confirmations) => suspicionMs(confirmations, 4, TIMING));
  const steps = times.slice(1).map((time, index) => (times[index] ?? 0) - time);
  expect(steps.every((step) => step > 0)).toBe(true);
  expect(steps).toEqual(steps.toSorted((a, b) => b - a));
  // Lifeguard's logarithm: log(1 + 1) / log(4 + 1) of the way.
  expect(times[1]).toBeCloseTo(8_000 - 7_000 * (Math.log(2) / Math.log(5)));
});
