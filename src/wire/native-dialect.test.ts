// What others may send in place of a frame, and of a record in a frame: dropped one by one, each
// with its reason, and never with an exception.

import { deflateRawSync } from "node:zlib";
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS, type Limits } from "../core/limits.js";
import type { Frame } from "../core/native/frames.js";
import type { MemberRecord, SentRecord } from "../core/native/member-record.js";
import { type Rejection, RejectionCounter, type RejectionReason } from "../core/rejection.js";
import {
  FrameSchema,
  type MemberRecord_Verdict,
  MemberRecordSchema,
  RecordsSchema,
} from "../gen/gossip/v1/gossip_pb.js";
import { NativeCodec } from "./native-dialect.js";

type TheirRecord = Exclude<MessageInitShape<typeof MemberRecordSchema>, { $typeName: string }>;
type TheirKind = NonNullable<MessageInitShape<typeof FrameSchema>["kind"]>;

/** Why it is dropped, what it is, and the example that the rejection gives. */
type BadInput<Input> = readonly [RejectionReason, string, Input, string?];

const ADDRESS = "10.0.3.17:7946";
const { maxMetadataBytes, maxMetadataKeyBytes, maxMetadataKeys, maxVersion } = DEFAULT_LIMITS;

function decodeWith(codec: NativeCodec, message: Uint8Array) {
  const rejections = new RejectionCounter();
  return { frame: codec.decode(message, rejections), rejections: rejections.take() };
}

function decode(message: Uint8Array, limits: Partial<Limits> = {}) {
  return decodeWith(new NativeCodec({ ...DEFAULT_LIMITS, ...limits }), message);
}

/** A message that a well-behaved encoder makes, whatever it says. */
function message(kind: TheirKind): Uint8Array {
  return toBinary(FrameSchema, create(FrameSchema, { kind }));
}

function rumors(...records: TheirRecord[]): Uint8Array {
  const sent = records.map((record) => create(MemberRecordSchema, { ...GOOD, ...record }));
  return message({ case: "rumors", value: { records: sent } });
}

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
}

function rejected(reason: RejectionReason, example: unknown = ADDRESS, count = 1): Rejection[] {
  return [{ reason, count, example: example as string }];
}

/** The record of {@link ADDRESS} at version 7. */
const GOOD: TheirRecord = { address: ADDRESS, generation: 5n, version: 7, verdict: 1, name: "me" };
const RECORD: SentRecord = {
  address: ADDRESS,
  generation: 5,
  incarnation: 0,
  version: 7,
  verdict: "live",
  name: "me",
  metadata: new Map(),
  expiresAt: 0,
  sinceVersion: 0,
  deletedKeys: [],
};

/** A verdict that the contract may not have. */
function verdict(number: number): TheirRecord {
  return { verdict: number as MemberRecord_Verdict };
}

function entry(key: string, text: string, version = 0) {
  return { key, value: { case: "text" as const, value: text }, version };
}

function deletedEntry(key: string) {
  return { key, value: { case: "deleted" as const, value: true } };
}

function manyKeys(count: number) {
  return Array.from({ length: count }, (_, index) => entry(`key-${index}`, ""));
}

function recordsOf(message: Uint8Array, limits: Partial<Limits> = {}): readonly MemberRecord[] {
  const { frame, rejections } = decode(message, limits);
  expect(rejections).toEqual([]);
  return frame !== undefined && "records" in frame ? frame.records : [];
}

