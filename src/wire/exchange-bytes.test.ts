// What exchanges take on the wire: bytes that grow with the difference of two lists and not with the
// lists.

import { describe, expect, test } from "vitest";
import { ExchangePair, ExchangeSide } from "../../test/support/exchange-pair.js";
import { addressOf, nativeRecord } from "../../test/support/native-records.js";
import { seededRandom } from "../../test/support/seeded-random.js";
import { DEFAULT_LIMITS } from "../core/limits.js";
import { NativeBase } from "../core/native/member-base.js";
import { RejectionCounter } from "../core/rejection.js";
import { NativeCodec } from "./native-dialect.js";

/** Any time will do. */
const NOW = 1_000;
const SIZES = [100, 1_000, 5_000] as const;

/** Holds an exchange of two peers whose lists differ in so many records; returns its bytes. */
function bytesOf(members: number, changed: number): number {
  const random = seededRandom(members);
  // Started at any time of a month: what is all the same compresses to nothing.
  const records = Array.from({ length: members }, (_, index) => {
    const generation = 90_000_000_000 + Math.floor(random() * 2_592_000_000);
    const version = Math.floor(generation / 1_000);
    return nativeRecord(addressOf(index), { generation, version, name: `peer-${index}` });
  });
  const base = new NativeBase(records);
  const [first, second] = [records[0], records[1]];
  if (first === undefined || second === undefined) throw new Error("two are needed");
  const one = new ExchangeSide(first, second.address, base);
  const two = new ExchangeSide(second, first.address, base);
  for (const record of records.slice(2, 2 + changed)) {
    two.roster.merge({ ...record, version: record.version + 1, name: "renamed" });
  }
  const codec = new NativeCodec(DEFAULT_LIMITS);
  const rejections = new RejectionCounter();
  let bytes = 0;
  const pair = new ExchangePair(one, two, (frame) => {
    const message = codec.encode(frame);
    bytes += message.length;
    const decoded = codec.decode(message, rejections);
    if (decoded === undefined) throw new Error(`${frame.type} does not come through`);
    return decoded;
  });
  pair.exchange(NOW);
  expect(rejections.take()).toEqual([]);
  expect(one.roster.fingerprint).toEqual(two.roster.fingerprint);
  return bytes;
}

test("an exchange of equal lists takes a few bytes, however long they are", () => {
  for (const members of SIZES) expect(bytesOf(members, 0)).toBeLessThan(50);
});

describe("a difference takes as many bytes in a list of 100 as in one of 5,000", () => {
  test.each([1, 10])("of %i records", (changed) => {
    const bytes = SIZES.map((members) => bytesOf(members, changed));
    // The counts of a sketch are a few bytes longer in longer lists.
    expect(Math.max(...bytes) - Math.min(...bytes)).toBeLessThan(0.1 * Math.min(...bytes));
    expect(Math.max(...bytes)).toBeLessThan(1_600);
  });
});

test("a larger difference takes more, and less than the whole list", () => {
  const whole = bytesOf(5_000, 600);
  const bytes = [1, 10, 60].map((changed) => bytesOf(5_000, changed));
  expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
  expect(bytes[0]).toBeLessThan(1_100);
  expect(bytes[2]).toBeLessThan(whole / 4);
});
