// Which record wins: each case against every other, and the algebra that makes the order in which
// records arrive irrelevant.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressOf, nativeRecord, recordsOfOne } from "../../../test/support/native-records.js";
import type { MemberRecord, Verdict } from "./member-record.js";
import { compareLife, mergeRecords, sameMemberRecord } from "./merge.js";

type Life = readonly [incarnation: number, verdict: Verdict, expiresAt: number];
type Info = readonly [version: number, name: string, metadata: Record<string, string | Uint8Array>];

const ADDRESS = addressOf(1);
const MAX_COUNTER = 2 ** 30;

/** From what loses against all others to what wins against all. */
const LIVES: readonly Life[] = [
  [0, "live", 0],
  [0, "failed", 100],
  [0, "failed", 110],
  [0, "left", 100],
  [0, "left", 110],
  [0, "forgotten", 90],
  [1, "live", 0],
  [1, "failed", 90],
  [1, "left", 90],
  [MAX_COUNTER, "live", 0],
  [MAX_COUNTER, "forgotten", 100],
];

/** The same for what the owner says. */
const INFOS: readonly Info[] = [
  [0, "", {}],
  [0, "b", {}],
  [1, "", {}],
  // Text by code units: capitals first, and no locale. Metadata makes a text that begins with "[".
  [1, "B", {}],
  [1, "", { k: Uint8Array.of(1) }],
  [1, "", { k: "" }],
  [1, "", { k: "1", l: "0" }],
  [1, "", { k: "1" }],
  [1, "", { l: "1" }],
  [1, "a", {}],
  [1, "ä", {}],
  [2, "", {}],
  [MAX_COUNTER, "", {}],
];

const GENERATIONS = [0, 1, 2 ** 40] as const;

function recordOf(generation: number, life: Life, info: Info): MemberRecord {
  const [incarnation, verdict, expiresAt] = life;
  const [version, name, metadata] = info;
  return nativeRecord(ADDRESS, {
    generation,
    incarnation,
    verdict,
    expiresAt,
    version,
    name,
    metadata,
  });
}

/** What the owner says, in a form of our own. */
function infoOf({ name, metadata }: MemberRecord): string {
  const values = Array.from(metadata, ([key, { value }]) => `${key}:${typeof value}:${value}`);
  return JSON.stringify({ name, values: values.sort() });
}

function* pairs<Item>(items: readonly Item[]): Generator<readonly [lower: Item, higher: Item]> {
  for (const [index, lower] of items.entries()) {
    for (const higher of items.slice(index)) yield [lower, higher];
  }
}

describe("each case against every other", () => {
  test("what became of a member", () => {
    for (const [index, life] of LIVES.entries()) {
      const record = recordOf(0, life, [0, "", {}]);
      const signs = LIVES.map((other) =>
        Math.sign(compareLife(record, recordOf(0, other, [9, "z", {}]))),
      );
      expect(signs).toEqual(LIVES.map((_, place) => Math.sign(index - place)));
    }
  });

  test("within one boot the newer life and the newer info are taken, each by itself", () => {
    for (const [life, newerLife] of pairs(LIVES)) {
      for (const [info, newerInfo] of pairs(INFOS)) {
        const merged = recordOf(0, newerLife, newerInfo);
        const all: readonly (readonly [MemberRecord, MemberRecord])[] = [
          [recordOf(0, life, info), recordOf(0, newerLife, newerInfo)],
          [recordOf(0, newerLife, info), recordOf(0, life, newerInfo)],
        ];
        for (const [a, b] of all) {
          expect(mergeRecords(a, b)).toEqual(merged);
          expect(mergeRecords(b, a)).toEqual(merged);
        }
      }
    }
  });

  test("a later boot replaces all of an earlier one, its verdict and its higher counters too", () => {
    for (const [earlier, later] of pairs(GENERATIONS)) {
      if (earlier === later) continue;
      for (const [life, higherLife] of pairs(LIVES)) {
        const [old, young] = [
          recordOf(earlier, higherLife, [7, "z", {}]),
          recordOf(later, life, [0, "", {}]),
        ];
        expect(mergeRecords(old, young)).toBe(young);
        expect(mergeRecords(young, old)).toBe(young);
      }
    }
  });
});

test("records are the same when neither has anything newer, and only then", () => {
  fc.assert(
    fc.property(recordsOfOne, recordsOfOne, (a, b) => {
      const copy = { ...a, metadata: new Map([...a.metadata].reverse()) };
      expect(sameMemberRecord(a, copy)).toBe(true);
      let isEqual = true;
      try {
        expect(a).toEqual(b);
      } catch {
        isEqual = false;
      }
      expect(sameMemberRecord(a, b)).toBe(isEqual);
    }),
    { numRuns: 1_000 },
  );
  // Most of the above differ in their counters: here only what the owner says may differ.
  fc.assert(
    fc.property(recordsOfOne, recordsOfOne, (a, other) => {
      const b = { ...a, name: other.name, metadata: other.metadata };
      const isEqual = infoOf(a) === infoOf(b);
      expect(sameMemberRecord(a, b)).toBe(isEqual);
    }),
    { numRuns: 2_000 },
  );
});

test("records of two members are never the same", () => {
  expect(sameMemberRecord(nativeRecord(addressOf(1)), nativeRecord(addressOf(2)))).toBe(false);
});

describe("merging", () => {
  test("is commutative", () => {
    fc.assert(
      fc.property(recordsOfOne, recordsOfOne, (a, b) => {
        expect(mergeRecords(a, b)).toEqual(mergeRecords(b, a));
      }),
      { numRuns: 2_000 },
    );
  });

  test("is associative", () => {
    fc.assert(
      fc.property(recordsOfOne, recordsOfOne, recordsOfOne, (a, b, c) => {
        const fromLeft = mergeRecords(mergeRecords(a, b), c);
        const fromRight = mergeRecords(a, mergeRecords(b, c));
        expect(fromLeft).toEqual(fromRight);
      }),
      { numRuns: 5_000 },
    );
  });

  test("is idempotent, and tells by identity that nothing is new", () => {
    fc.assert(
      fc.property(recordsOfOne, recordsOfOne, (a, b) => {
        expect(mergeRecords(a, { ...a })).toBe(a);
        const merged = mergeRecords(a, b);
        expect(mergeRecords(merged, b)).toBe(merged);
        expect(mergeRecords(merged, a)).toBe(merged);
      }),
      { numRuns: 2_000 },
    );
  });

  test("never takes anything back", () => {
    fc.assert(
      fc.property(recordsOfOne, recordsOfOne, (a, b) => {
        const merged = mergeRecords(a, b);
        expect(merged.generation).toBe(Math.max(a.generation, b.generation));
        if (merged.generation !== a.generation) return;
        expect(compareLife(merged, a)).toBeGreaterThanOrEqual(0);
        expect(merged.version).toBeGreaterThanOrEqual(a.version);
      }),
    );
  });

  test("gives the same whatever the order of arrival", () => {
    const shuffled = fc
      .array(recordsOfOne, { minLength: 1, maxLength: 8 })
      .chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
      );
    fc.assert(
      fc.property(shuffled, ([list, reordered]) => {
        expect(reordered.reduce(mergeRecords)).toEqual(list.reduce(mergeRecords));
      }),
      { numRuns: 1_000 },
    );
  });
});
