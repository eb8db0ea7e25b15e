// Messages as gRPC puts them on a stream: a flag, a length, and the bytes. Written, and read again
// from whatever pieces HTTP/2 brings them in.

import { gunzipSync, inflateSync } from "node:zlib";
import { status } from "@grpc/grpc-js";
import { thrownCode } from "../core/thrown.js";
import type { GrpcStatus } from "./grpc-errors.js";

const HEADER_BYTES = 5;
/** What is done with a message whose flag says that it is compressed, by the name of the encoding. */
const DECODERS: Readonly<Record<string, typeof gunzipSync>> = {
  gzip: gunzipSync,
  deflate: inflateSync,
};

/** The encodings of messages that are read. */
export const ACCEPTED_ENCODINGS = ["identity", ...Object.keys(DECODERS)].join(",");

/** True when messages of that encoding can be read. */
export function isKnownEncoding(encoding: string | undefined): boolean {
  return encoding === undefined || encoding === "identity" || encoding in DECODERS;
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
  /** What has come of a message that is not complete. */
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(options: MessageReaderOptions) {
    this.#options = options;
  }

  /** True when the stream may end here: no message has begun that is not complete. */
  get isBetween(): boolean {
    return this.#bytes === 0;
  }

  /** Takes in what has come; gives why it cannot go on, if so. Then nothing more is to be pushed. */
  push(chunk: Buffer): GrpcStatus | undefined {
    if (this.#bytes === 0) return this.#read(chunk);
    this.#parts.push(chunk);
    this.#bytes += chunk.byteLength;
    if (this.#bytes < this.#wantedBytes()) return undefined;
    const whole = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#bytes = 0;
    return this.#read(whole);
  }

  /** Until then there is no message in what has come. */
  #wantedBytes(): number {
    const [first] = this.#parts;
    if (first === undefined || this.#bytes < HEADER_BYTES) return HEADER_BYTES;
    // A header in pieces is made one.
    const head = first.byteLength < HEADER_BYTES ? Buffer.concat(this.#parts) : first;
    if (head !== first) this.#parts = [head];
    return HEADER_BYTES + head.readUInt32BE(1);
  }

  #read(bytes: Buffer): GrpcStatus | undefined {
    const { maxBytes, onMessage } = this.#options;
    let offset = 0;
    while (bytes.byteLength - offset >= HEADER_BYTES) {
      const length = bytes.readUInt32BE(offset + 1);
      if (length > maxBytes) {
        const details = `Received message larger than max (${length} vs ${maxBytes})`;
        return { code: status.RESOURCE_EXHAUSTED, details };
      }
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
    if (offset < bytes.byteLength) {
      this.#parts = [offset === 0 ? bytes : bytes.subarray(offset)];
      this.#bytes = bytes.byteLength - offset;
    }
    return undefined;
  }

  #decompress(message: Buffer): GrpcStatus | undefined {
    const { maxBytes, encoding, onMessage } = this.#options;
    const decode = DECODERS[encoding ?? "identity"];
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
