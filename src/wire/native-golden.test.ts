// The codec by hand against the generated one: the same bytes for the same frames, both ways.

import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../core/limits.js";
import type { Comparison, Frame, RecordHash } from "../core/native/frames.js";
import type { LinkDetail } from "../core/native/link-details.js";
import type { MetadataEntry, SentRecord } from "../core/native/member-record.js";
import type { CodedSymbol } from "../core/native/sketch.js";
import { RejectionCounter } from "../core/rejection.js";
import {
  Evidence_Finding,
  FrameSchema,
  LinkReport_Probe,
  type LinkReportSchema,
  MemberRecord_Verdict,
  type MemberRecordSchema,
  type MetadataEntrySchema,
  ProbeAnswer_Comparison,
} from "../gen/gossip/v1/gossip_pb.js";
import { LINK_METHOD, NativeCodec } from "./native-dialect.js";

type TheirFrame = MessageInitShape<typeof FrameSchema>;
type TheirKind = NonNullable<TheirFrame["kind"]>;

const ADDRESS = "10.0.3.17:7946";
const COMPARISONS = {
  same: ProbeAnswer_Comparison.UNSPECIFIED,
  different: ProbeAnswer_Comparison.DIFFERENT,
  "whole-list": ProbeAnswer_Comparison.WHOLE_LIST,
  busy: ProbeAnswer_Comparison.BUSY,
};
const FINDINGS = {
  answered: Evidence_Finding.ANSWERED,
  silent: Evidence_Finding.SILENT,
  refused: Evidence_Finding.REFUSED,
};
const VERDICTS = {
  live: MemberRecord_Verdict.LIVE,
  left: MemberRecord_Verdict.LEFT,
  failed: MemberRecord_Verdict.FAILED,
  forgotten: MemberRecord_Verdict.FORGOTTEN,
};

function decode(bytes: Uint8Array): Frame | undefined {
  const rejections = new RejectionCounter();
  const frame = new NativeCodec(DEFAULT_LIMITS).decode(bytes, rejections);
  expect(rejections.take()).toEqual([]);
  return frame;
}

function encode(frame: Frame): Uint8Array {
  return new Uint8Array(new NativeCodec(DEFAULT_LIMITS).encode(frame));
}

function packedHashes(hashes: readonly RecordHash[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(hashes.length * 8));
  for (const [index, { high, low }] of hashes.entries()) {
    view.setInt32(index * 8, high, true);
    view.setInt32(index * 8 + 4, low, true);
  }
  return new Uint8Array(view.buffer);
}

function packedSymbols(symbols: readonly CodedSymbol[]): Uint8Array {
  const parts = symbols.map(({ high, low, check, count }) => {
    const fixed = Buffer.alloc(12);
    fixed.writeInt32LE(high, 0);
    fixed.writeInt32LE(low, 4);
    fixed.writeInt32LE(check, 8);
    let rest = BigInt(count) >= 0n ? BigInt(count) * 2n : BigInt(-count) * 2n - 1n;
    const varint: number[] = [];
    for (; rest > 127n; rest >>= 7n) varint.push(Number(rest & 127n) | 128);
    return Buffer.concat([fixed, Buffer.from([...varint, Number(rest)])]);
  });
  return new Uint8Array(Buffer.concat(parts));
}

function packedLanes(lanes: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(16));
  for (const [index, lane] of lanes.entries()) view.setUint32(index * 4, lane, true);
  return new Uint8Array(view.buffer);
}

function theirEntry(
  key: string,
  { value, version }: MetadataEntry,
): MessageInitShape<typeof MetadataEntrySchema> {
  const theirs =
    typeof value === "string"
      ? { case: "text" as const, value }
      : { case: "data" as const, value: new Uint8Array(value) };
  return { key, value: theirs, version };
}

function theirRecord(record: SentRecord): MessageInitShape<typeof MemberRecordSchema> {
  const { address, generation, incarnation, version, verdict, name, expiresAt } = record;
  return {
    address,
    generation: BigInt(generation),
    incarnation,
    version,
    verdict: VERDICTS[verdict],
    name,
    metadata: [
      ...Array.from(record.metadata, ([key, entry]) => theirEntry(key, entry)),
      ...record.deletedKeys.map((key) => ({
        key,
        value: { case: "deleted" as const, value: true },
      })),
    ],
    expiresAt,
    sinceVersion: record.sinceVersion,
  };
}

