// What a peer says of itself, and the part of it that is sent: whoever has the version that it builds
// on comes to hold the owner's record, and whoever has not notices.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressOf, nativeRecord } from "../../../test/support/native-records.js";
import type { PeerInfo } from "../record.js";
import type { MemberRecord } from "./member-record.js";
import { compareLife, mergeRecords } from "./merge.js";
import {
  completedRecord,
  firstRecord,
  MAX_COUNTER,
  type OwnWrite,
  risenAbove,
  wholeRecord,
  writeInfo,
} from "./own-member.js";

const ADDRESS = addressOf(1);
const FIRST_VERSION = 60_000_000;

const infos: fc.Arbitrary<PeerInfo> = fc.record({
  name: fc.constantFrom("", "a", "b"),
  metadata: fc.option(
    fc.dictionary(
      fc.constantFrom("k", "l", "m"),
      fc.constantFrom<string | Uint8Array>("", "1", "2", Uint8Array.of(), Uint8Array.of(1)),
    ),
    { nil: undefined },
  ),
});

/** The owner's first record, and its writes one after another. */
function written([first, ...others]: readonly PeerInfo[]): [MemberRecord, OwnWrite[]] {
  const begin = firstRecord(ADDRESS, first ?? { name: "" }, 1_000, FIRST_VERSION);
  let own = begin;
  const writes = others.map((info) => {
    const write = writeInfo(own, info);
    own = write.record;
    return write;
  });
  return [begin, writes];
}

function infoOf({ name, metadata }: MemberRecord): PeerInfo {
  return {
    name,
    metadata: Object.fromEntries(Array.from(metadata, ([key, { value }]) => [key, value])),
  };
}

describe("a write", () => {
  test("holds just what was written, in a version one higher", () => {
    fc.assert(
      fc.property(fc.array(infos, { minLength: 2, maxLength: 5 }), (list) => {
        const [first, writes] = written(list);
        for (const [index, record] of [first, ...writes.map((write) => write.record)].entries()) {
          const { name = "", metadata = {} } = list[index] ?? {};
          expect(infoOf(record)).toEqual({ name, metadata });
          expect(record).toMatchObject({
            address: ADDRESS,
            generation: 1_000,
            version: FIRST_VERSION + index,
          });
        }
      }),
    );
  });

  test("sends only the keys that changed, and names those that are gone", () => {
    const own = firstRecord(ADDRESS, { name: "a", metadata: { k: "1", l: "1", m: "1" } }, 1_000, 4);
    const { sent } = writeInfo(own, { name: "b", metadata: { k: "1", l: "2", n: "1" } });
    expect(sent).toMatchObject({ sinceVersion: 4, version: 5, name: "b", deletedKeys: ["m"] });
    expect([...sent.metadata]).toEqual([
      ["l", { value: "2", version: 5 }],
      ["n", { value: "1", version: 5 }],
    ]);
  });

  test("beyond the last version begins a new boot, and is sent whole", () => {
    const own = {
      ...nativeRecord(ADDRESS, { version: MAX_COUNTER, metadata: { k: "1" } }),
      incarnation: 3,
    };
    const { record, sent } = writeInfo(own, { name: "b", metadata: { k: "1" } });
    expect(record).toMatchObject({ generation: 1_001, version: 0, incarnation: 0, name: "b" });
    expect(sent).toMatchObject({ ...record, sinceVersion: 0 });
    expect(mergeRecords(own, record)).toBe(record);
    const last = writeInfo({ ...own, version: MAX_COUNTER - 1 }, { name: "b" });
    expect(last.record).toMatchObject({ generation: 1_000, version: MAX_COUNTER });
  });
});

