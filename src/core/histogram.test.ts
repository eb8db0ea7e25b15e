// Durations are counted in the bucket of the first bound that they do not exceed.

import fc from "fast-check";
import { expect, test } from "vitest";
import { addedUp, Histogram } from "./histogram.js";

test("a duration is counted at the first bound that is no less", () => {
  const histogram = new Histogram([1, 10]);
  for (const durationMs of [0, 1, 1.1, 10, 10.1, 1_000]) histogram.add(durationMs);
  expect(histogram.figures).toEqual({
    boundsMs: [1, 10],
    counts: [2, 2, 2],
    sumMs: 1_022.2,
    count: 6,
  });
});

test("figures are those of their time, whatever is counted later", () => {
  const histogram = new Histogram();
  const before = histogram.figures;
  histogram.add(3);
  expect(before.count).toBe(0);
  expect(before.counts.every((count) => count === 0)).toBe(true);
});

test("two together are as one that has seen all", () => {
  const durations = fc.array(fc.integer({ min: 0, max: 20_000 }));
  fc.assert(
    fc.property(durations, durations, (some, others) => {
      const [one, other, all] = [new Histogram(), new Histogram(), new Histogram()];
      for (const duration of some) one.add(duration);
      for (const duration of others) other.add(duration);
      for (const duration of [...some, ...others]) all.add(duration);
      expect(addedUp(one.figures, other.figures)).toEqual(all.figures);
    }),
  );
});
