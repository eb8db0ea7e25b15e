// One port for HTTP/1.1 and HTTP/2: the first bytes of a connection tell which of the two
// servers it is handed to. Who sends none is let go.

import { createServer, type Server, type Socket } from "node:net";
import { formatAddress, parseListenAddress } from "../core/address.js";
import { listenAt } from "../transport/listening.js";
import { NameResolver } from "../transport/name-resolver.js";
import { clearTimeout, setTimeout } from "../transport/platform-timers.js";
import { TlsDoor } from "../transport/tls-door.js";
import type { TransportTls } from "../transport/transport-tls.js";
import type { CertifiedCallers } from "./certified-callers.js";
import type { HttpServers } from "./http-servers.js";
import type { AdminLimits } from "./limits.js";

/** What every HTTP/2 connection with prior knowledge begins with (RFC 9113, 3.4). */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");
/** The system's own probes: they find the clients that have vanished. */
const TCP_KEEPALIVE_MS = 60_000;

/** A listening port that serves both. */
export class PortMux {
  readonly #servers: HttpServers;
  readonly #firstBytesTimeoutMs: number;
  readonly #listener: Server;
  readonly #sockets = new Set<Socket>();
  readonly #door: TlsDoor | undefined;
  readonly #unfollow: (() => void) | undefined;

  constructor(
    servers: HttpServers,
    limits: Pick<AdminLimits, "firstBytesTimeoutMs" | "maxConnections">,
    callers: CertifiedCallers,
    tls?: TransportTls,
  ) {
    this.#servers = servers;
    this.#firstBytesTimeoutMs = limits.firstBytesTimeoutMs;
    const socketOptions = {
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: TCP_KEEPALIVE_MS,
    };
    this.#listener = createServer(socketOptions, (socket) => this.#onConnection(socket));
    this.#listener.maxConnections = limits.maxConnections;
    // A connection that could not be accepted is no reason to end.
    this.#listener.on("error", () => {});
    if (tls === undefined) return;
    this.#door = new TlsDoor({
      tls,
      maxHandshakes: limits.maxConnections,
      isMutual: false,
      protocols: ["h2", "http/1.1"],
      onSecure: (socket) => {
        callers.add(socket);
        this.#sniff(socket);
      },
    });
    let { ca } = tls.contextOptions;
    this.#unfollow = tls.follow((changed) => {
      if (changed.ca !== ca) callers.distrustAll();
      ca = changed.ca;
    });
  }

  /** Begins to listen, and gives the address with the port that it has. */
  async listen(address: string): Promise<string> {
    const port = await listenAt(this.#listener, address, new NameResolver()).port;
    this.#servers.onListening();
    return formatAddress(parseListenAddress(address)?.host ?? "", port);
  }

  /** Takes no more connections; those that are open have so long to end. */
  async close(graceMs: number): Promise<void> {
    this.#door?.close();
    this.#unfollow?.();
    const closed = new Promise<void>((resolve) => this.#listener.close(() => resolve()));
    this.#servers.drain();
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, graceMs);
    await closed;
    clearTimeout(timer);
    this.#servers.onClosed();
  }

  #onConnection(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    if (this.#door === undefined) this.#sniff(socket);
    else this.#door.accept(socket);
  }

  #sniff(socket: Socket): void {
    // A connection that breaks is the client's affair; its calls end by themselves.
    socket.on("error", () => {});
    let head: Buffer = Buffer.alloc(0);
    const timer = setTimeout(() => socket.destroy(), this.#firstBytesTimeoutMs);
    const onReadable = (): void => {
      const chunk: Buffer | null = socket.read();
      if (chunk === null) return;
      head = Buffer.concat([head, chunk]);
      const kind = protocolOf(head);
      if (kind === undefined) return;
      forget();
      // Back to where the server will read it from.
      socket.unshift(head);
      this.#servers[kind].emit("connection", socket);
    };
    const onEnd = (): void => {
      forget();
      socket.destroy();
    };
    const forget = (): void => {
      clearTimeout(timer);
      socket.off("readable", onReadable);
      socket.off("end", onEnd);
      socket.off("close", forget);
    };
    socket.on("readable", onReadable);
    socket.on("end", onEnd);
    socket.on("close", forget);
  }
}

/** Which server these first bytes are for; undefined while they could still be a preface. */
function protocolOf(head: Uint8Array): "http1" | "http2" | undefined {
  const length = Math.min(head.length, PREFACE.length);
  if (!PREFACE.subarray(0, length).equals(head.subarray(0, length))) return "http1";
  return length === PREFACE.length ? "http2" : undefined;
}
