// The bodies of requests that are on their way: how much of them is held, for all callers together.

import { Code, ConnectError } from "@connectrpc/connect";
import type { UniversalServerRequest, UniversalServerResponse } from "@connectrpc/connect/protocol";

/** Counts what has come of requests that are not answered yet. */
export class RequestBodies {
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Answers a call, whose body counts until there is an answer. */
  async during(
    call: UniversalServerRequest,
    answer: (call: UniversalServerRequest) => Promise<UniversalServerResponse>,
  ): Promise<UniversalServerResponse> {
    const held = { bytes: 0 };
    try {
      const body = isInPieces(call.body) ? this.#each(call.body, held) : call.body;
      return await answer({ ...call, body });
    } finally {
      this.#bytes -= held.bytes;
      held.bytes = Number.NaN;
    }
  }

  async *#each(body: AsyncIterable<Uint8Array>, held: { bytes: number }) {
    for await (const piece of body) {
      // What comes after the answer, as in a stream, is not held.
      if (!Number.isNaN(held.bytes)) {
        held.bytes += piece.byteLength;
        this.#bytes += piece.byteLength;
      }
      if (this.#bytes > this.#maxBytes) throw tooMany(this.#maxBytes);
      yield piece;
    }
  }
}

function isInPieces(body: UniversalServerRequest["body"]): body is AsyncIterable<Uint8Array> {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body;
}

function tooMany(maxBytes: number): ConnectError {
  const message = `requests of more than ${maxBytes} bytes together (limits.maxBodyBytes) are under way: try again`;
  return new ConnectError(message, Code.ResourceExhausted);
}
