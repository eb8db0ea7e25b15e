// What becomes of verdicts that wait for what the accused say.

import { expect, test } from "vitest";
import { addressOf, nativeRecord } from "../../../test/support/native-records.js";
import { Accusations } from "./accusations.js";

const NOW = 5_000;
const GRACE_MS = 1_000;
const FAILED = nativeRecord(addressOf(1), { verdict: "failed", incarnation: 3, expiresAt: 10 });

test("one waits for its grace, and is taken once", () => {
  const accusations = new Accusations(GRACE_MS);
  expect(accusations.nextAtMs()).toBe(Number.POSITIVE_INFINITY);
  expect(accusations.hold(FAILED, "10.0.0.9:7946", "it is silent", NOW)).toBe(true);
  expect(accusations.nextAtMs()).toBe(NOW + GRACE_MS);
  expect(accusations.takeDue(NOW + GRACE_MS - 1)).toEqual([]);
  const [due] = accusations.takeDue(NOW + GRACE_MS);
  expect(due).toMatchObject({ record: FAILED, from: "10.0.0.9:7946", reason: "it is silent" });
  expect([accusations.size, accusations.takeDue(NOW + GRACE_MS)]).toEqual([0, []]);
});

test("the same again, or with another expiry, does not begin the grace anew", () => {
  const accusations = new Accusations(GRACE_MS);
  accusations.hold(FAILED, undefined, "it is silent", NOW);
  expect(accusations.hold(FAILED, undefined, "it is silent", NOW + 500)).toBe(false);
  const later = { ...FAILED, expiresAt: 11 };
  expect(accusations.hold(later, undefined, "it is silent", NOW + 500)).toBe(false);
  expect(accusations.nextAtMs()).toBe(NOW + GRACE_MS);
});

test("one of a later life takes the place of one of an earlier", () => {
  const accusations = new Accusations(GRACE_MS);
  accusations.hold(FAILED, undefined, "it is silent", NOW);
  for (const change of [{ incarnation: 4 }, { generation: FAILED.generation + 1 }]) {
    const later = { ...FAILED, ...change };
    expect(accusations.hold(later, undefined, "again", NOW + 500)).toBe(true);
  }
  expect(accusations.hold(FAILED, undefined, "the first", NOW + 600)).toBe(false);
  expect(accusations.size).toBe(1);
  expect(accusations.nextAtMs()).toBe(NOW + 500 + GRACE_MS);
});

test("time in which this process stood still does not count", () => {
  const accusations = new Accusations(GRACE_MS);
  accusations.hold(FAILED, undefined, "it is silent", NOW);
  accusations.delayBy(30_000);
  expect(accusations.takeDue(NOW + 30_000)).toEqual([]);
  expect(accusations.takeDue(NOW + 30_000 + GRACE_MS)).toHaveLength(1);
});
