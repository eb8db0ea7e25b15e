// Calls to the services that gRPC's tools know, beside those of peers: few at once, answered message
// by message, no faster than they are read.

import { Readable } from "node:stream";
import { status } from "@grpc/grpc-js";
import type { InboundConnection } from "./inbound-connection.js";
import type { InboundStream } from "./inbound-stream.js";
import type { StreamRefusal, StreamService } from "./transport.js";

/** Calls at once, over all connections: tools are few, and some of them stay. */
const MAX_STREAMS = 64;

const STATUSES: Readonly<Record<StreamRefusal["type"], status>> = {
  malformed: status.INVALID_ARGUMENT,
  "not-found": status.NOT_FOUND,
  refused: status.FAILED_PRECONDITION,
};

/** The calls that are under way. */
export class InboundStreams {
  #open = 0;

  /** Answers a call, if there are not too many. */
  serve(
    service: StreamService,
    stream: InboundStream,
    connection: InboundConnection,
    timeoutMs: number | undefined,
  ): void {
    const gone = new AbortController();
    const requests = new Readable({ objectMode: true, read: () => stream.resume() });
    let hasCallerFinished = false;
    connection.onCallStarted();
    this.#open += 1;
    const listener = {
      onMessage: (message: Buffer): void => {
        if (!requests.push(message)) stream.pause();
      },
      onCallerFinished: (): void => {
        hasCallerFinished = true;
        requests.push(null);
      },
      onEnded: (): void => {
        requests.destroy();
        gone.abort();
        this.#open -= 1;
        connection.onCallEnded();
        // The stream of a caller that does not close its side would stay for as long as its connection.
        if (!hasCallerFinished) connection.drain();
      },
    };
    stream.start(listener, timeoutMs);
    if (this.#open > MAX_STREAMS) {
      const details = `there are ${MAX_STREAMS} such calls already`;
      stream.end({ code: status.RESOURCE_EXHAUSTED, details });
    } else void answer(service, stream, requests, gone.signal);
  }
}

async function answer(
  service: StreamService,
  stream: InboundStream,
  requests: Readable,
  signal: AbortSignal,
): Promise<void> {
  try {
    // Who has read enough of the requests still has to answer.
    const answers = service.serve(requests.iterator({ destroyOnReturn: false }), signal);
    let next = await answers.next();
    for (; next.done !== true; next = await answers.next()) {
      if (!stream.send([next.value])) await drained(stream, signal);
    }
    if (next.value === undefined) stream.end();
    else stream.end({ code: STATUSES[next.value.type], details: next.value.reason });
  } catch {
    // The caller is gone in the midst of it, and is told nothing more.
    stream.end({ code: status.CANCELLED, details: "the call broke off" });
  }
}

function drained(stream: InboundStream, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("the caller is gone")), { once: true });
    stream.onceDrained(resolve);
  });
}
