// Who has shown a certificate that counts, by the connection.

import type { TLSSocket } from "node:tls";
import type { AdminRequest } from "./http-messages.js";

/** The connections whose other end is known by its certificate. */
export class CertifiedCallers {
  /** By the address of the other end; when the certificate ends, or that it is to be shown again. */
  readonly #endsAtMs = new Map<string, number>();

  /** A connection whose handshake is done. */
  add(socket: TLSSocket): void {
    const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
    if (certificate === undefined) return;
    const name = nameOf(socket);
    this.#endsAtMs.set(name, Date.parse(certificate.validTo));
    socket.once("close", () => this.#endsAtMs.delete(name));
  }

  /** Other authorities are trusted now: whoever has shown a certificate is to show it again. */
  distrustAll(): void {
    for (const name of this.#endsAtMs.keys()) this.#endsAtMs.set(name, 0);
  }

  /** Whether the request came from one of them, and its certificate counts now. */
  isCertified({ socket }: AdminRequest): boolean {
    return (this.#endsAtMs.get(nameOf(socket)) ?? 0) > Date.now();
  }

  /** Whether it showed one that counts no longer, so that it is to connect anew. */
  isOutdated(request: AdminRequest): boolean {
    return this.#endsAtMs.has(nameOf(request.socket)) && !this.isCertified(request);
  }
}

/** Node hides the socket of HTTP/2 behind another object, so that it cannot be a key itself. */
function nameOf({ remoteAddress, remotePort }: AdminRequest["socket"]): string {
  return `${remoteAddress}:${remotePort}`;
}
