// What counts as growth in the soak.

import { expect, test } from "vitest";
import { growthOf } from "./growth.js";

const grown = (values: readonly number[], slack = 0): boolean =>
  growthOf({ name: "it", slack, values }, 3).hasGrown;

test("5 % is no growth, and more is", () => {
  expect(grown([100, 100, 100, 105, 105, 105])).toBe(false);
  expect(grown([100, 100, 100, 106, 106, 106])).toBe(true);
});

test("one look at a bad moment says nothing, at either end", () => {
  expect(grown([100, 100, 100, 100, 900, 100])).toBe(false);
  expect(grown([100, 1, 100, 100, 100, 100])).toBe(false);
});

test("what happens in between says nothing", () => {
  expect(grown([100, 100, 100, 500, 500, 100, 100, 100])).toBe(false);
});

test("what is within the slack is no growth, also from nothing", () => {
  expect(grown([0, 0, 0, 2, 2, 2], 2)).toBe(false);
  expect(grown([0, 0, 0, 3, 3, 3], 2)).toBe(true);
});

test("too few looks cannot be judged", () => {
  expect(() => grown([1, 1, 1, 1, 1])).toThrow("too rarely");
});
