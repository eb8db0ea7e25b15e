// Records to bytes and back, and everything that others may send in place of a record: dropped one
// by one, each with its reason, and never with an exception.

import { create, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAddress } from "../core/address.js";
import { DEFAULT_LIMITS } from "../core/limits.js";
import type { PeerRecord } from "../core/record.js";
import { type Rejection, RejectionCounter, type RejectionReason } from "../core/rejection.js";
import { type PeerData, PeerDataSchema } from "../gen/gossip_pb.js";
import {
  decodeRecord,
  EMPTY_MESSAGE,
  encodeRecord,
  PING_METHOD,
  SHARE_DATA_METHOD,
  utf8Length,
} from "./seed-dialect.js";

const ADDRESS = "10.0.0.1:7946";
const MAX_INT32 = 2 ** 31 - 1;
const { maxNameBytes, maxAddressLength } = DEFAULT_LIMITS;

function decode(message: Uint8Array): {
  record: PeerRecord | undefined;
  rejections: readonly Rejection[];
} {
  const rejections = new RejectionCounter();
  const record = decodeRecord(message, DEFAULT_LIMITS, rejections);
  return { record, rejections: rejections.take() };
}

/** A message that a well-behaved encoder makes, whatever it says. */
function message(fields: Partial<Omit<PeerData, "$typeName" | "$unknown">>): Uint8Array {
  return toBinary(PeerDataSchema, create(PeerDataSchema, { addr: ADDRESS, ...fields }));
}

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
}

/** The record of {@link ADDRESS} at version 7, by the name "me". */
const WHOLE = "0a0d 31302e302e302e313a37393436 1007 2202 6d65";

const hosts = fc.oneof(
  fc.ipV4(),
  fc.ipV6().map((ip) => `[${ip}]`),
  fc.domain().filter((name) => parseAddress(`${name}:1`) !== undefined),
);
const records: fc.Arbitrary<PeerRecord> = fc.record({
  address: fc
    .tuple(hosts, fc.integer({ min: 1, max: 65_535 }))
    .map(([host, port]) => `${host}:${port}`),
  version: fc.oneof(fc.constantFrom(0, 1, MAX_INT32), fc.nat(MAX_INT32)),
  deleted: fc.boolean(),
  name: fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 20 }),
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.constantFrom("", "\0", "a".repeat(maxNameBytes), "é".repeat(maxNameBytes / 2)),
  ),
});

test("the methods and the empty message are those of the contract", () => {
  expect([PING_METHOD, SHARE_DATA_METHOD]).toEqual([
    "/GossipService/Ping",
    "/GossipService/ShareData",
  ]);
  expect(EMPTY_MESSAGE.length).toBe(0);
});

describe("every record comes back as it was sent", () => {
  test("from a message of its own", () => {
    fc.assert(
      fc.property(records, (record) => {
        expect(decode(encodeRecord(record))).toEqual({ record, rejections: [] });
      }),
    );
  });

  test("from the middle of a larger buffer, as a socket gives it", () => {
    fc.assert(
      fc.property(records, fc.uint8Array(), fc.uint8Array(), (record, before, after) => {
        const bytes = encodeRecord(record);
        const buffer = Buffer.concat([before, bytes, after]);
        const part = buffer.subarray(before.length, before.length + bytes.length);
        expect(decode(part)).toEqual({ record, rejections: [] });
      }),
    );
  });

  test("with its fields in any order, and the last of those that come twice", () => {
    const reversed = hex("2202 6d65 1800 1007 0a0d 31302e302e302e313a37393436");
    const twice = hex(`2201 78 1003 1801 ${WHOLE} 1800`);
    const record = { address: ADDRESS, version: 7, deleted: false, name: "me" };
    expect(decode(hex(WHOLE))).toEqual({ record, rejections: [] });
    expect(decode(reversed)).toEqual({ record, rejections: [] });
    expect(decode(twice)).toEqual({ record, rejections: [] });
  });
});

describe("what is unknown is dropped, not passed on", () => {
  test.each([
    ["a string", "2a03 616263"],
    ["a number", "2801"],
    ["a fixed number of 32 bits", "2d 01020304"],
    ["a fixed number of 64 bits", "29 0102030405060708"],
    ["a group", "2b 0801 2c"],
    ["a field of a high number", "f2ffffff0f 01 00"],
    ["a known field of another type, as its own kind allows", "2a00"],
  ])("%s", (_, unknown) => {
    const { record, rejections } = decode(hex(WHOLE + unknown));
    expect(rejections).toEqual([]);
    expect(record).toEqual({ address: ADDRESS, version: 7, deleted: false, name: "me" });
    if (record !== undefined) expect(encodeRecord(record)).toEqual(hex(WHOLE));
  });
});

