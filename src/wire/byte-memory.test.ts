// The memory's bounds; that it mistakes nothing for another is tested with the codecs.

import { expect, test } from "vitest";
import { ByteMemory } from "./byte-memory.js";

function bytesOf(index: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(0, index);
  return bytes;
}

function isHeld(memory: ByteMemory<number>, bytes: Uint8Array): boolean {
  return memory.recall(bytes, 0, bytes.length, undefined) !== undefined;
}

function remember(memory: ByteMemory<number>, bytes: Uint8Array, value: number): void {
  memory.remember(bytes, 0, bytes.length, value, undefined);
}

test("what is too long is not held", () => {
  const memory = new ByteMemory<number>({ maxBytesEach: 10, maxBytes: 1_000 });
  remember(memory, bytesOf(1, 10), 1);
  remember(memory, bytesOf(2, 11), 2);
  expect(isHeld(memory, bytesOf(1, 10))).toBe(true);
  expect(isHeld(memory, bytesOf(2, 11))).toBe(false);
});

test("no more is held than all together may be, and it goes on taking in what is new", () => {
  const memory = new ByteMemory<number>({ maxBytesEach: 100, maxBytes: 1_000 });
  let latest = 0;
  for (let index = 0; index < 10_000; index += 1) {
    const bytes = bytesOf(index, 100);
    remember(memory, bytes, index);
    if (isHeld(memory, bytes)) latest += 1;
  }
  const late = Array.from({ length: 1_000 }, (_, index) => 9_000 + index);
  expect(late.filter((index) => isHeld(memory, bytesOf(index, 100)))).toHaveLength(10);
  expect(latest).toBeGreaterThan(9_000);
});

test("it grows with what is put in", () => {
  const memory = new ByteMemory<number>({ maxBytesEach: 100, maxBytes: 100_000 });
  for (let index = 0; index < 5_000; index += 1) remember(memory, bytesOf(index, 4), index);
  const held = Array.from({ length: 5_000 }, (_, index) => isHeld(memory, bytesOf(index, 4)));
  // What hashes to a slot that is taken makes the one there give way.
  expect(held.filter(Boolean).length).toBeGreaterThan(4_500);
});

test("no more is held than there are slots at most", () => {
  const [most, put] = [2 ** 15, 200_000];
  const memory = new ByteMemory<number>({ maxBytesEach: 100, maxBytes: 10_000_000 });
  for (let index = 0; index < put; index += 1) remember(memory, bytesOf(index, 4), index);
  // Of a sample, since each question forgets a little.
  const sample = Array.from({ length: 1_000 }, (_, index) => (index * put) / 1_000);
  const held = sample.filter((index) => isHeld(memory, bytesOf(index, 4))).length / sample.length;
  expect(held).toBeGreaterThan((0.8 * most) / put);
  expect(held).toBeLessThan((1.2 * most) / put);
});

test("bytes are found as a part of others", () => {
  const memory = new ByteMemory<number>({ maxBytesEach: 100, maxBytes: 1_000 });
  remember(memory, Uint8Array.of(2, 3), 23);
  const found = memory.recall(Uint8Array.of(1, 2, 3, 4), 1, 3, undefined);
  expect(found?.value).toBe(23);
  expect(memory.recall(Uint8Array.of(1, 2, 3, 4), 1, 4, undefined)).toBeUndefined();
});

test("what is asked for now and then stays, and what is not is forgotten in time", () => {
  const memory = new ByteMemory<number>({ maxBytesEach: 100, maxBytes: 1_000_000 });
  const [kept, passing] = [Uint8Array.of(1), Uint8Array.of(2)];
  remember(memory, kept, 1);
  remember(memory, passing, 2);
  const questions = 2 ** 12;
  for (let asked = 1; asked <= 2 * questions; asked += 1) {
    isHeld(memory, Uint8Array.of(3));
    if (asked % 2_500 === 0) expect(isHeld(memory, kept)).toBe(true);
  }
  expect(isHeld(memory, kept)).toBe(true);
  expect(isHeld(memory, passing)).toBe(false);
});
