// The trace of a run: its hash tells any two different runs apart, and is the same everywhere.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Trace } from "./trace.js";

type Step = readonly [atMs: number, kind: number, subject: number, amount: number];

function hashOf(steps: readonly Step[]): string {
  const trace = new Trace();
  for (const step of steps) trace.add(...step);
  return trace.hash;
}

const step = fc.tuple(
  fc.nat(10_000_000).map((micros) => micros / 1_000),
  fc.integer({ min: 1, max: 9 }),
  fc.nat(9_999),
  fc.nat(1_000_000),
);

describe("a trace", () => {
  test("has the hash that the same steps always had", () => {
    expect(hashOf([])).toBe("2545f491811c9dc5");
    expect(hashOf([[0.25, 1, 0, 120]])).toBe("c73f6a229599918a");
    const day = 24 * 60 * 60 * 1_000;
    expect(
      hashOf([
        [0.25, 1, 0, 120],
        [1.5, 2, 1, 134],
        [day, 9, 4_999, 3],
      ]),
    ).toBe("cddeff8baebae663");
  });

  test("tells the time of a step to the microsecond, for days", () => {
    const week = 7 * 24 * 60 * 60 * 1_000;
    expect(hashOf([[week, 1, 0, 0]])).not.toBe(hashOf([[week + 0.001, 1, 0, 0]]));
    // 2^32 microseconds on, the lower 32 bits of the time are the same.
    expect(hashOf([[1, 1, 0, 0]])).not.toBe(hashOf([[1 + 2 ** 32 / 1_000, 1, 0, 0]]));
  });

  test("tells apart two runs that differ in one number of one step", () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 20 }),
        fc.nat(),
        fc.nat(3),
        (steps, place, part) => {
          const changed = steps.map((numbers): [number, number, number, number] => [...numbers]);
          const one = changed[place % changed.length];
          if (one === undefined) return;
          one[part] = (one[part] ?? 0) + 1;
          expect(hashOf(changed)).not.toBe(hashOf(steps));
        },
      ),
    );
  });

  test("tells apart two runs in which two steps come in the other order", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 10 }), step, step, (before, a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        expect(hashOf([...before, a, b])).not.toBe(hashOf([...before, b, a]));
      }),
    );
  });
});
