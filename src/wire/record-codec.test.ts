// The codec that remembers: it gives what the plain functions give, also when the memory is in the
// way of others, and what is bad is bad each time that it comes.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../core/limits.js";
import type { PeerRecord } from "../core/record.js";
import { RejectionCounter } from "../core/rejection.js";
import { RecordCodec } from "./record-codec.js";
import { decodeRecord, encodeRecord } from "./seed-dialect.js";

function record(index: number): PeerRecord {
  const port = 10_000 + (index % 50_000);
  return { address: `10.0.0.1:${port}`, version: 1_000 + index, deleted: false, name: "me" };
}

function decode(codec: RecordCodec, messages: readonly Uint8Array[]) {
  const rejections = new RejectionCounter();
  const records = codec.decode(messages, rejections);
  return { records, rejections: rejections.take() };
}

/** Few addresses, so that the same messages come again and again. */
const records = fc.record({
  address: fc.nat({ max: 3 }).map((index) => `10.0.0.${index}:7946`),
  version: fc.nat({ max: 3 }),
  deleted: fc.boolean(),
  name: fc.oneof(fc.constantFrom("a", "b"), fc.constant("a".repeat(300))),
});

test("every list comes back as it was sent, however often", () => {
  const codec = new RecordCodec(DEFAULT_LIMITS);
  fc.assert(
    fc.property(fc.array(records), (list) => {
      const messages = codec.encode(list);
      expect(messages).toEqual(list.map(encodeRecord));
      expect(codec.encode(list)).toEqual(messages);
      expect(decode(codec, messages)).toEqual({ records: list, rejections: [] });
      expect(decode(codec, messages)).toEqual({ records: list, rejections: [] });
    }),
  );
});

test("any messages give what they give without a memory", () => {
  const codec = new RecordCodec(DEFAULT_LIMITS);
  const good = records.map(encodeRecord);
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.uint8Array({ maxLength: 10 }), good)), (messages) => {
      const rejections = new RejectionCounter();
      const plain = messages
        .map((message) => decodeRecord(message, DEFAULT_LIMITS, rejections))
        .filter((each) => each !== undefined);
      expect(decode(codec, messages)).toEqual({ records: plain, rejections: rejections.take() });
    }),
  );
});

describe("the memory", () => {
  test("gives the same record for the same bytes", () => {
    const codec = new RecordCodec(DEFAULT_LIMITS);
    const bytes = encodeRecord(record(1));
    const [first] = decode(codec, [bytes]).records;
    const [second] = decode(codec, [Uint8Array.from(bytes)]).records;
    expect(first).toEqual(record(1));
    expect(second).toBe(first);
  });

  test("mistakes no record for another, however many there are", () => {
    const codec = new RecordCodec(DEFAULT_LIMITS);
    const many = Array.from({ length: 50_000 }, (_, index) => record(index));
    const messages = many.map(encodeRecord);
    for (let time = 0; time < 2; time += 1) {
      const decoded = decode(codec, messages);
      expect(decoded.rejections).toEqual([]);
      const wrong = decoded.records.filter((each, index) => each.version !== many[index]?.version);
      expect(wrong).toEqual([]);
    }
  });

  test("keeps no hold of the buffer that a message came in", () => {
    const codec = new RecordCodec(DEFAULT_LIMITS);
    const buffer = Buffer.alloc(1_024);
    // All come in the same place; were that place remembered, it would change under the memory.
    for (let index = 0; index < 5_000; index += 1) {
      const bytes = encodeRecord(record(index));
      buffer.set(bytes);
      const { records: decoded } = decode(codec, [buffer.subarray(0, bytes.length)]);
      expect(decoded).toEqual([record(index)]);
    }
  });

  test("holds nothing that is bad: it is dropped, and counted, each time", () => {
    const codec = new RecordCodec(DEFAULT_LIMITS);
    const bad = encodeRecord({ ...record(1), address: "no address" });
    const good = encodeRecord(record(2));
    for (let time = 0; time < 3; time += 1) {
      expect(decode(codec, [bad, good, bad])).toEqual({
        records: [record(2)],
        rejections: [{ reason: "address-malformed", count: 2, example: "no address" }],
      });
    }
  });
});
