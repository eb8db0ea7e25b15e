// A server on Node's own HTTP/2, which knows no gRPC: it does with each call what a test says, and
// notes what its callers do.

import {
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { formatAddress } from "../../src/core/address.js";
import { framed } from "./http2-caller.js";

/** What a server does with a call. */
export type ServeCall = (stream: ServerHttp2Stream, path: string) => void;

/** Answers a call with OK and these messages, once it has come. */
export function answering(...messages: readonly Uint8Array[]): ServeCall {
  return (stream) => {
    stream.resume();
    stream.on("end", () => answerNow(stream, ...messages));
  };
}

/** Answers a call with OK and these messages. */
export function answerNow(stream: ServerHttp2Stream, ...messages: readonly Uint8Array[]): void {
  respondTo(stream);
  stream.end(Buffer.concat(messages.map((message) => framed(message))));
}

/** Begins the answer to a call, which has `status` once it ends. */
export function respondTo(
  stream: ServerHttp2Stream,
  status: Readonly<Record<string, string>> = { "grpc-status": "0" },
): void {
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers(status));
}

/** A server, and who is connected to it. */
export class TestHttp2Server {
  readonly sockets = new Set<Socket>();
  readonly sessions = new Set<ServerHttp2Session>();
  /** Connections that were ever made. */
  connections = 0;
  pings = 0;
  address = "";
  readonly #server: Http2Server;

  private constructor(serve: ServeCall) {
    this.#server = createServer();
    this.#server.on("connection", (socket: Socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
    });
    this.#server.on("stream", (stream, headers) => {
      stream.on("error", () => {});
      serve(stream, String(headers[":path"]));
    });
    this.#server.on("session", (session) => {
      this.sessions.add(session);
      session.on("ping", () => {
        this.pings += 1;
      });
      session.on("error", () => {});
      session.on("close", () => this.sessions.delete(session));
    });
  }

  /** Starts a server; it is closed when the test ends, unless the test did it. */
  static async start(serve: ServeCall, port = 0): Promise<TestHttp2Server> {
    const server = new TestHttp2Server(serve);
    server.address = await listen(server.#server, port);
    onTestFinished(() => server.close());
    return server;
  }

  /** Cuts all connections. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Cuts all connections with a reset. */
  reset(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  /** Ends all connections, and frees the port. */
  close(): Promise<void> {
    this.cut();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

/** A server that speaks TCP only, as a test says. */
export class TestTcpServer {
  readonly sockets = new Set<Socket>();
  /** Connections that were ever made. */
  connections = 0;
  address = "";
  readonly #server: Server;

  private constructor(serve: (socket: Socket) => void) {
    // Half-open, so that it is never the server that lets a connection end.
    this.#server = createTcpServer({ allowHalfOpen: true }, (socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.sockets.delete(socket));
      serve(socket);
    });
  }

  /** Starts a server; it is closed when the test ends. */
  static async start(
    serve: (socket: Socket) => void,
    { host = "127.0.0.1", port = 0 } = {},
  ): Promise<TestTcpServer> {
    const server = new TestTcpServer(serve);
    server.address = await listen(server.#server, port, host);
    onTestFinished(() => {
      for (const socket of server.sockets) socket.destroy();
      server.#server.close();
    });
    return server;
  }
}

function listen(server: Server | Http2Server, port: number, host = "127.0.0.1"): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      const bound = server.address();
      if (typeof bound === "object" && bound !== null) resolve(formatAddress(host, bound.port));
    });
  });
}
