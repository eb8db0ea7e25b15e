// The hash of a record: the same for all who hold the record, another when anything differs that
// peers have to agree on, and spread evenly however alike the records are.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressOf, nativeRecord, recordsOfOne } from "../../../test/support/native-records.js";
import type { MemberRecord } from "./member-record.js";
import { sameMemberRecord } from "./merge.js";
import { hashOf, infoText } from "./record-hash.js";

const ADDRESS = addressOf(1);

function lanesOf(record: MemberRecord): string {
  return hashOf(record).lanes.join();
}

test("equal records have equal hashes, and others have others, but for when they are forgotten", () => {
  fc.assert(
    fc.property(recordsOfOne, recordsOfOne, (a, b) => {
      const copy = { ...a, expiresAt: 7, metadata: new Map([...a.metadata].reverse()) };
      expect(hashOf(copy)).toEqual(hashOf(a));
      const isSame = sameMemberRecord({ ...a, expiresAt: 0 }, { ...b, expiresAt: 0 });
      expect(lanesOf(a) === lanesOf(b)).toBe(isSame);
    }),
    { numRuns: 2_000 },
  );
});

describe("a difference shows", () => {
  const record = nativeRecord(ADDRESS, { version: 1, name: "a", metadata: { k: "01" } });

  test.each<[string, MemberRecord]>([
    ["in the address", { ...record, address: addressOf(2) }],
    ["in the generation", { ...record, generation: record.generation + 2 ** 32 }],
    ["in the incarnation", { ...record, incarnation: 1 }],
    ["in the version", { ...record, version: 2 }],
    ["in the verdict", { ...record, verdict: "failed" }],
    ["in the name", { ...record, name: "b" }],
    ["between incarnation and version", { ...record, incarnation: 1, version: 0 }],
    ["in a value", nativeRecord(ADDRESS, { name: "a", metadata: { k: "02" } })],
    ["in a key", nativeRecord(ADDRESS, { name: "a", metadata: { l: "01" } })],
    [
      "between text and bytes",
      nativeRecord(ADDRESS, { name: "a", metadata: { k: Uint8Array.of(1) } }),
    ],
  ])("%s", (_, other) => {
    expect(lanesOf(other)).not.toBe(lanesOf(record));
  });

  test("between a name that looks like metadata, and metadata", () => {
    const plain = nativeRecord(ADDRESS, { name: "a", metadata: { k: "1" } });
    const alike = nativeRecord(ADDRESS, { name: infoText(plain) });
    expect(infoText(alike)).not.toBe(infoText(plain));
    expect(lanesOf(alike)).not.toBe(lanesOf(plain));
  });
});

test("the order of the keys does not matter", () => {
  const record = nativeRecord(ADDRESS, { metadata: { a: "1", b: "2", "10": "3", "9": "4" } });
  const metadata = new Map([...record.metadata].reverse());
  expect(infoText({ ...record, metadata })).toBe(infoText(record));
});

test("hashes of records that hardly differ collide no more often than chance has it", () => {
  const lanes = [new Set<number>(), new Set<number>(), new Set<number>(), new Set<number>()];
  const [names, checks] = [new Set<string>(), new Set<number>()];
  const [addresses, versions] = [400, 250];
  const records = addresses * versions;
  for (let index = 0; index < records; index += 1) {
    const address = addressOf(index % addresses);
    const version = Math.floor(index / addresses);
    const hashed = hashOf(nativeRecord(address, { version }));
    for (const [lane, values] of lanes.entries()) values.add(hashed.lanes[lane] ?? 0);
    names.add(`${hashed.item.high}:${hashed.item.low}`);
    checks.add(hashed.item.check);
  }
  // Of n even 32-bit hashes n^2 / 2^33 pairs collide: here one or two; 15 is far beyond chance.
  for (const values of [...lanes, checks]) expect(records - values.size).toBeLessThan(15);
  expect(names.size).toBe(records);
});
