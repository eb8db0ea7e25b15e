// The certificates that a user names: read, and checked for what can be known before anyone is met.

import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { isUint8Array } from "node:util/types";
import { GossipError } from "../core/errors.js";
import { thrownText } from "../core/thrown.js";
import type { TlsMaterial } from "../transport/transport-tls.js";
import { endedText } from "./certificate-end.js";
import { type FileReading, readRegularFile } from "./regular-file.js";

/** PEM: the path of a file, its text (which holds `-----BEGIN`), or its bytes. */
export type TlsSource = string | Uint8Array;

/** Certificates for both directions; see {@link PeerOptions.tls}. */
export interface TlsOptions {
  /** The authorities that are trusted: one, or several while one takes the place of another. */
  readonly ca: TlsSource | readonly TlsSource[];
  /** This side's own certificate, with those between it and the authority after it. */
  readonly cert: TlsSource;
  /** The private key of it. */
  readonly key: TlsSource;
}

/** A file of certificates is some kilobytes; one that is larger is another file. */
const MAX_PEM_BYTES = 1_048_576;
/** What stands before the fault in a message, unless told otherwise. */
const OPTION = "tls";
const BEGIN = "-----BEGIN ";

/** Reads the files; rejects with INVALID_TLS where one cannot be, or where they do not fit together. */
export async function readTls(options: TlsOptions, option = OPTION): Promise<TlsMaterial> {
  const authorities = isSource(options.ca) ? [options.ca] : options.ca;
  const ca = await Promise.all(authorities.map((source) => readPem(source, `${option}.ca`)));
  const cert = await readPem(options.cert, `${option}.cert`);
  const key = await readPem(options.key, `${option}.key`);
  const material = { ca: ca.join("\n"), cert, key };
  checkTogether(material, option);
  return material;
}

/** Whether `value` is one source, and not a list of them. */
export function isSource(value: unknown): value is TlsSource {
  return typeof value === "string" || isUint8Array(value);
}

/** Whether `value` has what {@link TlsOptions} has. */
export function isTlsOptions(value: unknown): value is TlsOptions {
  if (typeof value !== "object" || value === null) return false;
  const [ca, cert, key] = ["ca", "cert", "key"].map((name): unknown => Reflect.get(value, name));
  const isAuthority = isSource(ca) || (Array.isArray(ca) && ca.length > 0 && ca.every(isSource));
  return isAuthority && isSource(cert) && isSource(key);
}

/** What will be refused by others, though it may be right in time: a clock may be wrong, or a CA new. */
export function tlsWarning({ ca, cert }: TlsMaterial, now: number): string | undefined {
  const own = new X509Certificate(cert);
  const ended = endedText(Date.parse(own.validTo), now);
  if (ended !== undefined) return ended;
  if (Date.parse(own.validFrom) > now) {
    return `our certificate is not valid yet (from ${own.validFrom}), others refuse it: wait, or set the clock`;
  }
  const isSigned = certificatesOf(ca).some((authority) => isSignedBy(own, authority));
  if (isSigned || certificatesOf(cert).length > 1) return undefined;
  return "our certificate is signed by none of our own CAs: others that trust just these refuse it";
}

function isSignedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

async function readPem(source: TlsSource, option: string): Promise<string> {
  const text = await readText(source, option);
  if (text.includes(BEGIN)) return text;
  throw invalid(
    `${named(source, option)} is no PEM: it must hold a line that begins with ${BEGIN.trim()}`,
  );
}

async function readText(source: TlsSource, option: string): Promise<string> {
  if (typeof source !== "string") return Buffer.from(source).toString("latin1");
  if (source.includes(BEGIN)) return source;
  let reading: FileReading;
  try {
    reading = await readRegularFile(source, { maxBytes: MAX_PEM_BYTES, followsLinks: true });
  } catch (cause) {
    const problem = thrownText(cause);
    throw invalid(`${named(source, option)} cannot be read (${problem}): check the path`, cause);
  }
  if (reading.type === "read") return reading.bytes.toString("latin1");
  throw invalid(`${named(source, option)} ${reading.fault}: name the right file`);
}

function checkTogether(material: TlsMaterial, option: string): void {
  const [own] = attempt(() => certificatesOf(material.cert), `${option}.cert holds no certificate`);
  const authorities = attempt(
    () => certificatesOf(material.ca),
    `${option}.ca holds no certificate`,
  );
  const key = attempt(() => createPrivateKey(material.key), `${option}.key holds no private key`);
  if (own === undefined || authorities.length === 0) {
    throw invalid(`${option} holds no certificate: check that ca and cert are what they should be`);
  }
  if (!own.checkPrivateKey(key)) {
    throw invalid(
      `${option}.key is not the key of ${option}.cert: give the two that were made together`,
    );
  }
  attempt(() => createSecureContext({ ...material }), `${option} cannot be used`);
}

function certificatesOf(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

function attempt<T>(make: () => T, fault: string): T {
  try {
    return make();
  } catch (cause) {
    const problem = thrownText(cause);
    throw invalid(`${fault} that can be used (${problem}): make it anew`, cause);
  }
}

function named(source: TlsSource, option: string): string {
  return typeof source === "string" && !source.includes(BEGIN) ? `${option} ${source}` : option;
}

function invalid(message: string, cause?: unknown): GossipError {
  return new GossipError("INVALID_TLS", message, { cause });
}