function theirLink(link: LinkDetail): MessageInitShape<typeof LinkReportSchema> {
  const { isLatestProbeTimely, roundTripMs = 0 } = link;
  const answered = isLatestProbeTimely === true ? LinkReport_Probe.TIMELY : LinkReport_Probe.LATE;
  return {
    address: link.address,
    outbound: link.isOutbound,
    neighbour: link.isNeighbour,
    roundTripUs: Math.round(roundTripMs * 1_000),
    silentForMs: link.silentForMs,
    probe: isLatestProbeTimely === undefined ? LinkReport_Probe.UNSPECIFIED : answered,
  };
}

function theirComparison(comparison: Comparison) {
  const symbols = packedSymbols(comparison.type === "different" ? comparison.symbols : []);
  const addresses = comparison.type === "busy" ? [...comparison.addresses] : [];
  return { comparison: COMPARISONS[comparison.type], symbols, addresses };
}

function theirKind(frame: Frame): TheirKind {
  switch (frame.type) {
    case "hello":
      return {
        case: "hello",
        value: {
          ...frame,
          generation: BigInt(frame.generation),
          originals: [...frame.originals],
          clock: BigInt(frame.clock),
        },
      };
    case "probe": {
      const { seq, fingerprint } = frame;
      if (fingerprint === undefined) return { case: "probe", value: { seq } };
      const { count, lanes } = fingerprint;
      return { case: "probe", value: { seq, fingerprint: { count, lanes: packedLanes(lanes) } } };
    }
    case "probe-answer":
      return {
        case: "probeAnswer",
        value: { seq: frame.seq, ...theirComparison(frame.comparison) },
      };
    case "symbols-request":
      return { case: "symbolsRequest", value: frame };
    case "symbols":
      return { case: "symbols", value: { ...frame, symbols: packedSymbols(frame.symbols) } };
    case "records-request":
      return { case: "recordsRequest", value: { ...frame, hashes: packedHashes(frame.hashes) } };
    case "records": {
      const records = frame.records.map((record) => {
        return theirRecord({ ...record, sinceVersion: 0, deletedKeys: [] });
      });
      return { case: "records", value: { seq: frame.seq, records, last: frame.last } };
    }
    case "rumors":
      return {
        case: "rumors",
        value: {
          records: frame.records.map(theirRecord),
          first: frame.first,
          accusing: frame.accusing,
          agesUs: (frame.agesMs ?? []).map((ageMs = 0) => Math.round(ageMs * 1_000)),
        },
      };
    case "ask":
      return { case: "ask", value: { ...frame, generation: BigInt(frame.generation) } };
    case "evidence":
      return { case: "evidence", value: { ...frame, finding: FINDINGS[frame.finding] } };
    case "goodbye":
      return { case: "goodbye", value: { reason: frame.reason } };
    case "links-request":
      return { case: "linksRequest", value: { seq: frame.seq } };
    case "links":
      return { case: "links", value: { seq: frame.seq, links: frame.links.map(theirLink) } };
  }
}

/** The message of protobuf-es that says the same. */
function theirs(frame: Frame): Uint8Array {
  return toBinary(FrameSchema, create(FrameSchema, { kind: theirKind(frame) }));
}

const uint32 = fc.oneof(fc.constantFrom(0, 1, 127, 128, 2 ** 32 - 1), fc.nat(2 ** 32 - 1));
const int32 = fc.oneof(fc.constantFrom(0, -1, 2 ** 31 - 1, -(2 ** 31)), fc.integer());
const generation = fc.oneof(
  fc.constantFrom(0, 2 ** 32, 2 ** 35, 2 ** 42 - 1, Number.MAX_SAFE_INTEGER),
  fc.nat(Number.MAX_SAFE_INTEGER),
);
const address = fc
  .tuple(fc.ipV4(), fc.integer({ min: 1, max: 65_535 }))
  .map(([host, port]) => `${host}:${port}`);
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom("", "\0", "a".repeat(64), "a".repeat(65), "é".repeat(64), "\ufeffa"),
);
const key = text.filter((each) => each !== "");
const symbols = fc.array(fc.record({ high: int32, low: int32, check: int32, count: int32 }));
const hashes = fc.array(fc.record({ high: int32, low: int32 }));
const fingerprint = fc.record({ lanes: fc.tuple(uint32, uint32, uint32, uint32), count: uint32 });

