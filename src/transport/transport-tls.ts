// The TLS of a transport: its own certificate and the authorities that it trusts, for both directions;
// and who is told of the handshakes that come to nothing.

import { constants, X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";
import { TlsIdentity } from "./tls-identity.js";
import type { TlsFailure } from "./tls-refusal.js";

/** Certificates and keys, as PEM. */
export interface TlsMaterial {
  /** The authorities that are trusted, one after another. */
  readonly ca: string;
  /** Our own certificate, with those between it and the authority after it. */
  readonly cert: string;
  readonly key: string;
}

/** What both directions use. */
export class TransportTls {
  readonly onFailure: (failure: TlsFailure) => void;
  readonly #onChange = new Set<(options: SecureContextOptions) => void>();
  #options: SecureContextOptions;
  #context: SecureContext;
  #own: TlsIdentity;

  constructor(material: TlsMaterial, onFailure: (failure: TlsFailure) => void = () => {}) {
    this.onFailure = onFailure;
    this.#options = contextOptions(material);
    this.#context = createSecureContext(this.#options);
    this.#own = new TlsIdentity(new X509Certificate(material.cert));
  }

  /** Who we are, by our own certificate. */
  get own(): TlsIdentity {
    return this.#own;
  }

  /** For the connections that we make. */
  get context(): SecureContext {
    return this.#context;
  }

  get contextOptions(): SecureContextOptions {
    return this.#options;
  }

  /** Takes other certificates for the handshakes to come; throws, and changes nothing, if they are none. */
  change(material: TlsMaterial): void {
    const options = contextOptions(material);
    const context = createSecureContext(options);
    this.#own = new TlsIdentity(new X509Certificate(material.cert));
    this.#options = options;
    this.#context = context;
    for (const onChange of this.#onChange) onChange(options);
  }

  /** Calls `onChange` at each change; the returned function ends that. */
  follow(onChange: (options: SecureContextOptions) => void): () => void {
    this.#onChange.add(onChange);
    return () => this.#onChange.delete(onChange);
  }
}

function contextOptions({ ca, cert, key }: TlsMaterial): SecureContextOptions {
  return {
    ca,
    cert,
    key,
    minVersion: "TLSv1.3",
    // A session that is taken up again shows no certificate, so one of an authority that is no longer
    // trusted would still count.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}
