// What a certificate says of its holder: for which hosts it speaks, as which peer, and how long.

import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { parseAddress } from "../core/address.js";

/** In front of an advertised address, it makes the URI by which a certificate names one peer. */
export const PEER_ID_PREFIX = "gossip://";
/** One entry of the alternative names, as Node writes them: what holds a comma is in quotes. */
const NAME = /(DNS|IP Address|URI):("(?:[^"\\]|\\.)*"|[^,]*)/g;
/** Names that a message lists. */
const NAMES_TOLD = 5;

/** The holder of a certificate. */
export class TlsIdentity {
  /** The advertised addresses that the certificate names in full; none where it names only hosts. */
  readonly peerIds: readonly string[];
  /** For people: its DNS names and IP addresses. */
  readonly hosts: readonly string[];
  readonly notBeforeMs: number;
  readonly expiresAtMs: number;
  readonly #certificate: X509Certificate;

  constructor(certificate: X509Certificate) {
    this.#certificate = certificate;
    this.notBeforeMs = Date.parse(certificate.validFrom);
    this.expiresAtMs = Date.parse(certificate.validTo);
    const names = namesOf(alternativeNames(certificate));
    this.hosts = names.filter(({ type }) => type !== "URI").map(({ value }) => value);
    this.peerIds = names
      .filter(({ type, value }) => type === "URI" && value.startsWith(PEER_ID_PREFIX))
      .map(({ value }) => value.slice(PEER_ID_PREFIX.length));
  }

  /** Whether it is for that DNS name or IP address. The common name counts for nothing. */
  namesHost(host: string): boolean {
    const certificate = this.#certificate;
    const [bare = ""] = host.split("%");
    if (isIP(bare) !== 0) return certificate.checkIP(bare) !== undefined;
    const options = { subject: "never", partialWildcards: false } as const;
    return certificate.checkHost(host, options) !== undefined;
  }

  /** Why its holder may not speak as the peer of that address; undefined when it may. */
  claimFault(address: string): string | undefined {
    const host = parseAddress(address)?.host;
    if (host === undefined || !this.namesHost(host)) {
      return `the certificate does not name the host of ${address}, only ${told(this.hosts)}`;
    }
    if (this.peerIds.length === 0 || this.peerIds.includes(address)) return undefined;
    return `the certificate is of the peer ${told(this.peerIds)}, not of ${address}`;
  }
}

/** Alternative names that cannot be read are none: some versions of Node throw, where others give "". */
function alternativeNames(certificate: X509Certificate): string {
  try {
    return certificate.subjectAltName ?? "";
  } catch {
    return "";
  }
}

function namesOf(text: string): { readonly type: string; readonly value: string }[] {
  return Array.from(text.matchAll(NAME), ([, type = "", value = ""]) => ({
    type,
    value: value.startsWith('"') ? unquoted(value) : value,
  }));
}

function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    // A name that cannot be read is nobody's.
    return "";
  }
}

function told(names: readonly string[]): string {
  if (names.length === 0) return "no host at all";
  const rest = names.length - NAMES_TOLD;
  return names.slice(0, NAMES_TOLD).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
