// The fingerprint of a list: the same for the same records in whatever order they came and went, and
// another when any of them differs in anything.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Fingerprint, RecordSum, sameFingerprint } from "./fingerprint.js";
import type { PeerRecord } from "./record.js";

const OWN: PeerRecord = { address: "10.0.0.1:7946", version: 1, deleted: false, name: "me" };

/** Few values of each kind, so that lists are often equal. */
const records: fc.Arbitrary<PeerRecord> = fc.record({
  address: fc.constantFrom("10.0.0.2:7946", "10.0.0.3:7946"),
  version: fc.oneof(fc.nat({ max: 2 }), fc.nat(2 ** 31 - 1)),
  deleted: fc.boolean(),
  name: fc.oneof(fc.constantFrom("", "a", "b"), fc.string({ unit: "binary", maxLength: 3 })),
});

function fingerprintOf(list: readonly PeerRecord[]): Fingerprint {
  const sum = new RecordSum();
  for (const record of list) sum.add(record);
  return sum.fingerprintWith(OWN);
}

function textOf(list: readonly PeerRecord[]): string {
  return list
    .map((record) => JSON.stringify(record))
    .sort()
    .join();
}

test("equal lists have equal fingerprints, in whatever order, and others have others", () => {
  const lists = fc.array(records, { maxLength: 3 });
  fc.assert(
    fc.property(lists, lists, (a, b) => {
      const areEqual = textOf(a) === textOf(b);
      expect(sameFingerprint(fingerprintOf(a), fingerprintOf(b))).toBe(areEqual);
      expect(fingerprintOf([...a, ...b])).toEqual(fingerprintOf([...b, ...a]));
    }),
    { numRuns: 1_000 },
  );
});

test("what was added and taken out again leaves no trace", () => {
  fc.assert(
    fc.property(fc.array(records), fc.array(records), (stay, go) => {
      const sum = new RecordSum();
      for (const record of go) sum.add(record);
      for (const record of stay) sum.add(record);
      for (const record of go) sum.subtract({ ...record });
      expect(sum.fingerprintWith(OWN)).toEqual(fingerprintOf(stay));
    }),
  );
});

test("the sum of two lists is that of both together", () => {
  fc.assert(
    fc.property(fc.array(records), fc.array(records), (a, b) => {
      const [sum, other] = [new RecordSum(), new RecordSum()];
      for (const record of a) sum.add(record);
      for (const record of b) other.add(record);
      sum.addSum(other);
      expect(sum.fingerprintWith(OWN)).toEqual(fingerprintOf([...a, ...b]));
    }),
  );
});

describe("a difference shows", () => {
  const record: PeerRecord = { address: "10.0.0.2:7946", version: 1, deleted: false, name: "a" };

  test.each([
    ["in the address", { address: "10.0.0.2:7947" }],
    ["in the version", { version: 2 }],
    ["in being deleted", { deleted: true }],
    ["in the name", { name: "b" }],
    ["between version and name", { version: 11, name: "" }],
  ])("%s", (_, change) => {
    const a = fingerprintOf([record]);
    const b = fingerprintOf([{ ...record, ...change }]);
    expect(sameFingerprint(a, b)).toBe(false);
  });

  test("in our own record", () => {
    const sum = new RecordSum();
    const renamed = { ...OWN, name: "renamed" };
    expect(sameFingerprint(sum.fingerprintWith(OWN), sum.fingerprintWith(renamed))).toBe(false);
  });

  test("also where two equal errors would cancel each other under XOR", () => {
    const other = { ...record, name: "b" };
    const none = fingerprintOf([]);
    expect(sameFingerprint(fingerprintOf([record, record]), none)).toBe(false);
    expect(sameFingerprint(fingerprintOf([record, record]), fingerprintOf([other, other]))).toBe(
      false,
    );
  });
});
