// What a peer says of itself: where its version begins, and how it rises above what others say of
// it without ever following them to the end of the range, or falling.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "./limits.js";
import { OwnRecord, startVersion } from "./own-record.js";
import type { PeerRecord } from "./record.js";

const ADDRESS = "10.0.0.1:7946";
const MAX_INT32 = 2 ** 31 - 1;
const START_MS = 5_000;
const { maxVersion, maxVersionLead } = DEFAULT_LIMITS;

function ownRecord(version: number): OwnRecord {
  return new OwnRecord(ADDRESS, { name: "me" }, version, DEFAULT_LIMITS, START_MS);
}

function claim(version: number, name: string, deleted = false): PeerRecord {
  return { address: ADDRESS, version, deleted, name };
}

describe("the start version", () => {
  test.each([
    ["the first moment of 2024 is 0", "2024-01-01T00:00:00.000Z", 0],
    ["a second has to be full", "2024-01-01T00:00:00.999Z", 0],
    ["a second later is 1", "2024-01-01T00:00:01.000Z", 1],
    ["a day later", "2024-01-02T00:00:00.000Z", 86_400],
    ["a clock that is far behind gives 0, and nothing negative", "1970-01-01T00:00:00.000Z", 0],
    ["a clock at the end of int32", "2092-01-19T03:14:07.000Z", MAX_INT32],
    ["a clock far ahead stays in range", "9999-12-31T23:59:59.999Z", MAX_INT32],
  ])("%s", (_, time, version) => {
    expect(startVersion(Date.parse(time))).toBe(version);
  });

  test("a restart is newer than the boot before it, whatever its updates, at one update a second", () => {
    const boot = ownRecord(startVersion(Date.parse("2026-01-01T00:00:00Z")));
    for (let second = 0; second < 60; second += 1) boot.updateInfo({ name: `name ${second}` });
    const restart = startVersion(Date.parse("2026-01-01T00:01:01Z"));
    expect(restart).toBeGreaterThan(boot.record.version);
  });
});

describe("writing", () => {
  test("each update is a newer record", () => {
    const own = ownRecord(100);
    own.updateInfo({ name: "new" });
    expect(own.record).toEqual({ address: ADDRESS, version: 101, deleted: false, name: "new" });
    own.updateInfo({ name: "newer" });
    expect(own.record).toEqual({ address: ADDRESS, version: 102, deleted: false, name: "newer" });
  });

  test("leaving is a newer record that says so", () => {
    const own = ownRecord(100);
    own.leave();
    expect(own.record).toEqual({ address: ADDRESS, version: 101, deleted: true, name: "me" });
  });

  test("at the end of int32 it stays in range", () => {
    const own = ownRecord(MAX_INT32);
    own.updateInfo({ name: "new" });
    expect(own.record).toEqual(claim(MAX_INT32, "new"));
  });

  test("a record that was given away does not change", () => {
    const own = ownRecord(100);
    const before = own.record;
    own.updateInfo({ name: "new" });
    expect(before).toEqual(claim(100, "me"));
  });
});

describe("refuting", () => {
  test.each([
    ["what it says itself stands", claim(100, "me"), false, 100],
    ["an older record needs no answer", claim(99, "forged"), false, 100],
    ["an older deletion needs no answer", claim(99, "me", true), false, 100],
    ["another name at its version is outdone", claim(100, "forged"), true, 101],
    ["a deletion at its version is outdone", claim(100, "me", true), true, 101],
    ["a higher version is outdone", claim(500, "me"), true, 501],
    ["a higher deletion is outdone", claim(500, "me", true), true, 501],
    [
      "the highest version that is believed is outdone",
      claim(maxVersion, "x"),
      true,
      maxVersion + 1,
    ],
    ["a version beyond it is not followed", claim(maxVersion + 1, "x"), false, 100],
    ["the end of int32 is not followed", claim(MAX_INT32, "x", true), false, 100],
  ] as const)("%s", (_, said, rises, version) => {
    const own = ownRecord(100);
    expect(own.refute(said)).toBe(rises);
    expect(own.record).toEqual(claim(version, "me"));
  });

  test("one that leaves outdoes a record that says it lives", () => {
    const own = ownRecord(100);
    own.leave();
    expect(own.refute(claim(200, "me"))).toBe(true);
    expect(own.record).toEqual(claim(201, "me", true));
  });
});

describe("not being listed by one that answered", () => {
  test("raises the version by 2: the other deleted us at ours and one more", () => {
    const own = ownRecord(100);
    own.onUnlisted(START_MS);
    expect(own.record).toEqual(claim(102, "me"));
  });

  test("raises it no further ahead of the clock than the lead", () => {
    const own = ownRecord(100);
    for (let time = 0; time < 100; time += 1) own.onUnlisted(START_MS);
    expect(own.record.version).toBe(100 + maxVersionLead);
    own.onUnlisted(START_MS + 1_999);
    expect(own.record.version).toBe(100 + maxVersionLead);
    own.onUnlisted(START_MS + 2_000);
    expect(own.record.version).toBe(102 + maxVersionLead);
  });

  test("raises it to no version out of range", () => {
    const own = ownRecord(MAX_INT32 - 1);
    own.onUnlisted(START_MS);
    expect(own.record.version).toBe(MAX_INT32 - 1);
  });
});

test("the version never falls, and the name is only what its owner wrote", () => {
  const steps = fc.oneof(
    fc.record({ type: fc.constant("update" as const), name: fc.string({ maxLength: 3 }) }),
    fc.record({
      type: fc.constant("refute" as const),
      version: fc.oneof(fc.nat(300), fc.nat(MAX_INT32)),
      deleted: fc.boolean(),
      name: fc.string({ maxLength: 3 }),
    }),
    fc.record({ type: fc.constant("unlisted" as const), afterMs: fc.nat(60_000) }),
  );
  const starts = fc.oneof(fc.nat(200), fc.nat(MAX_INT32));
  fc.assert(
    fc.property(starts, fc.array(steps, { maxLength: 30 }), (start, history) => {
      const own = ownRecord(start);
      let name = "me";
      let now = START_MS;
      for (const step of history) {
        const before = own.record;
        if (step.type === "update") {
          name = step.name;
          own.updateInfo({ name });
          expect(own.record.version).toBe(Math.min(before.version + 1, MAX_INT32));
        } else if (step.type === "refute") {
          const rose = own.refute(claim(step.version, step.name, step.deleted));
          expect(own.record.version > before.version).toBe(rose);
        } else {
          now += step.afterMs;
          own.onUnlisted(now);
        }
        expect(own.record.version).toBeGreaterThanOrEqual(before.version);
        expect(own.record.version).toBeLessThanOrEqual(MAX_INT32);
        expect(own.record.name).toBe(name);
      }
    }),
  );
});