describe("what was sent", () => {
  test("makes the owner's record of the one that it builds on", () => {
    fc.assert(
      fc.property(fc.array(infos, { minLength: 2, maxLength: 5 }), (list) => {
        const [first, writes] = written(list);
        let held = first;
        for (const { record, sent } of writes) {
          const completed = completedRecord(sent, held);
          expect(completed).toEqual(record);
          held = completed ?? held;
        }
      }),
    );
  });

  test("after version 0 is whole, since 0 says just that", () => {
    const own = firstRecord(ADDRESS, { name: "a", metadata: { k: "1", l: "1" } }, 1_000, 0);
    const { record, sent } = writeInfo(own, { name: "b", metadata: { k: "1", l: "2" } });
    expect(sent.sinceVersion).toBe(0);
    for (const held of [undefined, own]) expect(completedRecord(sent, held)).toMatchObject(record);
  });

  test("makes nothing of an older one, of one of another boot, and of none", () => {
    const [first, writes] = written([{ name: "a" }, { name: "b" }, { name: "c" }]);
    const [second, third] = writes;
    if (second === undefined || third === undefined) throw new Error("two were written");
    expect(third.sent.sinceVersion).toBe(FIRST_VERSION + 1);
    expect(completedRecord(third.sent, first)).toBeUndefined();
    expect(completedRecord(third.sent, undefined)).toBeUndefined();
    for (const generation of [999, 1_001]) {
      expect(completedRecord(third.sent, { ...second.record, generation })).toBeUndefined();
    }
    expect(completedRecord(third.sent, second.record)).toEqual(third.record);
  });

  test("never takes back what is held of a later version, but tells what became of the member", () => {
    const [, writes] = written([{ name: "a" }, { name: "b", metadata: { k: "1" } }, { name: "c" }]);
    const [second, third] = writes;
    if (second === undefined || third === undefined) throw new Error("two were written");
    const sent = { ...third.sent, verdict: "left" as const, expiresAt: 100, incarnation: 2 };
    const later = { ...third.record, version: FIRST_VERSION + 7, name: "later" };
    expect(completedRecord(sent, later)).toEqual({
      ...later,
      verdict: "left",
      expiresAt: 100,
      incarnation: 2,
    });
  });

  test("whole needs nothing, and is what it says", () => {
    const record = nativeRecord(ADDRESS, { version: 3, metadata: { k: "1" } });
    const whole = wholeRecord(record);
    expect(wholeRecord(record)).toBe(whole);
    expect(wholeRecord(whole)).toBe(whole);
    for (const held of [undefined, nativeRecord(ADDRESS, { generation: 5 }), record]) {
      expect(completedRecord(whole, held)).toMatchObject(record);
    }
  });
});

describe("rising above what is said of us", () => {
  const own = nativeRecord(ADDRESS, { generation: 1_000, incarnation: 2, version: 5, name: "me" });

  test.each<[string, Partial<MemberRecord>]>([
    ["our own words", {}],
    ["an older version", { version: 4, name: "old" }],
    ["an older verdict", { incarnation: 1, verdict: "failed", expiresAt: 100 }],
    ["whatever was said of an earlier boot", { generation: 999, incarnation: 9, version: 9 }],
  ])("%s needs no answer", (_, claim) => {
    expect(risenAbove(own, { ...own, ...claim })).toBeUndefined();
  });

  test.each<[string, Partial<MemberRecord>, Partial<MemberRecord>]>([
    ["a verdict", { verdict: "failed", expiresAt: 100 }, { incarnation: 3 }],
    ["a later incarnation", { incarnation: 7 }, { incarnation: 8 }],
    ["a later version", { version: 9, name: "other" }, { version: 10 }],
    ["other words in the same version", { name: "other" }, { version: 6 }],
    ["both", { verdict: "left", expiresAt: 9, version: 6 }, { incarnation: 3, version: 7 }],
    ["a later boot", { generation: 2_000, incarnation: 9 }, { generation: 2_001, incarnation: 0 }],
    // The last ones that are believed are answered with a new boot.
    ["the last version", { version: MAX_COUNTER }, { generation: 1_001, incarnation: 0 }],
    ["the last incarnation", { incarnation: MAX_COUNTER }, { generation: 1_001, incarnation: 0 }],
    ["the one before", { version: MAX_COUNTER - 1 }, { version: MAX_COUNTER }],
  ])("%s is risen above", (_, claim, expected) => {
    const said = { ...own, ...claim };
    const risen = risenAbove(own, said);
    expect(risen).toEqual({ ...own, ...expected });
    // Whoever hears of both holds what we say.
    expect(mergeRecords(said, risen ?? own)).toEqual(risen);
  });

  test("whatever is said, all come to hold what we answer", () => {
    const claims = fc.record({
      generation: fc.constantFrom(999, 1_000, 1_001),
      incarnation: fc.constantFrom(1, 2, 3, MAX_COUNTER),
      version: fc.constantFrom(4, 5, 6, MAX_COUNTER),
      name: fc.constantFrom("", "me", "other"),
      verdict: fc.constantFrom("live" as const, "failed" as const, "left" as const),
    });
    fc.assert(
      fc.property(claims, (claim) => {
        const said = { ...own, ...claim };
        const answer = risenAbove(own, said) ?? own;
        const held = mergeRecords(mergeRecords(own, said), answer);
        expect(held).toEqual(answer);
        expect(held).toMatchObject({ verdict: "live", name: "me" });
        if (answer.generation === own.generation) {
          expect(compareLife(answer, own)).toBeGreaterThanOrEqual(0);
          expect(Math.max(answer.version, answer.incarnation)).toBeLessThanOrEqual(MAX_COUNTER);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
