// Reads protobuf. What is no protobuf is an exception, for the caller to catch: it is rare, and
// checks at every field would cost more than they are worth.

/** Up to that length a loop over the bytes is faster than a call of the decoder. */
const MAX_SHORT_TEXT = 64;
const MAX_VARINT_BYTES = 10;
const MAX_UINT32 = 2 ** 32 - 1;

// Without `ignoreBOM`, a first character of U+FEFF would be lost.
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** One message. Reading goes on from {@link position}, which may be set. */
export class ByteReader {
  position = 0;
  readonly bytes: Uint8Array;
  readonly #length: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#length = bytes.length;
  }

  /** A whole number. Above 2^53 it is not exact, but still above 2^53. */
  number(): number {
    const first = this.#next();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    let scale = 128;
    for (let count = 1; count < MAX_VARINT_BYTES; count += 1) {
      const byte = this.#next();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw new Error("A number does not end.");
  }

  uint32(): number {
    const value = this.number();
    if (value > MAX_UINT32) throw new Error("A number is above 32 bits.");
    return value;
  }

  /** A number as {@link ByteWriter.zigzag} writes it. */
  zigzag(): number {
    const value = this.uint32();
    return (value >>> 1) ^ -(value & 1);
  }

  /** Four bytes, the lowest first, as a number with a sign. */
  fixed32(): number {
    const at = this.position;
    this.#advance(4);
    const { bytes } = this;
    return (
      (bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24)
    );
  }

  /** The length of what follows, which the message is long enough for. */
  size(): number {
    const size = this.number();
    if (size > this.#length - this.position) throw new Error("A field is cut off.");
    return size;
  }

  /** `size` bytes of text. */
  text(size: number): string {
    const start = this.position;
    this.#advance(size);
    const short = size <= MAX_SHORT_TEXT ? this.#shortAscii(start, size) : undefined;
    return short ?? UTF8.decode(this.bytes.subarray(start, start + size));
  }

  /** A copy of `size` bytes: the message is a view of a larger buffer, which it would keep alive. */
  copy(size: number): Uint8Array {
    const start = this.position;
    this.#advance(size);
    return new Uint8Array(this.bytes.subarray(start, start + size));
  }

  /** Passes over the content of a field that is not known here. */
  skip(tag: number): void {
    const wireType = tag & 7;
    if (tag < 8) throw new Error("A field has the number 0.");
    if (wireType === 0) this.number();
    else if (wireType === 1) this.#advance(8);
    else if (wireType === 2) this.#advance(this.size());
    else if (wireType === 5) this.#advance(4);
    // Groups are of an older protobuf.
    else throw new Error("A field has a type that does not exist.");
  }

  /** To be called when all fields are read: the last one may have gone beyond its message. */
  expectEnd(end: number): void {
    if (this.position !== end) throw new Error("A field goes beyond its message.");
  }

  /** Text of ASCII alone; undefined for any other. */
  #shortAscii(start: number, size: number): string | undefined {
    const codes: number[] = [];
    for (let index = start; index < start + size; index += 1) {
      const code = this.bytes[index] ?? 0;
      if (code > 0x7f) return undefined;
      codes.push(code);
    }
    return String.fromCharCode.apply(undefined, codes);
  }

  #next(): number {
    if (this.position >= this.#length) throw new Error("The message is cut off.");
    return this.bytes[this.position++] ?? 0;
  }

  #advance(bytes: number): void {
    if (bytes > this.#length - this.position) throw new Error("The message is cut off.");
    this.position += bytes;
  }
}
