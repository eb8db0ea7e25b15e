// A link that we open on gRPC: one stream of frames, on a connection that carries nothing else.

import type { ChannelOptions, ClientDuplexStream, ServiceError } from "@grpc/grpc-js";
import { parseAddress } from "../core/address.js";
import { GossipError } from "../core/errors.js";
import { FrameWriter, LINGER_MS } from "./frame-writer.js";
import { identity } from "./grpc-bytes.js";
import { GrpcConnection } from "./grpc-connection.js";
import { linkEnd } from "./grpc-errors.js";
import type { Link, LinkEnd, LinkListener, LinkRequest } from "./transport.js";

/**
 * Without it grpc-js says that a frame is sent, and keeps up to a megabyte of them for an attempt
 * that it never makes.
 */
const NO_RETRY_BUFFER: ChannelOptions = { "grpc.per_rpc_retry_buffer_size": 0 };

/** What a link is carried by. */
interface Wire {
  readonly connection: GrpcConnection;
  readonly stream: ClientDuplexStream<Buffer, Buffer>;
  readonly frames: FrameWriter;
}

/** A link to another. */
export class GrpcLink implements Link {
  readonly #request: LinkRequest;
  readonly #listener: LinkListener;
  readonly #onGone: () => void;
  #wire: Wire | undefined;
  #state: "open" | "closing" | "ended" = "open";
  #hasHeard = false;
  /** Of the wait for the first frame, then of the close. */
  #timer: NodeJS.Timeout | undefined;

  /** `onGone` is called once nothing is left of it, whoever ended it. */
  constructor(request: LinkRequest, listener: LinkListener, onGone: () => void) {
    this.#request = request;
    this.#listener = listener;
    this.#onGone = onGone;
  }

  get unsentBytes(): number {
    return this.#wire?.frames.unsentBytes ?? 0;
  }

  start(channelOptions: ChannelOptions): void {
    const { address, method, timeoutMs } = this.#request;
    if (parseAddress(address) === undefined) {
      const error = new GossipError("CALL_UNREACHABLE", `${address}: no host:port to dial`);
      queueMicrotask(() => this.#end({ type: "broken", error }));
      return;
    }
    const connection = new GrpcConnection(address, { ...channelOptions, ...NO_RETRY_BUFFER });
    const stream = connection.client.makeBidiStreamRequest(method, identity, identity);
    this.#wire = { connection, stream, frames: new FrameWriter(stream) };
    stream.on("data", (frame: Buffer) => this.#onFrame(frame));
    stream.on("error", (error: ServiceError) => this.#end(linkEnd(address, error)));
    // It comes after an error too; the first of them counts.
    stream.on("end", () => this.#end({ type: "closed" }));
    // After a stall of this process the timer comes before frames that have long been there: they
    // are read before it counts.
    this.#timer = setTimeout(() => setImmediate(() => this.#onSilence()), timeoutMs);
  }

  send(frame: Uint8Array): void {
    if (this.#state === "open") this.#wire?.frames.send(frame);
  }

  close(): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    clearTimeout(this.#timer);
    if (this.#wire === undefined) {
      this.abandon();
      return;
    }
    this.#wire.stream.end();
    this.#timer = setTimeout(() => this.abandon(), LINGER_MS);
  }

  /** There is nothing to refuse in a link of our own. */
  refuse(): void {
    this.close();
  }

  /**
   * Ends it at once, without a word to anyone. The stream is not cancelled, only cut: a cancelled
   * one is ended first, which to the other side looks like a close.
   */
  abandon(): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    clearTimeout(this.#timer);
    this.#wire?.connection.close();
    this.#wire = undefined;
    this.#onGone();
  }

  #onFrame(frame: Uint8Array): void {
    if (this.#state !== "open") return;
    if (!this.#hasHeard) clearTimeout(this.#timer);
    this.#hasHeard = true;
    this.#listener.onFrame(frame);
  }

  #onSilence(): void {
    if (this.#state !== "open" || this.#hasHeard) return;
    const { address, timeoutMs } = this.#request;
    const message = `${address} did not answer within ${timeoutMs} ms`;
    this.#end({ type: "timed-out", error: new GossipError("CALL_TIMEOUT", message) });
  }

  #end(end: LinkEnd): void {
    const isTold = this.#state === "open";
    this.abandon();
    if (isTold) this.#listener.onEnd(end);
  }
}
