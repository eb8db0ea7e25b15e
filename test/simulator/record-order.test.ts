// What makes large clusters cheap to simulate: the codec expects a list in the order in which it came
// last time, and looks a record up only where it errs. Seen by how much is hashed, for what comes out
// is the same without it.

import { afterEach, describe, expect, test, vi } from "vitest";
import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import type { PeerRecord } from "../../src/core/record.js";
import { RejectionCounter } from "../../src/core/rejection.js";
import { RecordCodec } from "../../src/wire/record-codec.js";
import { encodeRecord } from "../../src/wire/seed-dialect.js";

function record(index: number, version = 1_000): PeerRecord {
  return { address: `10.0.0.${index}:7946`, version, deleted: false, name: "me" };
}

/** A codec whose memory has grown to hold these. */
function grownCodec(messages: readonly Uint8Array[]): RecordCodec {
  const codec = new RecordCodec(DEFAULT_LIMITS);
  for (let count = 0; count < 3; count += 1) decode(codec, messages);
  return codec;
}

function decode(codec: RecordCodec, messages: readonly Uint8Array[]): PeerRecord[] {
  return codec.decode(messages, new RejectionCounter());
}

/** How many bytes are hashed to decode copies of these messages, and what they are decoded to. */
function hashedBytes(
  codec: RecordCodec,
  messages: readonly Uint8Array[],
): { readonly records: PeerRecord[]; readonly bytes: number } {
  const copies = messages.map((message) => Uint8Array.from(message));
  // Once for each byte of a hash, and nowhere else.
  const multiply = vi.spyOn(Math, "imul");
  const records = decode(codec, copies);
  const bytes = multiply.mock.calls.length;
  multiply.mockRestore();
  return { records, bytes };
}

function lengthOf(message: Uint8Array | undefined): number {
  return message?.length ?? expect.fail("there is no such message");
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("a list that comes again", () => {
  const list = Array.from({ length: 100 }, (_, index) => record(index));
  const messages = list.map(encodeRecord);

  test("is looked up at its first record, and known from there on", () => {
    const codec = grownCodec(messages);
    const first = decode(codec, messages);
    const again = hashedBytes(codec, messages);
    expect(again.records).toEqual(list);
    expect(again.records.every((each, index) => each === first[index])).toBe(true);
    expect(again.bytes).toBe(lengthOf(messages[0]));
  });

  test("in another order is right, and that order is what is expected next", () => {
    const codec = grownCodec(messages);
    decode(codec, messages);
    const backward = messages.toReversed();
    expect(decode(codec, backward)).toEqual(list.toReversed());
    const again = hashedBytes(codec, backward);
    expect(again.records).toEqual(list.toReversed());
    expect(again.bytes).toBe(lengthOf(backward[0]));
  });

  test("with one record changed has the new one, which is expected next", () => {
    const codec = grownCodec(messages);
    decode(codec, messages);
    const changed = list.with(50, record(50, 1_001));
    expect(decode(codec, changed.map(encodeRecord))).toEqual(changed);
    const again = hashedBytes(codec, changed.map(encodeRecord));
    expect(again.records).toEqual(changed);
    expect(again.bytes).toBe(lengthOf(messages[0]));
    expect(decode(codec, messages)).toEqual(list);
  });

  test("with a malformed message between two records keeps their order in mind", () => {
    const codec = grownCodec(messages);
    const bad = encodeRecord({ ...record(1), address: "no address" });
    const spoilt = messages.toSpliced(50, 0, bad);
    decode(codec, messages);
    decode(codec, spoilt);
    const again = hashedBytes(codec, spoilt);
    expect(again.records).toEqual(list);
    expect(again.bytes).toBe(lengthOf(messages[0]) + bad.length);
  });
});