describe("a record is dropped with its reason, and the others of its frame count", () => {
  const long = "a".repeat(DEFAULT_LIMITS.maxAddressLength + 1);
  const bad: readonly BadInput<TheirRecord>[] = [
    ["address-empty", "no address", { address: "" }, ""],
    ["address-malformed", "port 0", { address: "10.0.0.1:0" }, "10.0.0.1:0"],
    ["address-too-long", "a character too long", { address: long }, long.slice(0, 80)],
    ["generation-out-of-range", "2^53", { generation: 2n ** 53n }],
    ["generation-out-of-range", "the end of uint64", { generation: 2n ** 64n - 1n }],
    ["version-out-of-range", "a version", { version: maxVersion + 1 }],
    ["version-out-of-range", "an incarnation", { incarnation: maxVersion + 1 }],
    ["version-out-of-range", "a change since later", { sinceVersion: 8 }],
    ["version-out-of-range", "a key written later", { metadata: [entry("a", "b", 8)] }],
    ["verdict-unknown", "none", verdict(0)],
    ["verdict-unknown", "one of a later version", verdict(5)],
    ["verdict-unknown", "below 0", verdict(-1)],
    ["name-too-long", "a byte too long", { name: "a".repeat(1_025) }],
    ["name-too-long", "few characters of many bytes", { name: "é".repeat(513) }],
    ["key-malformed", "an empty key", { metadata: [entry("", "b")] }],
    ["key-malformed", "a long key", { metadata: [entry("a".repeat(257), "b")] }],
    ["key-malformed", "a key of many bytes", { metadata: [entry("é".repeat(129), "b")] }],
    ["key-malformed", "a key that comes twice", { metadata: [entry("a", "b"), entry("a", "c")] }],
    [
      "key-malformed",
      "a key that is there and deleted",
      { sinceVersion: 1, metadata: [entry("a", "b"), deletedEntry("a")] },
    ],
    ["key-malformed", "a key deleted in a whole record", { metadata: [deletedEntry("a")] }],
    ["too-many-keys", "a key too many", { metadata: manyKeys(maxMetadataKeys + 1) }],
    [
      "too-many-keys",
      "a deleted key too many",
      {
        sinceVersion: 1,
        metadata: manyKeys(maxMetadataKeys + 1).map(({ key }) => deletedEntry(key)),
      },
    ],
    ["metadata-too-large", "a byte", { metadata: [entry("a", "b".repeat(maxMetadataBytes))] }],
    [
      "metadata-too-large",
      "several keys together",
      { metadata: manyKeys(65).map(({ key }) => entry(key, "b".repeat(1_020))) },
    ],
  ];

  const each = bad.map(([reason, what, fields, example]) => {
    return { reason, what, fields, example };
  });
  test.each(each)("$reason: $what", ({ reason, fields, example = ADDRESS }) => {
    expect(decode(rumors({ name: "before" }, fields, { name: "after" }))).toEqual({
      frame: {
        type: "rumors",
        records: [
          { ...RECORD, name: "before" },
          { ...RECORD, name: "after" },
        ],
        first: false,
        accusing: false,
      },
      rejections: rejected(reason, example),
    });
  });

  test("what is at the limit is taken", () => {
    const [generation] = recordsOf(rumors({ generation: 2n ** 53n - 1n }));
    expect(generation?.generation).toBe(Number.MAX_SAFE_INTEGER);
    const [versions] = recordsOf(rumors({ version: maxVersion, incarnation: maxVersion }));
    expect([versions?.version, versions?.incarnation]).toEqual([maxVersion, maxVersion]);
    const [keys] = recordsOf(rumors({ metadata: manyKeys(maxMetadataKeys) }));
    expect(keys?.metadata.size).toBe(maxMetadataKeys);
    const key = "k".repeat(maxMetadataKeyBytes);
    const value = "é".repeat((maxMetadataBytes - maxMetadataKeyBytes) / 2);
    const [large] = recordsOf(rumors({ metadata: [entry(key, value)] }));
    expect(large?.metadata).toEqual(new Map([[key, { value, version: 0 }]]));
    const [name] = recordsOf(rumors({ name: "é".repeat(512) }));
    expect(name?.name.length).toBe(512);
  });

  test("key-malformed: a key that is no UTF-8", () => {
    const good = "0a0e 31302e302e332e31373a37393436 1005 2007 2801";
    const { frame, rejections } = decode(hex(`421f 0a1d ${good} 3a05 0a01ff 1200`));
    expect(frame).toEqual({ type: "rumors", records: [], first: false, accusing: false });
    expect(rejections).toEqual(rejected("key-malformed"));
  });

  test("undecodable: a record that is no protobuf", () => {
    const { frame, rejections } = decode(hex("4209 0a07 0a05 ff3a313a32"));
    expect(frame).toEqual({ type: "rumors", records: [], first: false, accusing: false });
    expect(rejections).toEqual(rejected("undecodable", expect.any(String)));
    // The name goes beyond the record, into the flag of the frame.
    expect(decode(hex("4207 0a03 3203 61 1001")).rejections).toEqual(
      rejected("undecodable", expect.any(String)),
    );
  });

  test("record-partial: a change in a list of whole records", () => {
    const records = [GOOD, { ...GOOD, sinceVersion: 3 }];
    const { frame, rejections } = decode(message({ case: "records", value: { records } }));
    expect(frame).toEqual({ type: "records", seq: 0, records: [RECORD], last: false });
    expect(rejections).toEqual(rejected("record-partial"));
  });

  test("too-many-records: those that come after the limit, malformed ones counted too", () => {
    const bytes = rumors({ address: "" }, {}, {}, {});
    expect(decode(bytes, { maxRecordsPerFrame: 2 })).toEqual({
      frame: { type: "rumors", records: [RECORD], first: false, accusing: false },
      rejections: [...rejected("address-empty", ""), ...rejected("too-many-records", "", 2)],
    });
  });

  test("a key with a value of a later version is left out", () => {
    const [record] = recordsOf(rumors({ metadata: [{ key: "a" }, entry("b", "")] }));
    expect(record?.metadata).toEqual(new Map([["b", { value: "", version: 0 }]]));
  });
});

