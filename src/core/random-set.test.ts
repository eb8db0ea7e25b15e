// A set that gives up a random element: it is a set in every history, and its choice is fair.

import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../../test/support/seeded-random.js";
import { RandomSet } from "./random-set.js";

test("an empty set has nothing to pick", () => {
  const set = new RandomSet();
  expect(set.pick(seededRandom(1))).toBeUndefined();
  expect(set.delete("a")).toBe(false);
  expect(set.size).toBe(0);
});

test("each element is picked about as often as any other", () => {
  const set = new RandomSet();
  for (const item of ["a", "b", "c", "d", "gone"]) set.add(item);
  set.delete("gone");
  const picks = new Map<string | undefined, number>();
  const random = seededRandom(2);
  for (let turn = 0; turn < 4_000; turn += 1) {
    const item = set.pick(random);
    picks.set(item, (picks.get(item) ?? 0) + 1);
  }
  expect(Array.from(picks.keys()).sort()).toEqual(["a", "b", "c", "d"]);
  for (const count of picks.values()) {
    expect(count).toBeGreaterThan(900);
    expect(count).toBeLessThan(1_100);
  }
});

test("it holds what a set would, in every history, and picks only what it holds", () => {
  const steps = fc.record({
    type: fc.constantFrom("add", "delete"),
    item: fc.constantFrom("a", "b", "c", "d", "e"),
  });
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 40 }), fc.nat(), (history, seed) => {
      const set = new RandomSet();
      const model = new Set<string>();
      const random = seededRandom(seed);
      for (const { type, item } of history) {
        if (type === "add") {
          set.add(item);
          model.add(item);
        } else {
          expect(set.delete(item)).toBe(model.delete(item));
        }
        expect(set.size).toBe(model.size);
        for (const each of ["a", "b", "c", "d", "e"]) expect(set.has(each)).toBe(model.has(each));
        const picked = set.pick(random);
        if (picked === undefined) expect(model.size).toBe(0);
        else expect(model.has(picked)).toBe(true);
      }
    }),
  );
});

test("everything that it holds can be picked, in every history", () => {
  const items = fc.constantFrom("a", "b", "c", "d");
  fc.assert(
    fc.property(fc.array(items), fc.array(items), (added, deleted) => {
      const set = new RandomSet();
      for (const item of added) set.add(item);
      for (const item of deleted) set.delete(item);
      const picked = new Set<string>();
      for (let index = 0; index < set.size; index += 1) {
        const item = set.pick(() => index / set.size);
        if (item !== undefined) picked.add(item);
      }
      expect(picked.size).toBe(set.size);
    }),
  );
});
