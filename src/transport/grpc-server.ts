// The listening side on gRPC: every method is served as a stream of bytes, which on the wire a
// unary call is too. The sockets are ours, so that stopping leaves nothing behind, and a caller
// that misbehaves can be cut off.

import { createServer, type Server as NetServer, type Socket } from "node:net";
import { type ChannelOptions, Server, ServerCredentials } from "@grpc/grpc-js";
import { parseListenAddress } from "../core/address.js";
import { GossipError } from "../core/errors.js";
import { byteStreamMethod } from "./grpc-bytes.js";
import { listenError } from "./grpc-errors.js";
import { InboundCall, type InboundStream } from "./inbound-call.js";
import { InboundConnection, type InboundPatience } from "./inbound-connection.js";
import { InboundLink } from "./inbound-link.js";
import { InboundStreams } from "./inbound-streams.js";
import {
  type LinkService,
  type ListenOptions,
  type StreamService,
  stoppedError,
} from "./transport.js";

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
  readonly channelOptions: ChannelOptions;
}

/** A gRPC server on one port. */
export class GrpcServer {
  readonly #options: ListenOptions;
  readonly #patience: InboundPatience;
  readonly #server: Server;
  readonly #listener: NetServer;
  readonly #sockets = new Set<Socket>();
  /** By the address of the other end, as gRPC names it. */
  readonly #connections = new Map<string, InboundConnection>();
  readonly #links = new Set<InboundLink>();
  readonly #streams = new InboundStreams();
  #onClose: () => void = () => {};
  #isClosed = false;

  constructor({ listen, maxConnections, maxCallsPerSecond, channelOptions }: GrpcServerOptions) {
    this.#options = listen;
    this.#patience = {
      firstCallTimeoutMs: FIRST_CALL_TIMEOUT_MS,
      idleTimeoutMs: IDLE_TIMEOUT_MS,
      drainTimeoutMs: listen.sendTimeoutMs,
      maxCallsPerSecond,
      onTooFast: (from) => listen.onTooFast?.(from),
    };
    this.#server = new Server(channelOptions);
    for (const method of listen.methods) {
      this.#addMethod(method, (stream) => this.#serve(method, stream));
    }
    const { links } = listen;
    if (links !== undefined) {
      this.#addMethod(links.method, (stream) => this.#serveLink(links, stream));
    }
    for (const service of listen.streams ?? []) {
      this.#addMethod(service.method, (stream) => this.#serveStream(service, stream));
    }
    const socketOptions = { keepAlive: true, keepAliveInitialDelay: TCP_KEEPALIVE_MS };
    this.#listener = createServer(socketOptions, (socket) => this.#onConnection(socket));
    this.#listener.maxConnections = maxConnections;
  }

  /** Begins to listen, and gives the port. */
  async listen(): Promise<number> {
    const { address } = this.#options;
    const parts = parseListenAddress(address);
    if (parts === undefined) {
      const message = `${address} is no host:port to listen on: write it like 127.0.0.1:7946`;
      throw new GossipError("INVALID_ADDRESS", message);
    }
    const { host, port } = parts;
    return new Promise((resolve, reject) => {
      this.#onClose = () => reject(stoppedError(address));
      // Stays on: a connection that could not be accepted later is an error too, and no reason to end.
      this.#listener.on("error", (cause) => reject(listenError(address, cause)));
      // Exclusive: processes of a cluster would otherwise share the port, and the calls.
      this.#listener.listen({ host, port, exclusive: true }, () => {
        const bound = this.#listener.address();
        resolve(typeof bound === "object" && bound !== null ? bound.port : port);
        // Closed while the host was looked up.
        if (this.#isClosed) this.#listener.close();
      });
    });
  }

  /** Cuts all connections and stops listening. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#onClose();
    for (const link of this.#links) link.abandon();
    const closed = Array.from(this.#sockets, (socket) => onceClosed(socket));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
    this.#server.forceShutdown();
    await new Promise<void>((resolve) => this.#listener.close(() => resolve()));
  }

  #onConnection(socket: Socket): void {
    // It is gone already when it has no other end any more.
    if (this.#isClosed || socket.remoteAddress === undefined) {
      socket.destroy();
      return;
    }
    const injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    const connection = new InboundConnection(socket, injector, this.#patience);
    const name = remoteName(socket);
    this.#sockets.add(socket);
    this.#connections.set(name, connection);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      // The other end may have come back from the same port by now.
      if (this.#connections.get(name) === connection) this.#connections.delete(name);
    });
  }

  #addMethod(method: string, serve: (stream: InboundStream) => void): void {
    this.#server.addService({ [method]: byteStreamMethod(method) }, { [method]: serve });
  }

  #serve(method: string, stream: InboundStream): void {
    const connection = this.#connections.get(stream.getPeer());
    if (connection === undefined) stream.destroy();
    else new InboundCall(method, stream, connection, this.#options);
  }

  #serveStream(service: StreamService, stream: InboundStream): void {
    const connection = this.#connections.get(stream.getPeer());
    if (connection === undefined) stream.destroy();
    else this.#streams.serve(service, stream, connection);
  }

  #serveLink(service: LinkService, stream: InboundStream): void {
    const connection = this.#connections.get(stream.getPeer());
    if (connection === undefined) {
      stream.destroy();
      return;
    }
    const link = new InboundLink(stream, connection, () => this.#links.delete(link));
    this.#links.add(link);
    link.start(service);
  }
}

/** As grpc-js writes it in `getPeer()`: without brackets. */
function remoteName(socket: Socket): string {
  return `${socket.remoteAddress}:${socket.remotePort}`;
}

function onceClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}