describe("a frame is dropped with its reason", () => {
  const bad: readonly BadInput<Uint8Array>[] = [
    ["frame-unknown", "nothing at all", hex("")],
    ["frame-unknown", "a kind of a later version", hex("fa0702 0801")],
    ["frame-unknown", "a comparison", hex("1a02 1004")],
    ["frame-unknown", "a finding", hex("5202 1004")],
    ["frame-unknown", "no finding", message({ case: "evidence", value: {} })],
    ["address-empty", "a hello of nobody", message({ case: "hello", value: {} }), ""],
    ["address-malformed", "an ask", message({ case: "ask", value: { address: "me" } }), "me"],
    [
      "generation-out-of-range",
      "a hello",
      message({ case: "hello", value: { address: ADDRESS, generation: 2n ** 60n } }),
      ADDRESS,
    ],
    ["undecodable", "a tag that does not end", hex("ff")],
    ["undecodable", "field 0", hex("0001")],
    ["undecodable", "a group", hex("0b0c")],
    ["undecodable", "a length beyond the end", hex("12ff01 08")],
    ["undecodable", "a length beyond all memory", hex("12ffffffffffffffff7f 08")],
    ["undecodable", "a number that does not end", hex("120c 08ffffffffffffffffffff01")],
    ["undecodable", "a number above 32 bits", hex("1206 088080808010")],
    ["undecodable", "a field beyond its frame", hex("1201 08 01")],
    ["undecodable", "text that is no UTF-8", hex("5a04 0a02 c328")],
    ["undecodable", "half a fingerprint", hex("120c 120a 0a08 0102030405060708")],
    ["undecodable", "a fingerprint without lanes", hex("1204 1202 1001")],
    ["undecodable", "half a symbol", hex("2a0a 1a08 0102030405060708")],
    ["undecodable", "half a hash", hex("3206 1204 01020304")],
    ["undecodable", "a request of another protocol", hex("474554202f20485454502f312e310d0a")],
    ["undecodable", "no compression", hex("3a06 1a04 ffffffff")],
  ];

  const each = bad.map(([reason, what, bytes, example]) => ({ reason, what, bytes, example }));
  test.each(each)("$reason: $what", ({ reason, bytes, example }) => {
    const { frame, rejections } = decode(bytes);
    expect(frame).toBeUndefined();
    expect(rejections).toEqual(rejected(reason, example ?? expect.any(String)));
  });

  test("of addresses that may have time, the malformed are left out, and those too many", () => {
    const addresses = [ADDRESS, "me", "b:1", "c:1"];
    const bytes = message({ case: "probeAnswer", value: { comparison: 3, seq: 9, addresses } });
    expect(decode(bytes, { maxRecordsPerFrame: 3 })).toEqual({
      frame: {
        type: "probe-answer",
        seq: 9,
        comparison: { type: "busy", addresses: [ADDRESS, "b:1"] },
      },
      rejections: [...rejected("address-malformed", "me"), ...rejected("too-many-records", "c:1")],
    });
  });

  test("the last of two kinds counts", () => {
    const ask: TheirKind = { case: "ask", value: { address: ADDRESS, seq: 4 } };
    const goodbye: TheirKind = { case: "goodbye", value: { reason: "leaving" } };
    const { frame } = decode(Buffer.concat([message(ask), message(goodbye)]));
    expect(frame).toEqual({ type: "goodbye", reason: "leaving" });
  });
});

