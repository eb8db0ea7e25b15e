// The listening side on gRPC: every method is served as a stream of bytes, which on the wire a
// unary call is too. The sockets are ours, so that stopping leaves nothing behind, and a caller
// that does not read its answer can be cut off.

import { createServer, type Server as NetServer, type Socket } from "node:net";
import {
  type ChannelOptions,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
} from "@grpc/grpc-js";
import { parseListenAddress } from "../core/address.js";
import { GossipError } from "../core/errors.js";
import { asBuffer, byteStreamMethod } from "./grpc-bytes.js";
import { listenError } from "./grpc-errors.js";
import type { ListenOptions } from "./transport.js";

type ByteStream = ServerDuplexStream<Buffer, Buffer>;

/** A gRPC server on one port. */
export class GrpcServer {
  readonly #options: ListenOptions;
  readonly #server: Server;
  readonly #listener: NetServer;
  /** By the address of the other end, as gRPC names it. */
  readonly #sockets = new Map<string, Socket>();
  /** Timers of calls under way. */
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: ListenOptions, maxConnections: number, channelOptions: ChannelOptions) {
    this.#options = options;
    this.#server = new Server(channelOptions);
    for (const method of options.methods) {
      const serve = (call: ByteStream): void => this.#serve(method, call);
      this.#server.addService({ [method]: byteStreamMethod(method) }, { [method]: serve });
    }
    const injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    this.#listener = createServer((socket) => {
      this.#track(socket);
      injector.injectConnection(socket);
    });
    this.#listener.maxConnections = maxConnections;
  }

  /** Begins to listen, and gives the port. */
  listen(): Promise<number> {
    const { address } = this.#options;
    const parts = parseListenAddress(address);
    if (parts === undefined) {
      const message = `${address} is no host:port to listen on: write it like 127.0.0.1:7946`;
      throw new GossipError("INVALID_ADDRESS", message);
    }
    return new Promise((resolve, reject) => {
      this.#listener.once("error", (cause) => reject(listenError(address, cause)));
      this.#listener.listen({ host: parts.host, port: parts.port }, () => {
        const bound = this.#listener.address();
        resolve(typeof bound === "object" && bound !== null ? bound.port : parts.port);
      });
    });
  }

  /** Cuts all connections and stops listening. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    const closed = new Promise<void>((resolve) => {
      this.#listener.close(() => resolve());
    });
    for (const socket of this.#sockets.values()) socket.destroy();
    this.#server.forceShutdown();
    await closed;
  }

  #track(socket: Socket): void {
    const name = formatRemote(socket);
    this.#sockets.set(name, socket);
    socket.once("close", () => this.#sockets.delete(name));
    // A connection that breaks is the other side's affair; its calls end by themselves.
    socket.on("error", () => {});
  }

  /** Serves one call: takes in its messages for a bounded time, then answers. */
  #serve(method: string, call: ByteStream): void {
    const { maxMessages, receiveTimeoutMs, handler } = this.#options;
    const messages: Uint8Array[] = [];
    let dropped = 0;
    let isAnswered = false;
    const answer = (): void => {
      if (isAnswered) return;
      isAnswered = true;
      this.#cancelTimer(timer);
      if (call.cancelled) return;
      handler({ method, messages, dropped }, (answers) => this.#send(call, answers));
    };
    const timer = this.#startTimer(answer, receiveTimeoutMs);
    call.on("data", (message: Buffer) => {
      if (isAnswered) return;
      if (messages.length < maxMessages) messages.push(message);
      else dropped += 1;
    });
    call.on("end", answer);
    call.on("cancelled", () => {
      isAnswered = true;
      this.#cancelTimer(timer);
    });
    call.on("error", () => {});
  }

  /** Sends an answer no faster than it is read. */
  #send(call: ByteStream, messages: readonly Uint8Array[]): void {
    const timer = this.#startTimer(() => {
      this.#sockets.get(call.getPeer())?.destroy();
    }, this.#options.sendTimeoutMs);
    call.on("finish", () => this.#cancelTimer(timer));
    call.on("cancelled", () => this.#cancelTimer(timer));
    let next = 0;
    const sendMore = (): void => {
      while (next < messages.length) {
        const message = messages[next];
        next += 1;
        if (message !== undefined && !call.write(asBuffer(message))) {
          call.once("drain", sendMore);
          return;
        }
      }
      call.end();
    };
    sendMore();
  }

  #startTimer(onTimeout: () => void, timeoutMs: number): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      onTimeout();
    }, timeoutMs);
    this.#timers.add(timer);
    return timer;
  }

  #cancelTimer(timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    this.#timers.delete(timer);
  }
}

/** As grpc-js writes it in `getPeer()`: without brackets. */
function formatRemote(socket: Socket): string {
  return `${socket.remoteAddress}:${socket.remotePort}`;
}
