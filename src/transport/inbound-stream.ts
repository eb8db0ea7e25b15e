// The stream of a call that another makes to us, as gRPC has it on HTTP/2: messages both ways, and a
// status at the end. It is made here, on node:http2 alone, since a link lives on it: what each frame
// costs is what a peer at rest costs.

import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { status } from "@grpc/grpc-js";
import type { GrpcStatus } from "./grpc-errors.js";
import { deadlineMs, encodeDetails } from "./grpc-headers.js";
import { ACCEPTED_ENCODINGS, framed, isKnownEncoding, MessageReader } from "./grpc-message.js";
import { clearTimeout, nextTick, setTimeout } from "./platform-timers.js";

const RESPONSE = {
  ":status": 200,
  "content-type": "application/grpc+proto",
  "grpc-accept-encoding": ACCEPTED_ENCODINGS,
} as const;

/** Who is told what comes over a stream. */
export interface InboundStreamListener {
  onMessage(message: Buffer): void;
  /** The caller has closed its side. It comes of a stream that was cut as well, with the end after it. */
  onCallerFinished(): void;
  /** Once, at the end of every call: our side is closed, or the stream is gone. */
  onEnded(): void;
}

/** A call's stream. */
export class InboundStream {
  readonly #stream: ServerHttp2Stream;
  readonly #reader: MessageReader;
  #listener: InboundStreamListener | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** With which status it ends, once that is settled. */
  #status: GrpcStatus | undefined;
  #isUnreadable = false;
  #isEnded = false;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, maxMessageBytes: number) {
    this.#stream = stream;
    const encoding = headers["grpc-encoding"];
    this.#reader = new MessageReader({
      maxBytes: maxMessageBytes,
      encoding: typeof encoding === "string" ? encoding : undefined,
      onMessage: (message) => this.#listener?.onMessage(message),
    });
    stream.on("error", () => {});
  }

  /** Begins to read, and to answer. */
  start(listener: InboundStreamListener, timeoutMs: number | undefined): void {
    this.#listener = listener;
    const stream = this.#stream;
    stream.on("data", (chunk: Buffer) => this.#onData(chunk));
    stream.on("end", () => this.#onCallerFinished());
    stream.on("wantTrailers", () => this.#sendTrailers());
    stream.once("close", () => this.#onEnded());
    if (timeoutMs !== undefined) {
      const details = "Deadline exceeded";
      this.#timer = setTimeout(
        () => this.end({ code: status.DEADLINE_EXCEEDED, details }),
        timeoutMs,
      );
    }
    if (!stream.destroyed) stream.respond(RESPONSE, { waitForTrailers: true });
  }

  /**
   * Sends messages, and calls back once the network has taken them. Returns false when more is
   * waiting than should.
   */
  send(messages: readonly Uint8Array[], onSent?: () => void): boolean {
    if (this.#status !== undefined || this.#stream.destroyed) return true;
    return this.#stream.write(framed(messages), onSent);
  }

  /** Calls back when no more is waiting than should. */
  onceDrained(callback: () => void): void {
    this.#stream.once("drain", callback);
  }

  /** Ends our side, after what was sent; with OK where nothing else is given. */
  end(reason: GrpcStatus = { code: status.OK, details: "OK" }): void {
    if (this.#status !== undefined || this.#stream.destroyed) return;
    this.#status = reason;
    clearTimeout(this.#timer);
    this.#stream.end();
    // What is still on its way is let pass, so that the caller can get to its end.
    this.#stream.resume();
  }

  /** Reads no further until `resume`. */
  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  #onData(chunk: Buffer): void {
    if (this.#isUnreadable) return;
    const fault = this.#reader.push(chunk);
    if (fault === undefined) return;
    this.#isUnreadable = true;
    this.end(fault);
  }

  #onCallerFinished(): void {
    if (!this.#isUnreadable && !this.#reader.isBetween) {
      this.end({ code: status.INTERNAL, details: "the last message is not complete" });
    }
    this.#listener?.onCallerFinished();
  }

  #sendTrailers(): void {
    const { code, details } = this.#status ?? { code: status.UNKNOWN, details: "" };
    this.#stream.sendTrailers({ "grpc-status": code, "grpc-message": encodeDetails(details) });
    nextTick(() => this.#onEnded());
  }

  #onEnded(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearTimeout(this.#timer);
    this.#listener?.onEnded();
  }
}

/** A call, or why there is none: then it has been answered. */
export function acceptStream(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
): { readonly method: string; readonly timeoutMs: number | undefined } | undefined {
  stream.on("error", () => {});
  if (headers["content-type"]?.startsWith("application/grpc") !== true) {
    stream.respond({ ":status": 415 }, { endStream: true });
    return undefined;
  }
  const encoding = headers["grpc-encoding"];
  if (typeof encoding === "string" && !isKnownEncoding(encoding)) {
    const details = `messages of the encoding ${encoding} are not read here`;
    refuseStream(stream, { code: status.UNIMPLEMENTED, details });
    return undefined;
  }
  const text = headers["grpc-timeout"];
  const timeoutMs = typeof text === "string" ? deadlineMs(text) : undefined;
  if (typeof text === "string" && timeoutMs === undefined) {
    refuseStream(stream, {
      code: status.INTERNAL,
      details: `Invalid grpc-timeout value "${text}"`,
    });
    return undefined;
  }
  return { method: headers[":path"] ?? "", timeoutMs };
}

/** Ends a call at once with that status. */
export function refuseStream(stream: ServerHttp2Stream, { code, details }: GrpcStatus): void {
  if (stream.destroyed) return;
  stream.on("error", () => {});
  const trailers = { "grpc-status": code, "grpc-message": encodeDetails(details) };
  stream.respond({ ...RESPONSE, ...trailers }, { endStream: true });
  stream.resume();
}
