import { describe, expect, test } from "vitest";
import { pairs, type ReachMap, reachState, type Told, troubles } from "./reach.js";

/** `{ a: { b: true } }` means that a tells that it reaches b. */
function reach(told: Record<string, Record<string, boolean> | undefined>): ReachMap {
  return new Map(
    Object.entries(told).map(([from, reached]): [string, Told] => [
      from,
      {
        hasAnswered: reached !== undefined,
        reached: new Map(
          Object.entries(reached ?? {}).map(([to, isOk]) => [to, { isOk, roundTripMs: undefined }]),
        ),
      },
    ]),
  );
}

describe("how one member stands with another", () => {
  const map = reach({
    a: { b: false, c: false, d: true },
    b: { a: true },
    c: { a: false },
    e: undefined,
  });

  test.each([
    ["a", "d", "ok"],
    ["a", "b", "one-way"],
    ["a", "c", "cut"],
    ["c", "b", "none"],
    ["e", "a", "silent"],
    ["x", "a", "none"],
  ])("%s with %s: %s", (from, to, state) => {
    expect(reachState(map, from, to)).toBe(state);
  });
});

test("two members that probe each other are one pair, and one that is not answered is a pair too", () => {
  const found = pairs(reach({ a: { b: true, c: true }, b: { a: true } }));
  expect(found).toEqual([
    { from: "a", to: "b", there: "ok", back: "ok" },
    { from: "a", to: "c", there: "ok", back: "none" },
  ]);
});

test("what is wrong begins with the links that work one way only", () => {
  const map = reach({ a: { b: true, c: false, d: true }, c: { a: false }, d: { a: false } });
  expect(troubles(pairs(map))).toEqual([
    { type: "one-way", from: "d", to: "a" },
    { type: "cut", from: ["a"], to: "c" },
    { type: "cut", from: ["c"], to: "a" },
  ]);
});

test("those that do not reach the same member are told of together, most first", () => {
  const map = reach({ a: { c: false, d: false }, b: { d: false } });
  expect(troubles(pairs(map))).toEqual([
    { type: "cut", from: ["a", "b"], to: "d" },
    { type: "cut", from: ["a"], to: "c" },
  ]);
});