const value = fc.oneof(
  text,
  fc.uint8Array({ maxLength: 20 }).map((bytes) => new Uint8Array(bytes)),
);
const VERSION = 1_000;
const entry = fc.record({ value, version: fc.nat(VERSION) });
const whole: fc.Arbitrary<SentRecord> = fc.record({
  address,
  generation,
  incarnation: fc.nat(2 ** 30),
  version: fc.integer({ min: VERSION, max: 2 ** 30 }),
  verdict: fc.constantFrom("live", "left", "failed", "forgotten"),
  name: text,
  metadata: fc.array(fc.tuple(key, entry), { maxLength: 4 }).map((entries) => new Map(entries)),
  expiresAt: uint32,
  sinceVersion: fc.constant(0),
  deletedKeys: fc.constant([]),
});
const partial: fc.Arbitrary<SentRecord> = fc
  .tuple(whole, fc.integer({ min: 1, max: VERSION }), fc.uniqueArray(key, { maxLength: 3 }))
  .map(([record, sinceVersion, keys]) => {
    const deletedKeys = keys.filter((each) => !record.metadata.has(each));
    return { ...record, sinceVersion, deletedKeys };
  });

const comparisons: fc.Arbitrary<Comparison> = fc.oneof(
  fc.constantFrom<Comparison>({ type: "same" }, { type: "whole-list" }),
  fc.record({ type: fc.constant("different" as const), symbols }),
  fc.record({ type: fc.constant("busy" as const), addresses: fc.array(address) }),
);

function of<Type extends Frame["type"]>(type: Type): fc.Arbitrary<Type> {
  return fc.constant(type);
}

const duration = fc.option(
  fc.integer({ min: 1, max: 2 ** 32 - 1 }).map((us) => us / 1_000),
  { nil: undefined },
);
const link: fc.Arbitrary<LinkDetail> = fc.record({
  address,
  isOutbound: fc.boolean(),
  isNeighbour: fc.boolean(),
  roundTripMs: duration,
  silentForMs: uint32,
  isLatestProbeTimely: fc.constantFrom(undefined, true, false),
});

/** Every kind of frame; lists of records that are too short to be compressed. */
const frames: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({
    type: of("hello"),
    cluster: text,
    address,
    generation,
    minVersion: uint32,
    maxVersion: uint32,
    originals: fc.array(address, { maxLength: 3 }),
    clock: generation,
  }),
  fc.record({
    type: of("probe"),
    seq: uint32,
    fingerprint: fc.option(fingerprint, { nil: undefined }),
  }),
  fc.record({ type: of("probe-answer"), seq: uint32, comparison: comparisons }),
  fc.record({ type: of("symbols-request"), seq: uint32, from: uint32, count: uint32 }),
  fc.record({ type: of("symbols"), seq: uint32, from: uint32, symbols }),
  fc.record({ type: of("records-request"), seq: uint32, hashes, all: fc.boolean() }),
  fc.record({
    type: of("records"),
    seq: uint32,
    records: fc.array(whole, { maxLength: 2 }),
    last: fc.boolean(),
  }),
  fc.record({
    type: of("rumors"),
    records: fc.array(fc.oneof(whole, partial), { maxLength: 5 }),
    first: fc.boolean(),
    accusing: fc.boolean(),
  }),
  fc
    .tuple(
      fc.array(fc.tuple(fc.oneof(whole, partial), duration), { minLength: 1, maxLength: 5 }),
      fc.boolean(),
    )
    .map(([aged, first]) => ({
      type: "rumors" as const,
      records: aged.map(([record]) => record),
      first,
      accusing: false,
      agesMs: aged.map(([, ageMs]) => ageMs),
    })),
  fc.record({ type: of("ask"), seq: uint32, address, generation, trial: uint32 }),
  fc.record({
    type: of("evidence"),
    seq: uint32,
    finding: fc.constantFrom("answered" as const, "silent" as const, "refused" as const),
    late: uint32,
  }),
  fc.record({ type: of("goodbye"), reason: text }),
  fc.record({ type: of("links-request"), seq: uint32 }),
  fc.record({ type: of("links"), seq: uint32, links: fc.array(link, { maxLength: 4 }) }),
);

