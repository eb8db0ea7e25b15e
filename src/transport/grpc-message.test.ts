import { status } from "@grpc/grpc-js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { framed, isKnownEncoding, MessageReader } from "./grpc-message.js";

const MAX_BYTES = 1_000;

function reader() {
  const messages: number[][] = [];
  const made = new MessageReader({
    maxBytes: MAX_BYTES,
    encoding: undefined,
    onMessage: (message) => messages.push([...message]),
  });
  return { reader: made, messages };
}

test("messages are read alike in whatever pieces they come", () => {
  const message = fc.uint8Array({ maxLength: 60 });
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 8 }),
      fc.infiniteStream(fc.nat(40)),
      (sent, sizes) => {
        const bytes = framed(sent);
        const { reader: read, messages } = reader();
        for (let begin = 0; begin < bytes.byteLength; ) {
          const end = begin + 1 + (sizes.next().value as number);
          expect(read.push(bytes.subarray(begin, end))).toBeUndefined();
          begin = end;
        }
        expect(messages).toEqual(sent.map((each) => [...each]));
        expect(read.isBetween).toBe(true);
      },
    ),
  );
});

test("what was handed on stays as it is while more comes", () => {
  const kept: Buffer[] = [];
  const read = new MessageReader({
    maxBytes: MAX_BYTES,
    encoding: undefined,
    onMessage: (message) => kept.push(message),
  });
  const bytes = framed([Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6)]);
  for (const byte of bytes) read.push(Buffer.of(byte));
  expect(kept.map((message) => [...message])).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ]);
});

test("a message that is too long is refused by its header, also where that comes in pieces", () => {
  const header = Buffer.of(0, 0, 0, MAX_BYTES >> 8, (MAX_BYTES & 255) + 1);
  const fault = { code: status.RESOURCE_EXHAUSTED };
  expect(reader().reader.push(header)).toMatchObject(fault);
  const { reader: read } = reader();
  const answers = Array.from(header, (byte) => read.push(Buffer.of(byte)));
  expect(answers.slice(0, -1)).toEqual(Array(4).fill(undefined));
  expect(answers.at(-1)).toMatchObject(fault);
});

test("an encoding is known by its own name alone", () => {
  expect(["gzip", "deflate", "identity", undefined].map(isKnownEncoding)).toEqual(
    Array(4).fill(true),
  );
  for (const name of ["toString", "__proto__", "constructor", "br", ""]) {
    expect(isKnownEncoding(name)).toBe(false);
  }
});
