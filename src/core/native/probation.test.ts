// How long a peer that is said to have failed has to prove itself: not at all the first time, and
// twice as long with each further failure in ten minutes.

import { describe, expect, test } from "vitest";
import { Probation } from "./probation.js";

const START_MS = 123_456;
const MEMORY_MS = 10 * 60_000;

/** Fails, and does well from then on; returns how long it took to come back. */
function failAndReturn(probation: Probation, now: number): number {
  probation.begin(now);
  probation.confirm(now);
  for (let afterMs = 0; ; afterMs += 1_000) {
    if (probation.onRound(true, now + afterMs)) return afterMs;
  }
}

test("nothing is on before a failure", () => {
  const probation = new Probation();
  expect(probation.isOn).toBe(false);
  expect(probation.onRound(true, START_MS)).toBe(false);
});

test("the first failure is forgiven with the first sound round, and not before", () => {
  const probation = new Probation();
  probation.begin(START_MS);
  expect(probation.isOn).toBe(true);
  expect(probation.onRound(false, START_MS)).toBe(false);
  expect(probation.isOn).toBe(true);
  expect(probation.onRound(true, START_MS + 1)).toBe(true);
  expect(probation.isOn).toBe(false);
  expect(probation.onRound(true, START_MS + 2)).toBe(false);
});

test("each further failure doubles the time, up to five minutes", () => {
  const probation = new Probation();
  const times = Array.from({ length: 9 }, (_, index) => failAndReturn(probation, START_MS + index));
  const seconds = times.map((ms) => ms / 1_000);
  expect(seconds).toEqual([0, 10, 20, 40, 80, 160, 300, 300, 300]);
});

describe("a failure longer ago than ten minutes", () => {
  test.each([
    ["does not count", MEMORY_MS, 0],
    ["counts until then", MEMORY_MS - 1, 10_000],
  ])("%s", (_, laterMs, expectedMs) => {
    const probation = new Probation();
    failAndReturn(probation, START_MS);
    expect(failAndReturn(probation, START_MS + laterMs)).toBe(expectedMs);
  });
});

test("a round that is not sound begins the time anew", () => {
  const probation = new Probation();
  failAndReturn(probation, START_MS);
  const now = START_MS + 1_000;
  probation.begin(now);
  probation.confirm(now);
  expect(probation.onRound(true, now)).toBe(false);
  expect(probation.onRound(true, now + 9_999)).toBe(false);
  expect(probation.onRound(false, now + 10_000)).toBe(false);
  expect(probation.onRound(true, now + 11_000)).toBe(false);
  expect(probation.onRound(true, now + 20_999)).toBe(false);
  expect(probation.onRound(true, now + 21_000)).toBe(true);
});

test("a verdict heard during the probation is the same failure", () => {
  const probation = new Probation();
  failAndReturn(probation, START_MS);
  probation.begin(START_MS + 1_000);
  probation.confirm(START_MS + 1_000);
  probation.onRound(true, START_MS + 1_000);
  probation.begin(START_MS + 6_000);
  expect(probation.onRound(true, START_MS + 11_000)).toBe(true);
  expect(failAndReturn(probation, START_MS + 20_000)).toBe(20_000);
});

test("a failure that only one watcher holds is forgiven with the first sound round, each time", () => {
  const probation = new Probation();
  failAndReturn(probation, START_MS);
  for (let index = 1; index < 10; index += 1) {
    const now = START_MS + index * 1_000;
    probation.begin(now);
    expect(probation.onRound(true, now)).toBe(true);
  }
  expect(failAndReturn(probation, START_MS + 20_000)).toBe(10_000);
});

test("one that is confirmed only after the return counts the next time", () => {
  const probation = new Probation();
  probation.begin(START_MS);
  expect(probation.onRound(true, START_MS)).toBe(true);
  expect(probation.hasFailedLately(START_MS)).toBe(false);
  probation.confirm(START_MS);
  expect(probation.hasFailedLately(START_MS)).toBe(true);
  expect(failAndReturn(probation, START_MS + 1_000)).toBe(10_000);
});
