// Calls to the services that gRPC's tools know, beside those of peers: few at once, answered message
// by message, no faster than they are read.

import { once } from "node:events";
import { status } from "@grpc/grpc-js";
import { asBuffer } from "./grpc-bytes.js";
import type { InboundStream } from "./inbound-call.js";
import type { InboundConnection } from "./inbound-connection.js";
import type { StreamRefusal, StreamService } from "./transport.js";

/** Calls at once, over all connections: tools are few, and some of them stay. */
const MAX_STREAMS = 64;

const STATUSES: Readonly<Record<StreamRefusal["type"], status>> = {
  malformed: status.INVALID_ARGUMENT,
  "not-found": status.NOT_FOUND,
};

/** The calls that are under way. */
export class InboundStreams {
  #open = 0;

  /** Answers a call, if there are not too many. */
  serve(service: StreamService, stream: InboundStream, connection: InboundConnection): void {
    const gone = new AbortController();
    let hasCallerFinished = false;
    connection.onCallStarted();
    this.#open += 1;
    stream.on("error", () => {});
    stream.on("end", () => {
      hasCallerFinished = true;
    });
    // The name misleads: it comes at the end of every call, also of one that was answered.
    stream.once("cancelled", () => {
      gone.abort();
      this.#open -= 1;
      connection.onCallEnded();
      // The stream of a caller that does not close its side would stay for as long as its connection.
      if (!hasCallerFinished) connection.drain();
    });
    if (this.#open > MAX_STREAMS) {
      end(stream, status.RESOURCE_EXHAUSTED, `there are ${MAX_STREAMS} such calls already`);
    } else void answer(service, stream, gone.signal);
  }
}

async function answer(
  service: StreamService,
  stream: InboundStream,
  signal: AbortSignal,
): Promise<void> {
  try {
    // Who has read enough of the requests still has to answer.
    const requests = stream.iterator({ destroyOnReturn: false });
    const answers = service.serve(requests, signal);
    let next = await answers.next();
    for (; next.done !== true; next = await answers.next()) {
      if (!stream.write(asBuffer(next.value))) await once(stream, "drain", { signal });
    }
    if (next.value === undefined) stream.end();
    else end(stream, STATUSES[next.value.type], next.value.reason);
  } catch {
    // The caller is gone in the midst of it, and is told nothing more.
    end(stream, status.CANCELLED, "the call broke off");
  }
}

/** This is how grpc-js is told of a status; a lone surrogate in it would throw. */
function end(stream: InboundStream, code: status, details: string): void {
  stream.emit("error", { code, details: details.toWellFormed() });
}
