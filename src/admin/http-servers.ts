// The servers of both versions of HTTP, with the timeouts and bounds that hold for each.

import { createServer as createHttp1Server, type Server as Http1Server } from "node:http";
import {
  constants,
  createServer as createHttp2Server,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import {
  clearInterval,
  clearTimeout,
  setInterval,
  setTimeout,
} from "../transport/platform-timers.js";
import type { AdminRequest, AdminResponse } from "./http-messages.js";
import type { AdminLimits } from "./limits.js";

/** How often connections are looked at for the timeouts of HTTP/1.1. */
const TIMEOUT_CHECK_PERIOD_MS = 1_000;
/** How often it is looked, at the close, whether connections have become idle. */
const DRAIN_PERIOD_MS = 20;

/** Two servers that share a handler; what listens for them hands them their connections. */
export class HttpServers {
  readonly http1: Http1Server;
  readonly http2: Http2Server;
  readonly #sessions = new Set<ServerHttp2Session>();
  #draining: NodeJS.Timeout | undefined;

  constructor(
    handle: (request: AdminRequest, response: AdminResponse) => void,
    limits: AdminLimits,
  ) {
    const { headersTimeoutMs, requestTimeoutMs, idleTimeoutMs } = limits;
    this.http1 = createHttp1Server({
      // The headers are a part of the request, and Node refuses to give them longer.
      headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs),
      requestTimeout: requestTimeoutMs,
      // Node's 5 s end a connection in the midst of what a scraper that comes each 15 s asks over it.
      keepAliveTimeout: idleTimeoutMs,
      connectionsCheckingInterval: TIMEOUT_CHECK_PERIOD_MS,
    });
    this.http2 = createHttp2Server({
      settings: { maxConcurrentStreams: limits.maxCallsPerConnection },
    });
    this.http1.on("request", handle);
    this.http2.on("request", handle);
    this.http2.on("session", (session) => this.#onSession(session, limits));
  }

  /** To be called once the port is open: only then does Node watch the timeouts of HTTP/1.1. */
  onListening(): void {
    this.http1.emit("listening");
  }

  /** Lets go of each connection as soon as it has no call. */
  drain(): void {
    this.http1.close();
    this.http2.close();
    for (const session of this.#sessions) session.close();
    this.#draining = setInterval(() => this.http1.closeIdleConnections(), DRAIN_PERIOD_MS);
  }

  /** To be called once all connections are closed. */
  onClosed(): void {
    clearInterval(this.#draining);
  }

  /** A connection without a call is closed; one that is watched may be silent for long. */
  #onSession(session: ServerHttp2Session, { idleTimeoutMs, requestTimeoutMs }: AdminLimits): void {
    let calls = 0;
    this.#sessions.add(session);
    session.once("close", () => this.#sessions.delete(session));
    session.on("stream", (stream) => {
      calls += 1;
      endInTime(stream, requestTimeoutMs);
      stream.once("close", () => {
        calls -= 1;
      });
    });
    session.setTimeout(idleTimeoutMs, () => {
      if (calls === 0) session.destroy();
    });
  }
}

/** A request has to be whole in time, of HTTP/2, too: Node sees to that in HTTP/1.1 alone. */
function endInTime(stream: ServerHttp2Stream, timeoutMs: number): void {
  if (stream.endAfterHeaders) return;
  const timer = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), timeoutMs);
  const forget = (): void => clearTimeout(timer);
  stream.once("end", forget).once("close", forget);
}
