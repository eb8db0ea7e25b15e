// The fields of a small message, read before it is known what they mean.

import type { ByteReader } from "./byte-reader.js";

/** Fields with higher numbers are of later versions. */
const MAX_FIELD = 7;
const MAX_UINT32 = 2 ** 32 - 1;

/** What one message holds up to its end; the last of those that come twice. */
export class NativeFields {
  readonly #reader: ByteReader;
  readonly #numbers = [0, 0, 0, 0, 0, 0, 0, 0];
  readonly #starts = [0, 0, 0, 0, 0, 0, 0, 0];
  /** 0, which nothing ends at, where there is none. */
  readonly #ends = [0, 0, 0, 0, 0, 0, 0, 0];

  constructor(reader: ByteReader, end: number) {
    this.#reader = reader;
    while (reader.position < end) this.#read(reader.number());
    reader.expectEnd(end);
  }

  /** A number by its tag; 0 when it is absent. */
  number(tag: number): number {
    return this.#numbers[tag >>> 3] ?? 0;
  }

  uint32(tag: number): number {
    const value = this.number(tag);
    if (value > MAX_UINT32) throw new Error("A number is above 32 bits.");
    return value;
  }

  flag(tag: number): boolean {
    return this.number(tag) !== 0;
  }

  text(tag: number): string {
    const end = this.begin(tag);
    return end === undefined ? "" : this.#reader.text(end - this.#reader.position);
  }

  /** Sets the reader to a field's content, and gives its end; undefined when it is absent. */
  begin(tag: number): number | undefined {
    const end = this.#ends[tag >>> 3] ?? 0;
    if (end === 0) return undefined;
    this.#reader.position = this.#starts[tag >>> 3] ?? 0;
    return end;
  }

  #read(tag: number): void {
    const reader = this.#reader;
    const field = tag >>> 3;
    const wireType = tag & 7;
    if (field === 0 || field > MAX_FIELD || (wireType !== 0 && wireType !== 2)) {
      reader.skip(tag);
    } else if (wireType === 0) {
      this.#numbers[field] = reader.number();
    } else {
      const size = reader.size();
      this.#starts[field] = reader.position;
      reader.position += size;
      this.#ends[field] = reader.position;
    }
  }
}
