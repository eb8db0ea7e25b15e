// The TLS of a port: does the handshake of each connection that comes in, within a time and a number,
// and hands on those that are secure.

import type { X509Certificate } from "node:crypto";
import { Socket } from "node:net";
import { createServer, type Server, type TLSSocket, type TlsOptions } from "node:tls";
import { TlsIdentity } from "./tls-identity.js";
import {
  TLS_REFUSAL_REASONS,
  type TlsFailure,
  type TlsVerdict,
  tlsVerdict,
} from "./tls-refusal.js";
import type { TransportTls } from "./transport-tls.js";

/** A sound handshake takes milliseconds; one from far away, or of a busy machine, a second. */
const HANDSHAKE_TIMEOUT_MS = 5_000;

/** How a port does its handshakes. */
export interface TlsDoorOptions {
  readonly tls: TransportTls;
  /** How many may be under way at once; then the oldest is given up. */
  readonly maxHandshakes: number;
  readonly handshakeTimeoutMs?: number | undefined;
  /** Whether a caller has to show a certificate; otherwise it may. */
  readonly isMutual: boolean;
  readonly protocols: readonly string[];
  /** `holder` is undefined for a caller that showed no certificate, or none that counts. */
  onSecure(socket: TLSSocket, holder: TlsIdentity | undefined): void;
}

/** Lets connections in. */
export class TlsDoor {
  readonly #options: TlsDoorOptions;
  readonly #server: Server;
  readonly #unfollow: () => void;
  /** Connections without an end of their handshake, the oldest first, by the name of the other side. */
  readonly #pending = new Map<string, Socket>();

  constructor(options: TlsDoorOptions) {
    const { tls, isMutual, protocols, handshakeTimeoutMs = HANDSHAKE_TIMEOUT_MS } = options;
    this.#options = options;
    this.#server = createServer(
      serverOptions({ ...tls.contextOptions }, { isMutual, protocols, handshakeTimeoutMs }),
    );
    this.#server.on("secureConnection", (socket) => this.#onSecure(socket));
    this.#server.on("tlsClientError", (error, socket) => this.#onError(error, socket));
    this.#unfollow = tls.follow((changed) => this.#server.setSecureContext(changed));
  }

  /** Does the handshake of a connection. */
  accept(socket: Socket): void {
    const name = `${socket.remoteAddress}:${socket.remotePort}`;
    if (this.#pending.size >= this.#options.maxHandshakes) this.#giveUpOldest();
    this.#pending.set(name, socket);
    socket.once("close", () => {
      if (this.#pending.get(name) === socket) this.#pending.delete(name);
    });
    // What breaks within the handshake is told by the server.
    socket.on("error", () => {});
    names.set(socket, name);
    this.#server.emit("connection", socket);
  }

  close(): void {
    this.#unfollow();
  }

  #giveUpOldest(): void {
    for (const [name, socket] of this.#pending) {
      this.#pending.delete(name);
      given.add(socket);
      this.#tell(name, { cause: "too-many", reason: TLS_REFUSAL_REASONS["too-many"] });
      socket.destroy();
      return;
    }
  }

  #onSecure(socket: TLSSocket): void {
    const name = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#pending.delete(name);
    const certificate = socket.authorized ? certificateOf(socket) : undefined;
    const holder = certificate === undefined ? undefined : new TlsIdentity(certificate);
    // It has just been given up, or closed.
    if (socket.destroyed || socket.remoteAddress === undefined) socket.destroy();
    else this.#options.onSecure(socket, holder);
  }

  #onError(error: NodeJS.ErrnoException, socket: TLSSocket): void {
    // Node leaves one that was too slow open.
    socket.destroy();
    const raw = rawSocketOf(socket);
    if (raw === undefined || given.has(raw)) return;
    const refused = refusedFor(socket);
    // Nothing was said: a look whether the port is open.
    if (refused === undefined && raw.bytesRead === 0 && error.code === "ECONNRESET") return;
    this.#tell(names.get(raw) ?? "a caller", tlsVerdict(error, refused));
  }

  #tell(from: string, verdict: TlsVerdict): void {
    const failure: TlsFailure = { ...verdict, direction: "inbound", from };
    this.#options.tls.onFailure(failure);
  }
}

/** The other side of a connection: a socket that is closed no longer knows it. */
const names = new WeakMap<Socket, string>();
/** Connections that were given up, which has been told. */
const given = new WeakSet<Socket>();

function serverOptions(
  context: TlsOptions,
  {
    isMutual,
    protocols,
    handshakeTimeoutMs,
  }: Pick<TlsDoorOptions, "isMutual" | "protocols"> & { readonly handshakeTimeoutMs: number },
): TlsOptions {
  return {
    ...context,
    requestCert: true,
    rejectUnauthorized: isMutual,
    handshakeTimeout: handshakeTimeoutMs,
    ALPNProtocols: [...protocols],
  };
}

function certificateOf(socket: TLSSocket): X509Certificate | undefined {
  return socket.getPeerX509Certificate();
}

/** The connection under it. Node keeps it there for its own use, and has no other way to it. */
function rawSocketOf(socket: TLSSocket): Socket | undefined {
  const parent: unknown = Reflect.get(socket, "_parent");
  return parent instanceof Socket ? parent : undefined;
}

/** The fault that Node found in the certificate; its type says that there always is one. */
function refusedFor(socket: TLSSocket): string | undefined {
  const fault: unknown = socket.authorizationError;
  return fault === null || fault === undefined ? undefined : String(fault);
}
