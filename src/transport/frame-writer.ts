// The sending half of a link on gRPC: it counts the bytes that wait.

import type { Writable } from "node:stream";
import { asBuffer } from "./grpc-bytes.js";

/** How long the rest of a link may take once one side has closed it. */
export const LINGER_MS = 1_000;

/** Writes frames to a stream, in their order. */
export class FrameWriter {
  readonly #stream: Writable;
  #unsentBytes = 0;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** Bytes given to `send` that the network has not taken. */
  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  send(frame: Uint8Array): void {
    const { byteLength } = frame;
    this.#unsentBytes += byteLength;
    this.#stream.write(asBuffer(frame), () => {
      this.#unsentBytes -= byteLength;
    });
  }
}
