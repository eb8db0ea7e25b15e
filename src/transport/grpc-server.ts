// The listening side on gRPC: every method is served as a stream of bytes, which on the wire a
// unary call is too. The sockets are ours, so that stopping leaves nothing behind, and a caller
// that misbehaves can be cut off. HTTP/2 is Node's own, without the server of grpc-js between: that
// costs as much again for each frame of a link, and twice as much for each link.

import {
  createServer as createHttp2Server,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { createServer, type Server as NetServer, type Socket } from "node:net";
import { status } from "@grpc/grpc-js";
import type { AddressFilter } from "./address-filter.js";
import { WINDOW_BYTES } from "./flow-control.js";
import { InboundCall } from "./inbound-call.js";
import { InboundConnection, type InboundPatience } from "./inbound-connection.js";
import { InboundLink } from "./inbound-link.js";
import { acceptStream, InboundStream, refuseStream } from "./inbound-stream.js";
import { InboundStreams } from "./inbound-streams.js";
import { listenAt } from "./listening.js";
import type { NameResolver } from "./name-resolver.js";
import { TlsDoor } from "./tls-door.js";
import type { TlsIdentity } from "./tls-identity.js";
import { endedByOther } from "./tls-refusal.js";
import type { LinkService, ListenOptions } from "./transport.js";
import type { TransportTls } from "./transport-tls.js";

/** Whoever connects has something to say; who has not takes the place of others. */
const FIRST_CALL_TIMEOUT_MS = 60_000;
/** A caller in a large cluster has its turn rarely, and keeps its connection meanwhile. */
const IDLE_TIMEOUT_MS = 60 * 60 * 1_000;
/** The system's own probes: they find the connections whose other side has vanished. */
const TCP_KEEPALIVE_MS = 60_000;

/** What a server is made from. */
export interface GrpcServerOptions {
  readonly listen: ListenOptions;
  readonly maxConnections: number;
  /** Of one connection. */
  readonly maxCallsPerSecond: number;
  /** At once. */
  readonly maxCallsPerConnection: number;
  readonly maxMessageBytes: number;
  /** Without it connections are in plain text. */
  readonly tls?: TransportTls | undefined;
  readonly maxHandshakes: number;
  readonly filter?: AddressFilter | undefined;
  /** Who looks up where to listen, if that is a name. */
  readonly names: Pick<NameResolver, "lookup">;
}

/** Serves one call of one method. */
type Serve = (
  stream: InboundStream,
  connection: InboundConnection,
  timeoutMs: number | undefined,
) => void;

/** A gRPC server on one port. */
export class GrpcServer {
  readonly #options: ListenOptions;
  readonly #patience: InboundPatience;
  readonly #maxMessageBytes: number;
  readonly #methods = new Map<string, Serve>();
  readonly #http2: Http2Server;
  readonly #door: TlsDoor | undefined;
  readonly #filter: AddressFilter | undefined;
  readonly #names: GrpcServerOptions["names"];
  readonly #listener: NetServer;
  readonly #sockets = new Set<Socket>();
  /** Connections on which no call has come yet, the oldest first. */
  readonly #unused = new Set<InboundConnection>();
  readonly #links = new Set<InboundLink>();
  readonly #streams = new InboundStreams();
  #onClose: () => void = () => {};
  readonly #maxConnections: number;
  #isClosed = false;

  constructor(options: GrpcServerOptions) {
    const { listen, maxConnections, maxCallsPerSecond, maxCallsPerConnection, tls } = options;
    this.#filter = options.filter;
    this.#names = options.names;
    this.#options = listen;
    this.#maxMessageBytes = options.maxMessageBytes;
    this.#patience = {
      firstCallTimeoutMs: FIRST_CALL_TIMEOUT_MS,
      idleTimeoutMs: IDLE_TIMEOUT_MS,
      drainTimeoutMs: listen.sendTimeoutMs,
      maxCallsPerSecond,
      onTooFast: (from) => listen.onTooFast?.(from),
      onUnused: (from) => tls?.onFailure({ ...endedByOther(), direction: "inbound", from }),
    };
    if (tls !== undefined) this.#door = this.#makeDoor(tls, options.maxHandshakes);
    this.#http2 = createHttp2Server({
      settings: { maxConcurrentStreams: maxCallsPerConnection, initialWindowSize: WINDOW_BYTES },
      // What a caller may send is bounded by its windows, and what waits for it by those who send it.
      maxSessionMemory: Number.MAX_SAFE_INTEGER,
    });
    this.#addMethods(listen);
    const socketOptions = {
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: TCP_KEEPALIVE_MS,
    };
    this.#listener = createServer(socketOptions, (socket) => this.#onConnection(socket));
    this.#maxConnections = maxConnections;
    // A connection that could not be accepted is no reason to end.
    this.#listener.on("error", (error) => this.#onNotAccepted(acceptFailure(error)));
  }

  /** Begins to listen, and gives the port. */
  listen(): Promise<number> {
    const listening = listenAt(this.#listener, this.#options.address, this.#names);
    this.#onClose = listening.cancel;
    return listening.port;
  }

  /** What fails before it listens is told to who waits for that. */
  #onNotAccepted(reason: string): void {
    if (this.#listener.listening) this.#options.onNotAccepted?.(reason);
  }

  /** Cuts all connections and stops listening. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#onClose();
    this.#door?.close();
    for (const link of this.#links) link.abandon();
    const closed = Array.from(this.#sockets, (socket) => onceClosed(socket));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
    await new Promise<void>((resolve) => this.#listener.close(() => resolve()));
  }

  #makeDoor(tls: TransportTls, maxHandshakes: number): TlsDoor {
    return new TlsDoor({
      tls,
      maxHandshakes,
      isMutual: true,
      protocols: ["h2"],
      onSecure: (socket, holder) => this.#serveConnection(socket, holder),
    });
  }

  #onConnection(socket: Socket): void {
    const { remoteAddress } = socket;
    // It is gone already when it has no other end any more.
    if (this.#isClosed || remoteAddress === undefined) {
      socket.destroy();
      return;
    }
    if (this.#filter?.allows(remoteAddress) === false) {
      this.#filter.onRefused(`${remoteAddress}:${socket.remotePort}`);
      socket.destroy();
      return;
    }
    if (this.#sockets.size >= this.#maxConnections && !this.#makeRoom()) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    if (this.#door === undefined) this.#serveConnection(socket, undefined);
    else this.#door.accept(socket);
  }

  /** Who only holds a connection open keeps nobody out that has something to say. */
  #makeRoom(): boolean {
    const [oldest] = this.#unused;
    const reason = `as many are open as limits.maxInboundConnections allows (${this.#maxConnections})`;
    this.#onNotAccepted(oldest === undefined ? reason : `${reason}, and no call came on it`);
    if (oldest === undefined) return false;
    this.#unused.delete(oldest);
    oldest.cut();
    return true;
  }

  #serveConnection(socket: Socket, holder: TlsIdentity | undefined): void {
    if (this.#isClosed) {
      socket.destroy();
      return;
    }
    const connection = new InboundConnection(socket, this.#patience, holder);
    this.#unused.add(connection);
    socket.once("close", () => this.#unused.delete(connection));
    // Told of within the call that hands the socket over.
    this.#http2.once("session", (session: ServerHttp2Session) => {
      connection.onSession(session);
      session.setLocalWindowSize(WINDOW_BYTES);
      session.on("stream", (stream, headers) => this.#onStream(connection, stream, headers));
    });
    this.#http2.emit("connection", socket);
  }

  #onStream(
    connection: InboundConnection,
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
  ): void {
    const call = acceptStream(stream, headers);
    if (call === undefined) return;
    this.#unused.delete(connection);
    const serve = this.#methods.get(call.method);
    if (serve === undefined) {
      const details = `The server does not implement the method ${call.method}`;
      refuseStream(stream, { code: status.UNIMPLEMENTED, details });
      return;
    }
    serve(new InboundStream(stream, headers, this.#maxMessageBytes), connection, call.timeoutMs);
  }

  #addMethods({ methods, links, streams = [] }: ListenOptions): void {
    for (const method of methods) {
      this.#methods.set(method, (stream, connection, timeoutMs) => {
        stream.start(new InboundCall(method, stream, connection, this.#options), timeoutMs);
      });
    }
    for (const service of streams) {
      this.#methods.set(service.method, (stream, connection, timeoutMs) => {
        this.#streams.serve(service, stream, connection, timeoutMs);
      });
    }
    if (links === undefined) return;
    this.#methods.set(links.method, (stream, connection, timeoutMs) => {
      this.#serveLink(links, stream, connection, timeoutMs);
    });
  }

  #serveLink(
    service: LinkService,
    stream: InboundStream,
    connection: InboundConnection,
    timeoutMs: number | undefined,
  ): void {
    const link = new InboundLink(stream, connection, () => this.#links.delete(link));
    this.#links.add(link);
    // Whoever takes the link may send at once.
    stream.start(link, timeoutMs);
    link.start(service);
  }
}

function onceClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

function acceptFailure({ code, message }: NodeJS.ErrnoException): string {
  if (code !== "EMFILE" && code !== "ENFILE") return message;
  return `no file descriptor is left (${code}): raise the limit of open files (ulimit -n)`;
}
