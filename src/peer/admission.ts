// Who may link with a peer: what another says of itself is held against its certificate, and against
// the rule that the user gave.

import type { RejectionReason } from "../core/rejection.js";
import type { CertificateHolder } from "../transport/transport.js";

/** Another peer that links with this one, for {@link PeerOptions.allow}. */
export interface LinkCandidate {
  /** The address that it advertises. */
  readonly address: string;
  /** The IP address that it called from; undefined where this peer dialled it. */
  readonly ip: string | undefined;
  /** The addresses that its certificate names in full; none without TLS. */
  readonly peerIds: readonly string[];
}

/** What is known of a link when the other side says who it is. */
export interface LinkSource {
  readonly holder?: CertificateHolder | undefined;
  readonly remoteIp?: string | undefined;
}

/** Why a link is refused. */
export interface AdmissionRefusal {
  readonly reason: Extract<RejectionReason, "identity-mismatch" | "not-allowed">;
  /** For the other side, and for people. */
  readonly text: string;
}

/** What decides. */
export interface AdmissionOptions {
  /** Whether everyone has to have a certificate. */
  readonly isSecure: boolean;
  /** Never throws. */
  readonly allow: ((candidate: LinkCandidate) => boolean) | undefined;
}

/** Decides about links. */
export class Admission {
  readonly #options: AdmissionOptions;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** Why the other side of a link may not be the peer of that address; undefined when it may. */
  refusal({ holder, remoteIp }: LinkSource, address: string): AdmissionRefusal | undefined {
    const { isSecure, allow } = this.#options;
    const fault = isSecure && holder === undefined ? "no certificate" : holder?.claimFault(address);
    if (fault !== undefined) return { reason: "identity-mismatch", text: fault };
    if (allow === undefined) return undefined;
    const candidate = { address, ip: remoteIp, peerIds: holder?.peerIds ?? [] };
    if (allow(candidate)) return undefined;
    return { reason: "not-allowed", text: `this peer does not allow ${address} (option allow)` };
  }
}
