// The TLS of the connections that we make, in place of what gRPC has of its own: with the whole check
// of who answers, and with the reason where that fails.

import { X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import { connect, type PeerCertificate, type TLSSocket } from "node:tls";
import { CallCredentials, ChannelCredentials, type experimental } from "@grpc/grpc-js";
import { parseAddress } from "../core/address.js";
import { TlsIdentity } from "./tls-identity.js";
import { endedByOther, TLS_REFUSAL_REASONS, type TlsVerdict, tlsVerdict } from "./tls-refusal.js";
import type { TransportTls } from "./transport-tls.js";

/** Whom we dial. */
export interface TlsTarget {
  readonly address: string;
  /** The host by which that address was found, where it was looked up: a certificate may name either. */
  readonly foundBy?: string | undefined;
}

/** The certificate does not name whom we dialled. */
class WrongNameError extends Error {}

/** The handshakes with one address. */
export class TlsDial {
  readonly #tls: TransportTls;
  readonly #target: TlsTarget;
  /** What the other side said of our certificate, which it sees after the handshake is over for us. */
  #said: TlsVerdict | undefined;
  #isSecured = false;

  constructor(tls: TransportTls, target: TlsTarget) {
    this.#tls = tls;
    this.#target = target;
  }

  /**
   * Speaks TLS over a connection that is there, or is being made. `onFailure` is given the reason where
   * the handshake fails.
   */
  secure(socket: Socket, onFailure: (error: Error) => void): TLSSocket {
    const secure = connect({
      socket,
      secureContext: this.#tls.context,
      // Said, so that NODE_TLS_REJECT_UNAUTHORIZED of the environment says nothing.
      rejectUnauthorized: true,
      ALPNProtocols: ["h2"],
      checkServerIdentity: (_, certificate) => this.#nameFault(certificate),
    });
    secure.once("secureConnect", () => {
      this.#isSecured = true;
    });
    // Stays on: an error may come after the end.
    secure.on("error", (error: NodeJS.ErrnoException) => {
      if (this.#isSecured) this.#onLateError(error);
      else onFailure(this.#refuse(error, socket));
    });
    return secure;
  }

  /**
   * The other side ended the connection before anything came over it: counts that, and gives the
   * words for it; undefined when there was no handshake, or when it failed, which was told then.
   */
  tellEnded(): string | undefined {
    if (!this.#isSecured) return undefined;
    const verdict = this.#said ?? endedByOther();
    this.#tell(verdict);
    return verdict.reason;
  }

  /** In place of Node's own check, so that it has to be the whole of it. */
  #nameFault({ raw }: PeerCertificate): Error | undefined {
    const { address, foundBy } = this.#target;
    const identity = new TlsIdentity(new X509Certificate(raw));
    const hosts = [parseAddress(address)?.host, foundBy];
    if (hosts.some((host) => host !== undefined && identity.namesHost(host))) return undefined;
    const names = identity.hosts.length === 0 ? "none" : identity.hosts.join(", ");
    return new WrongNameError(`${TLS_REFUSAL_REASONS["wrong-name"]} (it names ${names})`);
  }

  /** In TLS 1.3 the other side looks at our certificate when we have done with its own. */
  #onLateError(error: NodeJS.ErrnoException): void {
    if (error.code?.includes("_ALERT_") === true) this.#said = tlsVerdict(error);
  }

  #refuse(error: NodeJS.ErrnoException, socket: Socket): Error {
    // We gave it up ourselves, or there was no connection to begin with.
    if (error.name === "AbortError" || socket.bytesWritten === 0) return error;
    const verdict: TlsVerdict =
      error instanceof WrongNameError
        ? { cause: "wrong-name", reason: error.message }
        : tlsVerdict(error, faultOf(error));
    this.#tell(verdict);
    return new Error(verdict.reason, { cause: error });
  }

  #tell(verdict: TlsVerdict): void {
    this.#tls.onFailure({ ...verdict, direction: "outbound", from: this.#target.address });
  }
}

/** The same for a client of grpc-js, in place of what that has of its own. */
export class TlsCredentials extends ChannelCredentials {
  readonly #tls: TransportTls;
  readonly #target: TlsTarget;

  constructor(tls: TransportTls, target: TlsTarget) {
    super();
    this.#tls = tls;
    this.#target = target;
  }

  override _isSecure(): boolean {
    return true;
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(
    _target: experimental.GrpcUri,
    _options: object,
    credentials: CallCredentials = CallCredentials.createEmpty(),
  ): experimental.SecureConnector {
    return {
      connect: (socket) => this.#connect(socket),
      waitForReady: () => Promise.resolve(),
      getCallCredentials: () => credentials,
      destroy: () => {},
    };
  }

  #connect(socket: Socket): Promise<experimental.SecureConnectResult> {
    return new Promise((resolve, reject) => {
      const secure = new TlsDial(this.#tls, this.#target).secure(socket, reject);
      secure.once("secureConnect", () => resolve({ socket: secure, secure: true }));
      // Aborted, or closed by the other side without an error.
      secure.once("close", () => reject(new Error("the connection closed within the handshake")));
    });
  }
}

/** Node gives what OpenSSL says of a certificate as the code of the error: those have no prefix. */
function faultOf({ code }: NodeJS.ErrnoException): string | undefined {
  if (code === undefined || /^(ERR_|E[A-Z]+$|ABORT)/.test(code)) return undefined;
  return code;
}

/** Who is at the other end of a connection, by its certificate. */
export function holderOf(socket: TLSSocket): TlsIdentity | undefined {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  return certificate === undefined ? undefined : new TlsIdentity(certificate);
}
