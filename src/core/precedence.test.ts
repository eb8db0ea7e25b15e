// The order of two claims about one peer: every pair of cases against a table, and the algebra that
// makes the order in which records arrive irrelevant.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Claim, comparePrecedence, mergeClaims } from "./precedence.js";

type Evidence = Claim["evidence"];
type Row = readonly [version: number, evidence: Evidence, status: "live" | "deleted", name: string];

const MAX_INT32 = 2 ** 31 - 1;

/** From the claim that loses against all others to the one that wins against all. */
const ASCENDING: readonly Row[] = [
  [0, "relayed", "live", ""],
  [0, "relayed", "live", "a"],
  [0, "relayed", "deleted", ""],
  [0, "relayed", "deleted", "a"],
  [0, "first-hand", "live", ""],
  [0, "first-hand", "live", "a"],
  [0, "first-hand", "deleted", ""],
  [0, "first-hand", "deleted", "a"],
  [1, "relayed", "live", "B"],
  // Names are compared by code units: capitals first, and no locale.
  [1, "relayed", "live", "a"],
  [1, "relayed", "live", "a0"],
  [1, "relayed", "live", "ä"],
  [1, "relayed", "deleted", "a"],
  [1, "relayed", "deleted", "ä"],
  [1, "first-hand", "live", "a"],
  [1, "first-hand", "live", "ä"],
  [1, "first-hand", "deleted", "a"],
  [1, "first-hand", "deleted", "ä"],
  [MAX_INT32, "relayed", "live", ""],
  [MAX_INT32, "relayed", "deleted", ""],
  [MAX_INT32, "first-hand", "live", ""],
  [MAX_INT32, "first-hand", "deleted", ""],
];

function claimOf([version, evidence, status, name]: Row): Claim {
  const deleted = status === "deleted";
  return { evidence, record: { address: "10.0.0.1:7946", version, deleted, name } };
}

/** Few values of each kind, so that ties are common. */
const claims: fc.Arbitrary<Claim> = fc.record({
  evidence: fc.constantFrom<Evidence>("relayed", "first-hand"),
  record: fc.record({
    address: fc.constant("10.0.0.1:7946"),
    version: fc.oneof(fc.constantFrom(0, 1, 2, MAX_INT32), fc.nat(MAX_INT32)),
    deleted: fc.boolean(),
    name: fc.oneof(fc.constantFrom("", "a", "b"), fc.string({ unit: "grapheme", maxLength: 4 })),
  }),
});

describe("each case against every other", () => {
  for (const [index, row] of ASCENDING.entries()) {
    test(`place ${index}: ${row.join(" ")}`, () => {
      const signs = ASCENDING.map((other) =>
        Math.sign(comparePrecedence(claimOf(row), claimOf(other))),
      );
      const places = ASCENDING.map((_, place) => Math.sign(index - place));
      expect(signs).toEqual(places);
    });
  }

  test("the winner of a pair is what they merge to", () => {
    for (const [index, row] of ASCENDING.entries()) {
      for (const [otherIndex, other] of ASCENDING.entries()) {
        const winner = index >= otherIndex ? row : other;
        expect(mergeClaims(claimOf(row), claimOf(other))).toEqual(claimOf(winner));
      }
    }
  });
});

describe("the order", () => {
  test("is total: zero only for claims that are the same", () => {
    fc.assert(
      fc.property(claims, claims, (a, b) => {
        const order = comparePrecedence(a, b);
        expect(order).not.toBeNaN();
        if (order === 0) expect(a).toEqual(b);
        else expect(a).not.toEqual(b);
      }),
    );
  });

  test("is antisymmetric", () => {
    fc.assert(
      fc.property(claims, claims, (a, b) => {
        const order = Math.sign(comparePrecedence(a, b));
        const reversed = Math.sign(comparePrecedence(b, a));
        expect(order + reversed).toBe(0);
      }),
    );
  });

  test("is transitive", () => {
    fc.assert(
      fc.property(claims, claims, claims, (a, b, c) => {
        fc.pre(comparePrecedence(a, b) >= 0 && comparePrecedence(b, c) >= 0);
        expect(comparePrecedence(a, c)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe("merging", () => {
  test("is commutative", () => {
    fc.assert(
      fc.property(claims, claims, (a, b) => {
        expect(mergeClaims(a, b)).toEqual(mergeClaims(b, a));
      }),
    );
  });

  test("is associative", () => {
    fc.assert(
      fc.property(claims, claims, claims, (a, b, c) => {
        const fromLeft = mergeClaims(mergeClaims(a, b), c);
        const fromRight = mergeClaims(a, mergeClaims(b, c));
        expect(fromLeft).toEqual(fromRight);
      }),
    );
  });

  test("is idempotent", () => {
    fc.assert(
      fc.property(claims, claims, (a, b) => {
        expect(mergeClaims(a, a)).toEqual(a);
        const merged = mergeClaims(a, b);
        expect(mergeClaims(merged, b)).toEqual(merged);
      }),
    );
  });

  test("gives the same whatever the order of arrival", () => {
    const shuffled = fc
      .array(claims, { minLength: 1, maxLength: 8 })
      .chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
      );
    fc.assert(
      fc.property(shuffled, ([list, reordered]) => {
        expect(reordered.reduce(mergeClaims)).toEqual(list.reduce(mergeClaims));
      }),
    );
  });
});