test("the path is that of the contract", () => {
  expect(LINK_METHOD).toBe("/gossip.v1.Gossip/Link");
});

describe("every frame", () => {
  test("has the bytes that protobuf-es makes, and comes back from them", () => {
    fc.assert(
      fc.property(frames, (frame) => {
        const bytes = encode(frame);
        fc.pre(frame.type !== "records" || bytes.length < 1_000);
        expect(bytes).toEqual(theirs(frame));
        expect(decode(bytes)).toEqual(frame);
      }),
      { numRuns: 1_000 },
    );
  });

  test("is read by protobuf-es as it was meant", () => {
    fc.assert(
      fc.property(frames, (frame) => {
        const bytes = encode(frame);
        fc.pre(frame.type !== "records" || bytes.length < 1_000);
        const message = fromBinary(FrameSchema, bytes);
        expect(message).toEqual(fromBinary(FrameSchema, theirs(frame)));
        expect(message.$unknown).toBeUndefined();
      }),
    );
  });

  test("comes back from a codec that has seen others before, again and again", () => {
    const codec = new NativeCodec(DEFAULT_LIMITS);
    const rejections = new RejectionCounter();
    fc.assert(
      fc.property(frames, (frame) => {
        for (let time = 0; time < 2; time += 1) {
          expect(codec.decode(codec.encode(frame), rejections)).toEqual(frame);
        }
      }),
    );
    expect(rejections.take()).toEqual([]);
  });

  test("comes back from the middle of a larger buffer, as a socket gives it", () => {
    fc.assert(
      fc.property(frames, fc.uint8Array(), fc.uint8Array(), (frame, before, after) => {
        const bytes = encode(frame);
        const buffer = Buffer.concat([before, bytes, after]);
        const decoded = decode(buffer.subarray(before.length, before.length + bytes.length));
        buffer.fill(0xff);
        expect(decoded).toEqual(frame);
      }),
    );
  });

  test("may be followed by what a later version adds", () => {
    const later = Buffer.from("f8070afa0703616263fd0701020304f9070102030405060708", "hex");
    fc.assert(
      fc.property(frames, (frame) => {
        expect(decode(Buffer.concat([encode(frame), later]))).toEqual(frame);
        expect(decode(Buffer.concat([later, encode(frame)]))).toEqual(frame);
      }),
    );
  });
});

describe("bytes that may be anything", () => {
  const codec = new NativeCodec(DEFAULT_LIMITS);
  const almost = fc.tuple(frames, fc.nat(), fc.nat({ max: 255 })).map(([frame, at, byte]) => {
    const bytes = encode(frame);
    bytes[at % bytes.length] = byte;
    return bytes;
  });
  const cut = fc.tuple(frames, fc.nat()).map(([frame, length]) => {
    const bytes = encode(frame);
    return bytes.subarray(0, length % bytes.length);
  });

  test.each([
    ["at random", fc.uint8Array({ maxLength: 60 })],
    ["of a frame with one of them changed", almost],
    ["of a frame that is cut off", cut],
  ])("%s are no exception, and make nothing that could not be sent", (_, messages) => {
    fc.assert(
      fc.property(messages, (message) => {
        const rejections = new RejectionCounter();
        const frame = codec.decode(message, rejections);
        if (frame === undefined) expect(rejections.take().length).toBeGreaterThan(0);
        else expect(decode(encode(frame))).toEqual(frame);
      }),
      { numRuns: 2_000 },
    );
  });

  test("cut off in the middle of the frame are no frame", () => {
    const bytes = encode({ type: "ask", seq: 1, address: ADDRESS, generation: 2 ** 40, trial: 3 });
    for (let length = 0; length < bytes.length; length += 1) {
      expect(codec.decode(bytes.subarray(0, length), new RejectionCounter())).toBeUndefined();
    }
  });
});