describe("a long list of records", () => {
  const list: SentRecord[] = Array.from({ length: 300 }, (_, index) => {
    return { ...RECORD, address: `10.0.3.17:${10_000 + index}`, name: `peer-${index}` };
  });
  const frame: Frame = { type: "records", seq: 3, records: list, last: true };

  test("is compressed, and comes back", () => {
    const codec = new NativeCodec(DEFAULT_LIMITS);
    const bytes = codec.encode(frame);
    const { kind } = fromBinary(FrameSchema, bytes);
    if (kind.case !== "records") throw new Error(`It is of the kind ${kind.case}.`);
    expect(kind.value.records).toEqual([]);
    expect(kind.value.deflated.length).toBeLessThan(300 * 20);
    expect(decodeWith(codec, bytes)).toEqual({ frame, rejections: [] });
  });

  test("comes back as protobuf-es and zlib make it, with all fields or the records alone", () => {
    const records = list.map(({ address, name }) => ({ ...GOOD, address, name }));
    for (const fields of [{}, { seq: 99, last: false, deflated: new Uint8Array(3) }]) {
      const whole = toBinary(RecordsSchema, create(RecordsSchema, { ...fields, records }));
      const deflated = new Uint8Array(deflateRawSync(whole, { level: 1 }));
      const bytes = message({ case: "records", value: { seq: 3, deflated, last: true } });
      expect(decode(bytes)).toEqual({ frame, rejections: [] });
    }
  });

  test("of few bytes, or of what cannot be compressed, is sent as it is", () => {
    let state = 1;
    const noise = Uint8Array.from({ length: 2_000 }, () => {
      state = Math.imul(state, 1_103_515_245) + 12_345;
      return state >>> 16;
    });
    const record = { ...RECORD, metadata: new Map([["noise", { value: noise, version: 1 }]]) };
    for (const records of [[RECORD], [record]]) {
      const codec = new NativeCodec(DEFAULT_LIMITS);
      const bytes = codec.encode({ ...frame, records });
      const { kind } = fromBinary(FrameSchema, bytes);
      expect(kind.case === "records" && kind.value.deflated.length).toBe(0);
      expect(decodeWith(codec, bytes).frame).toEqual({ ...frame, records });
    }
  });

  test("that inflates beyond the limit is dropped", () => {
    const bomb = new Uint8Array(deflateRawSync(Buffer.alloc(64 * 2 ** 20)));
    const bytes = message({ case: "records", value: { seq: 3, deflated: bomb } });
    expect(decode(bytes)).toEqual({
      frame: undefined,
      rejections: rejected("inflated-too-long", expect.any(String)),
    });
  });

  test("that is compressed many times over is inflated once", () => {
    const part = deflateRawSync(Buffer.alloc(64 * 2 ** 20));
    const fields = [part, part, deflateRawSync(Buffer.alloc(0))].map((deflated) => {
      return toBinary(RecordsSchema, create(RecordsSchema, { deflated: new Uint8Array(deflated) }));
    });
    const body = Buffer.concat(fields);
    const size = Buffer.from([
      (body.length & 127) | 128,
      ((body.length >> 7) & 127) | 128,
      body.length >> 14,
    ]);
    expect(decode(Buffer.concat([hex("3a"), size, body]))).toEqual({
      frame: { type: "records", seq: 0, records: [], last: false },
      rejections: [],
    });
  });
});

describe("the memory", () => {
  test("gives the same record for the same bytes, whatever frame they come in", () => {
    const codec = new NativeCodec(DEFAULT_LIMITS);
    const sent: Frame[] = [
      { type: "rumors", records: [RECORD], first: true, accusing: false },
      {
        type: "rumors",
        records: [{ ...RECORD, version: 8 }, RECORD],
        first: false,
        accusing: false,
      },
      { type: "records", seq: 1, records: [RECORD], last: true },
    ];
    const received = sent.map((frame) => {
      const decoded = decodeWith(codec, codec.encode(frame)).frame;
      return decoded !== undefined && "records" in decoded ? decoded.records.at(-1) : undefined;
    });
    expect(received[0]).toEqual(RECORD);
    expect(received[1]).toBe(received[0]);
    expect(received[2]).toBe(received[0]);
  });

  test("does not keep a change apart from its version", () => {
    const codec = new NativeCodec(DEFAULT_LIMITS);
    const metadata = new Map([["a", { value: "b", version: 7 }]]);
    const change: SentRecord = { ...RECORD, metadata, sinceVersion: 6, deletedKeys: ["c"] };
    const records = [{ ...RECORD, metadata }, change, { ...change, deletedKeys: [] }];
    const bytes = codec.encode({ type: "rumors", records, first: true, accusing: false });
    for (let time = 0; time < 2; time += 1) {
      expect(decodeWith(codec, bytes).frame).toEqual({
        type: "rumors",
        records,
        first: true,
        accusing: false,
      });
    }
  });

  test("keeps no hold of the buffer that a frame came in", () => {
    const codec = new NativeCodec(DEFAULT_LIMITS);
    const buffer = Buffer.alloc(1_024);
    const data = new Uint8Array([1, 2, 3]);
    for (let version = 1; version < 2_000; version += 1) {
      const record = { ...RECORD, version, metadata: new Map([["a", { value: data, version }]]) };
      const frame: Frame = { type: "rumors", records: [record], first: true, accusing: false };
      const bytes = codec.encode(frame);
      buffer.set(bytes);
      const decoded = decodeWith(codec, buffer.subarray(0, bytes.length));
      buffer.fill(0xff);
      expect(decoded).toEqual({ frame, rejections: [] });
    }
  });

  test("holds nothing that is bad: it is dropped, and counted, each time", () => {
    const codec = new NativeCodec(DEFAULT_LIMITS);
    const bytes = rumors(verdict(9));
    for (let time = 0; time < 3; time += 1) {
      expect(decodeWith(codec, bytes).rejections).toEqual(rejected("verdict-unknown"));
    }
  });
});
