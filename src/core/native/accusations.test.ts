// What becomes of verdicts that wait for what the accused say.

import { expect, test } from "vitest";
import { addressOf, nativeRecord } from "../../../test/support/native-records.js";
import { Accusations } from "./accusations.js";

const NOW = 5_000;
const GRACE_MS = 1_000;
const LIMIT = 3;
const FAILED = nativeRecord(addressOf(1), { verdict: "failed", incarnation: 3, expiresAt: 10 });

test("one waits for its grace, and is taken once", () => {
  const accusations = new Accusations(GRACE_MS, LIMIT);
  expect(accusations.nextAtMs()).toBe(Number.POSITIVE_INFINITY);
  expect(
    accusations.hold(
      { record: FAILED, from: "10.0.0.9:7946", isDoubted: true, reason: "it is silent" },
      NOW,
    ),
  ).toBe("held");
  expect(accusations.nextAtMs()).toBe(NOW + GRACE_MS);
  expect(accusations.takeDue(NOW + GRACE_MS - 1)).toEqual([]);
  const [due] = accusations.takeDue(NOW + GRACE_MS);
  expect(due).toMatchObject({ record: FAILED, from: "10.0.0.9:7946", reason: "it is silent" });
  expect([accusations.size, accusations.takeDue(NOW + GRACE_MS)]).toEqual([0, []]);
});

test("the same again, or with another expiry, does not begin the grace anew", () => {
  const accusations = new Accusations(GRACE_MS, LIMIT);
  accusations.hold(
    { record: FAILED, from: undefined, isDoubted: true, reason: "it is silent" },
    NOW,
  );
  expect(
    accusations.hold(
      { record: FAILED, from: undefined, isDoubted: true, reason: "it is silent" },
      NOW + 500,
    ),
  ).toBe("known");
  const later = { ...FAILED, expiresAt: 11 };
  expect(
    accusations.hold(
      { record: later, from: undefined, isDoubted: true, reason: "it is silent" },
      NOW + 500,
    ),
  ).toBe("known");
  expect(accusations.nextAtMs()).toBe(NOW + GRACE_MS);
});

test("one of a later life takes the place of one of an earlier", () => {
  const accusations = new Accusations(GRACE_MS, LIMIT);
  accusations.hold(
    { record: FAILED, from: undefined, isDoubted: true, reason: "it is silent" },
    NOW,
  );
  for (const change of [{ incarnation: 4 }, { generation: FAILED.generation + 1 }]) {
    const later = { ...FAILED, ...change };
    expect(
      accusations.hold(
        { record: later, from: undefined, isDoubted: true, reason: "again" },
        NOW + 500,
      ),
    ).toBe("held");
  }
  expect(
    accusations.hold(
      { record: FAILED, from: undefined, isDoubted: true, reason: "the first" },
      NOW + 600,
    ),
  ).toBe("known");
  expect(accusations.size).toBe(1);
  expect(accusations.nextAtMs()).toBe(NOW + 500 + GRACE_MS);
});

test("time in which this process stood still does not count", () => {
  const accusations = new Accusations(GRACE_MS, LIMIT);
  accusations.hold(
    { record: FAILED, from: undefined, isDoubted: true, reason: "it is silent" },
    NOW,
  );
  accusations.delayBy(30_000);
  expect(accusations.takeDue(NOW + 30_000)).toEqual([]);
  expect(accusations.takeDue(NOW + 30_000 + GRACE_MS)).toHaveLength(1);
});

test("of one teller so many wait at once and no more; its turn comes again with the end of one", () => {
  const accusations = new Accusations(GRACE_MS, LIMIT);
  const failed = (index: number) => ({ ...FAILED, address: addressOf(index) });
  const hold = (index: number, from: string | undefined, now: number) =>
    accusations.hold(
      { record: failed(index), from: from, isDoubted: true, reason: "it is silent" },
      now,
    );
  for (let index = 0; index < LIMIT; index += 1) expect(hold(index, "liar:1", NOW)).toBe("held");
  expect(hold(LIMIT, "liar:1", NOW)).toBe("too-many");
  expect(hold(LIMIT, "other:1", NOW)).toBe("held");
  expect(hold(LIMIT + 1, undefined, NOW)).toBe("held");
  expect(accusations.takeDue(NOW + GRACE_MS)).toHaveLength(LIMIT + 2);
  expect(hold(LIMIT, "liar:1", NOW + GRACE_MS)).toBe("held");
});
