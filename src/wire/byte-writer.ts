// Writes protobuf into one buffer that is used again and again. Nested messages are written in
// place, without a buffer of their own: that is what makes it faster than protobuf-es.

import { utf8Length } from "./seed-dialect.js";

const FIRST_BYTES = 1_024;
/** A larger buffer, grown for one large message, is not kept. */
const MAX_KEPT_BYTES = 65_536;
/** Up to that length a loop over the characters is faster than a call of the encoder. */
const MAX_SHORT_TEXT = 64;
/** Up to that length a loop over the bytes is faster than a view of them, which is an object. */
const MAX_SHORT_BYTES = 64;
/** A tag and a length. */
const MAX_HEAD_BYTES = 10;

const UTF8 = new TextEncoder();

/** One message at a time: {@link reset}, write, and take the bytes. */
export class ByteWriter {
  #buffer = new Uint8Array(FIRST_BYTES);
  #position = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.#position;
  }

  reset(): void {
    this.#position = 0;
    if (this.#buffer.length > MAX_KEPT_BYTES) this.#buffer = new Uint8Array(FIRST_BYTES);
  }

  /** What was written, for a short life: many such arrays share a buffer of Node's pool. */
  taken(): Uint8Array {
    const length = this.#position;
    const buffer = this.#buffer;
    const bytes = Buffer.allocUnsafe(length);
    if (length > MAX_SHORT_BYTES) bytes.set(buffer.subarray(0, length));
    else for (let index = 0; index < length; index += 1) bytes[index] = buffer[index] ?? 0;
    return bytes;
  }

  /** What was written, in memory of its own. */
  kept(): Uint8Array {
    return this.#buffer.slice(0, this.#position);
  }

  /** What was written from a position on; to be used before anything else is written. */
  since(position: number): Uint8Array {
    return this.#buffer.subarray(position, this.#position);
  }

  /** Takes back all that was written from a position on. */
  rewind(position: number): void {
    this.#position = position;
  }

  /** A field of a whole number, up to 2^53; nothing when it is 0, as proto3 wants it. */
  number(tag: number, value: number): void {
    if (value === 0) return;
    this.#reserve(2 * MAX_HEAD_BYTES);
    this.#varint(tag);
    this.#varint(value);
  }

  flag(tag: number, value: boolean): void {
    this.number(tag, value ? 1 : 0);
  }

  /** A field of text; nothing when it is empty. */
  text(tag: number, value: string): void {
    if (value !== "") this.presentText(tag, value);
  }

  /** A field of text that is there also when it is empty. */
  presentText(tag: number, value: string): void {
    // No character of UTF-16 takes more than three bytes.
    this.#reserve(MAX_HEAD_BYTES + 3 * value.length);
    this.#varint(tag);
    if (value.length <= MAX_SHORT_TEXT && this.#shortAscii(value)) return;
    const length = utf8Length(value);
    this.#varint(length);
    UTF8.encodeInto(value, this.#buffer.subarray(this.#position));
    this.#position += length;
  }

  /** A field of bytes, or of a message that was encoded before; there also when it is empty. */
  bytes(tag: number, value: Uint8Array): void {
    this.#reserve(MAX_HEAD_BYTES + value.length);
    this.#varint(tag);
    this.#varint(value.length);
    this.#buffer.set(value, this.#position);
    this.#position += value.length;
  }

  /** Begins a field whose content is written next; its length is filled in by {@link close}. */
  open(tag: number): number {
    this.#reserve(MAX_HEAD_BYTES);
    this.#varint(tag);
    this.#position += 1;
    return this.#position;
  }

  /** Ends the field that {@link open} began, which gave `start`. */
  close(start: number): void {
    const length = this.#position - start;
    const more = varintSize(length) - 1;
    if (more > 0) {
      this.#reserve(more);
      this.#buffer.copyWithin(start + more, start, this.#position);
    }
    this.#position = start - 1;
    this.#varint(length);
    this.#position += length;
  }

  /** A whole number of 32 bits in four bytes, the lowest first; without a tag. */
  fixed32(value: number): void {
    this.#reserve(4);
    const at = this.#position;
    this.#buffer[at] = value;
    this.#buffer[at + 1] = value >>> 8;
    this.#buffer[at + 2] = value >>> 16;
    this.#buffer[at + 3] = value >>> 24;
    this.#position = at + 4;
  }

  /** A whole number, up to 2^53; without a tag. */
  varint(value: number): void {
    this.#reserve(MAX_HEAD_BYTES);
    this.#varint(value);
  }

  /** A number of 32 bits with a sign, so that small ones take one byte; without a tag. */
  zigzag(value: number): void {
    this.#reserve(MAX_HEAD_BYTES);
    this.#varint(((value << 1) ^ (value >> 31)) >>> 0);
  }

  /** A short text and its length, if it is ASCII. */
  #shortAscii(value: string): boolean {
    const start = this.#position + 1;
    for (let index = 0; index < value.length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return false;
      this.#buffer[start + index] = code;
    }
    this.#buffer[start - 1] = value.length;
    this.#position = start + value.length;
    return true;
  }

  #varint(value: number): void {
    let rest = value;
    // Shifts see 32 bits only.
    while (rest > 0xffff_ffff) {
      this.#buffer[this.#position++] = (rest & 0x7f) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 0x7f) {
      this.#buffer[this.#position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#buffer[this.#position++] = rest;
  }

  #reserve(bytes: number): void {
    const needed = this.#position + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#buffer.length));
    larger.set(this.#buffer.subarray(0, this.#position));
    this.#buffer = larger;
  }
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 0x7f; rest >>>= 7) size += 1;
  return size;
}
