// Messages as gRPC puts them on a stream: a flag, a length, and the bytes. Written, and read again
// from whatever pieces HTTP/2 brings them in.

import { gunzipSync, inflateSync } from "node:zlib";
import { status } from "@grpc/grpc-js";
import { thrownCode } from "../core/thrown.js";
import type { GrpcStatus } from "./grpc-errors.js";

const HEADER_BYTES = 5;
/** What is done with a message whose flag says that it is compressed, by the name of the encoding. */
const DECODERS: ReadonlyMap<string, typeof gunzipSync> = new Map([
  ["gzip", gunzipSync],
  ["deflate", inflateSync],
]);

/** The encodings of messages that are read. */
export const ACCEPTED_ENCODINGS = ["identity", ...DECODERS.keys()].join(",");

/** True when messages of that encoding can be read. */
export function isKnownEncoding(encoding: string | undefined): boolean {
  return encoding === undefined || encoding === "identity" || DECODERS.has(encoding);
}

/** Messages, each with its header. */
export function framed(messages: readonly Uint8Array[]): Buffer {
  const length = messages.reduce((sum, { byteLength }) => sum + HEADER_BYTES + byteLength, 0);
  const bytes = Buffer.allocUnsafe(length);
  let offset = 0;
  for (const message of messages) {
    bytes[offset] = 0;
    bytes.writeUInt32BE(message.byteLength, offset + 1);
    bytes.set(message, offset + HEADER_BYTES);
    offset += HEADER_BYTES + message.byteLength;
  }
  return bytes;
}

/** What a reader is made from. */
export interface MessageReaderOptions {
  /** Of a message, decompressed. */
  readonly maxBytes: number;
  /** The encoding of the messages that are compressed. */
  readonly encoding: string | undefined;
  onMessage(message: Buffer): void;
}

/** Puts messages together again. */
export class MessageReader {
  readonly #options: MessageReaderOptions;
  /** What has come of a message that is not complete, one piece after the other. */
  readonly #unfinished = new GrowingBuffer();

  constructor(options: MessageReaderOptions) {
    this.#options = options;
  }

  /** True when the stream may end here: no message has begun that is not complete. */
  get isBetween(): boolean {
    return this.#unfinished.byteLength === 0;
  }

  /** Takes in what has come; gives why it cannot go on, if so. Then nothing more is to be pushed. */
  push(chunk: Buffer): GrpcStatus | undefined {
    if (this.isBetween) return this.#read(chunk);
    this.#unfinished.append(chunk);
    const { bytes } = this.#unfinished;
    if (bytes.byteLength < HEADER_BYTES) return undefined;
    const length = bytes.readUInt32BE(1);
    if (length > this.#options.maxBytes) return this.#tooLarge(length);
    if (bytes.byteLength < HEADER_BYTES + length) return undefined;
    this.#unfinished.clear();
    return this.#read(bytes);
  }

  #read(bytes: Buffer): GrpcStatus | undefined {
    const { maxBytes, onMessage } = this.#options;
    let offset = 0;
    while (bytes.byteLength - offset >= HEADER_BYTES) {
      const length = bytes.readUInt32BE(offset + 1);
      if (length > maxBytes) return this.#tooLarge(length);
      const end = offset + HEADER_BYTES + length;
      if (end > bytes.byteLength) break;
      const message = bytes.subarray(offset + HEADER_BYTES, end);
      const isCompressed = bytes[offset] !== 0;
      offset = end;
      if (isCompressed) {
        const fault = this.#decompress(message);
        if (fault !== undefined) return fault;
      } else onMessage(message);
    }
    if (offset < bytes.byteLength) this.#unfinished.append(bytes.subarray(offset));
    return undefined;
  }

  #tooLarge(length: number): GrpcStatus {
    const details = `Received message larger than max (${length} vs ${this.#options.maxBytes})`;
    return { code: status.RESOURCE_EXHAUSTED, details };
  }

  #decompress(message: Buffer): GrpcStatus | undefined {
    const { maxBytes, encoding, onMessage } = this.#options;
    const decode = DECODERS.get(encoding ?? "identity");
    if (decode === undefined) {
      return { code: status.INTERNAL, details: "a compressed message without an encoding" };
    }
    let decompressed: Buffer;
    try {
      decompressed = decode(message, { maxOutputLength: maxBytes });
    } catch (error) {
      const isTooLong = thrownCode(error) === "ERR_BUFFER_TOO_LARGE";
      return isTooLong
        ? {
            code: status.RESOURCE_EXHAUSTED,
            details: `Received message that decompresses to a size larger than max (${maxBytes})`,
          }
        : { code: status.INTERNAL, details: `Failed to decompress a message of ${encoding}` };
    }
    onMessage(decompressed);
    return undefined;
  }
}

/**
 * Bytes in one piece of memory, however small the pieces are in which they come: a buffer for each byte would
 * take a hundred times as much.
 */
class GrowingBuffer {
  #memory = Buffer.alloc(0);
  #byteLength = 0;

  get byteLength(): number {
    return this.#byteLength;
  }

  /** All of them. What was given stays as it is after {@link clear}, too. */
  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#byteLength);
  }

  append(piece: Buffer): void {
    const needed = this.#byteLength + piece.byteLength;
    if (needed > this.#memory.byteLength) {
      const grown = Buffer.alloc(Math.max(needed, 2 * this.#memory.byteLength));
      this.#memory.copy(grown, 0, 0, this.#byteLength);
      this.#memory = grown;
    }
    piece.copy(this.#memory, this.#byteLength);
    this.#byteLength = needed;
  }

  clear(): void {
    this.#memory = Buffer.alloc(0);
    this.#byteLength = 0;
  }
}
