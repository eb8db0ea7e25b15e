// Why a TLS handshake came to nothing: what this side refused, and what the other side made of ours.

/** Why this side refused another. docs/SECURITY.md says what each means and what to do. */
export const TLS_REFUSAL_CAUSES = [
  "untrusted",
  "expired",
  "not-yet-valid",
  "wrong-name",
  "no-certificate",
  "unsound",
  "no-tls",
  "old-version",
  "too-slow",
  "too-many",
] as const;

/** One of {@link TLS_REFUSAL_CAUSES}. */
export type TlsRefusalCause = (typeof TLS_REFUSAL_CAUSES)[number];

/** A handshake that came to nothing. */
export interface TlsFailure {
  /** Who refused: this side for that cause, or the other side. */
  readonly cause: TlsRefusalCause | "by-other";
  /** Which side began the connection: `inbound` for another that called us. */
  readonly direction: "inbound" | "outbound";
  /** The other side, `host:port` where it is known. */
  readonly from: string;
  /** What is wrong and what to do, for people. */
  readonly reason: string;
}

/** What was refused, and the words for it. */
export interface TlsVerdict {
  readonly cause: TlsFailure["cause"];
  readonly reason: string;
}

/** OpenSSL's words about a certificate, as Node gives them, by what they come down to. */
const CERTIFICATE_CAUSES: Readonly<Record<string, TlsRefusalCause>> = {
  CERT_HAS_EXPIRED: "expired",
  CERT_NOT_YET_VALID: "not-yet-valid",
  DEPTH_ZERO_SELF_SIGNED_CERT: "untrusted",
  SELF_SIGNED_CERT_IN_CHAIN: "untrusted",
  UNABLE_TO_GET_ISSUER_CERT: "untrusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "untrusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "untrusted",
  CERT_UNTRUSTED: "untrusted",
  CERT_SIGNATURE_FAILURE: "untrusted",
  CERT_CHAIN_TOO_LONG: "unsound",
  CERT_REJECTED: "unsound",
  CERT_REVOKED: "unsound",
  INVALID_CA: "unsound",
  INVALID_PURPOSE: "unsound",
  PATH_LENGTH_EXCEEDED: "unsound",
};

const PROTOCOL_CAUSES: Readonly<Record<string, TlsRefusalCause>> = {
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: "no-certificate",
  ERR_SSL_WRONG_VERSION_NUMBER: "no-tls",
  ERR_SSL_HTTP_REQUEST: "no-tls",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "no-tls",
  ERR_SSL_UNSUPPORTED_PROTOCOL: "old-version",
  // The other side says so, but ours is the higher demand.
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: "old-version",
  ERR_TLS_HANDSHAKE_TIMEOUT: "too-slow",
};

/** What is wrong and what to do. */
export const TLS_REFUSAL_REASONS: Readonly<Record<TlsRefusalCause, string>> = {
  untrusted:
    "its certificate is signed by none of our CAs: give both sides the same ca, or issue its certificate anew",
  expired: "its certificate has expired: renew it, and reload it there; or a clock is wrong",
  "not-yet-valid": "its certificate is not valid yet: wait, or set the clock that is wrong",
  "wrong-name": "its certificate does not name the host that was dialled: issue it for that host",
  "no-certificate": "it showed no certificate: give it one of the cluster's CA (option tls)",
  unsound: "its certificate cannot be used for this: issue it anew",
  "no-tls": "it does not speak TLS: give both sides the option tls, or neither",
  "old-version": "it speaks no TLS 1.3: update it",
  "too-slow": "it did not finish the handshake in time",
  "too-many": "more handshakes than limits.maxHandshakes were under way, and it was the oldest",
};

const HINT =
  "it may not trust our certificate, or not find its own name in ours; its log and the metric gossip_tls_refused_total there tell why";

/** What to make of an error of a handshake; `refused` is the fault that Node found in a certificate. */
export function tlsVerdict(error: NodeJS.ErrnoException, refused?: string | undefined): TlsVerdict {
  const code = refused ?? error.code ?? "";
  const ofCertificate = CERTIFICATE_CAUSES[code];
  const cause = ofCertificate ?? PROTOCOL_CAUSES[code];
  if (cause !== undefined) return { cause, reason: `${TLS_REFUSAL_REASONS[cause]} (${code})` };
  if (refused !== undefined) {
    return { cause: "unsound", reason: `${TLS_REFUSAL_REASONS.unsound} (${code})` };
  }
  return { cause: "by-other", reason: `it broke off the handshake (${told(error)}): ${HINT}` };
}

/** What TLS tells of a connection that the other side ended right after the handshake. */
export function endedByOther(): TlsVerdict {
  return {
    cause: "by-other",
    reason: `it closed the connection right after the handshake, without a word: ${HINT}`,
  };
}

/** Node's words for an alert are those of OpenSSL with its files and lines; the code says the same. */
function told({ code, message }: NodeJS.ErrnoException): string {
  const alert = /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13)_ALERT_(\w+)$/.exec(code ?? "")?.[1];
  if (alert !== undefined) return `it says: ${alert.toLowerCase().replaceAll("_", " ")}`;
  return code ?? message;
}