describe("a record is dropped with its reason", () => {
  const long = "a".repeat(maxAddressLength);
  const bad: readonly (readonly [RejectionReason, string, Uint8Array, string])[] = [
    ["address-empty", "nothing at all", EMPTY_MESSAGE, ""],
    ["address-empty", "no address", message({ addr: "", version: 3, name: "me" }), ""],
    ["address-malformed", "no port", message({ addr: "10.0.0.1" }), "10.0.0.1"],
    ["address-malformed", "port 0", message({ addr: "10.0.0.1:0" }), "10.0.0.1:0"],
    ["address-malformed", "no host:port", message({ addr: "hello world" }), "hello world"],
    ["address-malformed", "a script", message({ addr: "<b>:1" }), "<b>:1"],
    ["address-malformed", "as long as may be", message({ addr: long }), long.slice(0, 80)],
    ["address-too-long", "a character too long", message({ addr: `${long}a` }), long.slice(0, 80)],
    ["address-too-long", "a megabyte", message({ addr: "a".repeat(2 ** 20) }), "a".repeat(80)],
    ["version-negative", "-1", message({ version: -1 }), ADDRESS],
    ["version-negative", "the least of int32", message({ version: -(2 ** 31) }), ADDRESS],
    // 2^31 does not fit into an int32: its bits are those of a negative number.
    ["version-negative", "2^31", hex(`${WHOLE} 10 8080808008`), ADDRESS],
    ["name-too-long", "a byte too long", message({ name: "a".repeat(maxNameBytes + 1) }), ADDRESS],
    [
      "name-too-long",
      "few characters of many bytes",
      message({ name: "é".repeat(maxNameBytes / 2 + 1) }),
      ADDRESS,
    ],
    ["name-too-long", "a megabyte", message({ name: "a".repeat(2 ** 20) }), ADDRESS],
  ];

  test.each(bad)("%s: %s", (reason, _, bytes, example) => {
    expect(decode(bytes)).toEqual({
      record: undefined,
      rejections: [{ reason, count: 1, example }],
    });
  });

  test("what is at the limit is taken", () => {
    const name = "a".repeat(maxNameBytes);
    expect(decode(message({ name })).record?.name).toBe(name);
    expect(decode(message({ version: MAX_INT32 })).record?.version).toBe(MAX_INT32);
    const address = `${`${"a".repeat(63)}.`.repeat(3)}${"b".repeat(61)}:65535`;
    expect(decode(message({ addr: address })).record?.address).toBe(address);
  });
});

describe("bytes that are no protobuf are dropped", () => {
  test.each([
    ["a tag that does not end", "ff"],
    ["a tag of field 0", "00"],
    ["a wire type that does not exist", "0f"],
    ["a length beyond the end", "0a ff 61"],
    ["a length beyond all memory", "0a ffffffff0f 61"],
    ["a number that does not end", "10 ffffffffffffffffffffff"],
    ["a fixed number that is cut off", "2d 0102"],
    ["a group that does not end", "2b 0801"],
    ["the end of a group that did not begin", "2c"],
    ["groups within groups for ever", "2b".repeat(10_000)],
    ["text that is no UTF-8 as an address", "0a03 ff3a31"],
    ["text that is no UTF-8 as a name", "0a0d 31302e302e302e313a37393436 2202 c328"],
    ["half of a surrogate pair as a name", "0a0d 31302e302e302e313a37393436 2203 eda080"],
    ["a request of another protocol", "474554202f20485454502f312e310d0a0d0a"],
  ])("%s", (_, bytes) => {
    const { record, rejections } = decode(hex(bytes));
    expect(record).toBeUndefined();
    expect(rejections).toEqual([{ reason: "undecodable", count: 1, example: expect.any(String) }]);
  });

  test("whatever they are: never an exception, and nothing out of range", () => {
    const almost = fc.tuple(records, fc.nat(), fc.nat({ max: 255 })).map(([record, at, byte]) => {
      const bytes = encodeRecord(record);
      bytes[at % bytes.length] = byte;
      return bytes;
    });
    const cut = fc
      .tuple(records, fc.nat())
      .map(([record, length]) => encodeRecord(record).subarray(0, length % 30));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), almost, cut), (bytes) => {
        const { record, rejections } = decode(bytes);
        expect(rejections.length).toBe(record === undefined ? 1 : 0);
        if (record === undefined) return;
        expect(parseAddress(record.address)).toBeDefined();
        expect(record.version).toBeGreaterThanOrEqual(0);
        expect(record.version).toBeLessThanOrEqual(MAX_INT32);
        expect(utf8Length(record.name)).toBeLessThanOrEqual(maxNameBytes);
        expect(record.name.isWellFormed()).toBe(true);
        expect(decode(encodeRecord(record)).record).toEqual(record);
      }),
      { numRuns: 2_000 },
    );
  });
});

test.each([
  ["", 0],
  ["a", 1],
  ["é", 2],
  ["€", 3],
  ["😀", 4],
])("%j takes %d bytes of UTF-8", (text, bytes) => {
  expect(utf8Length(text)).toBe(bytes);
});
