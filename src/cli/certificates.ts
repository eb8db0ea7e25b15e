// Makes the certificates of a development CA: the authority itself, and those of peers and clients
// that it signs. Nothing here touches a file.

import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { PEER_ID_PREFIX } from "../transport/tls-identity.js";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
/** Of a serial number: as many as RFC 5280 lets all readers take, and no two are the same. */
const SERIAL_BYTES = 16;

/** A certificate and its private key, as PEM. */
export interface CertificateAndKey {
  readonly cert: string;
  readonly key: string;
}

/** From when to when a certificate counts. */
export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** What a certificate is to say. */
export interface CertificateSubject extends Validity {
  /** Its common name, for people. */
  readonly name: string;
  /** DNS names and IP addresses of its holder. */
  readonly hosts: readonly string[];
  /** The advertised addresses by which alone its holder may speak; none: by all with its hosts. */
  readonly peerIds: readonly string[];
}

/** Makes an authority, which signs itself. */
export async function makeAuthority(name: string, validity: Validity): Promise<CertificateAndKey> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber: newSerial(),
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: certPem(certificate), key: await keyPem(keys.privateKey) };
}

/** Makes a certificate that the authority signs. */
export async function issueCertificate(
  authority: CertificateAndKey,
  subject: CertificateSubject,
): Promise<CertificateAndKey> {
  const keys = await newKeys();
  const issuer = new X509Certificate(authority.cert);
  const certificate = await X509CertificateGenerator.create({
    notBefore: subject.notBefore,
    notAfter: subject.notAfter,
    serialNumber: newSerial(),
    subject: [{ CN: [subject.name] }],
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: await importedKey(authority.key),
    signingAlgorithm: ALGORITHM,
    extensions: [
      ...(await leafExtensions(subject, keys.publicKey)),
      await AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return { cert: certPem(certificate), key: await keyPem(keys.privateKey) };
}

/** Makes a certificate that nobody vouches for; for tests. */
export async function makeSelfSigned(subject: CertificateSubject): Promise<CertificateAndKey> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    notBefore: subject.notBefore,
    notAfter: subject.notAfter,
    serialNumber: newSerial(),
    name: [{ CN: [subject.name] }],
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: await leafExtensions(subject, keys.publicKey),
  });
  return { cert: certPem(certificate), key: await keyPem(keys.privateKey) };
}

async function leafExtensions(
  { hosts, peerIds }: CertificateSubject,
  publicKey: webcrypto.CryptoKey,
): Promise<Extension[]> {
  const names: JsonGeneralNames = [
    ...hosts.map((host) => ({ type: isIP(host) === 0 ? "dns" : "ip", value: host }) as const),
    ...peerIds.map((id) => ({ type: "url", value: `${PEER_ID_PREFIX}${id}` }) as const),
  ];
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    // A peer is both: it is dialled, and dials.
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
    // Without a name there must be no such extension: some versions of Node cannot read an empty one.
    ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
    await SubjectKeyIdentifierExtension.create(publicKey),
  ];
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

/** With a newline at its end, so that files of them can be put together. */
function certPem(certificate: X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = await webcrypto.subtle.exportKey("pkcs8", key);
  return `${PemConverter.encode(bytes, PemConverter.PrivateKeyTag)}\n`;
}

async function importedKey(pem: string): Promise<webcrypto.CryptoKey> {
  const [bytes] = PemConverter.decode(pem);
  return await webcrypto.subtle.importKey("pkcs8", bytes ?? new ArrayBuffer(0), ALGORITHM, false, [
    "sign",
  ]);
}

function newSerial(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(SERIAL_BYTES));
  // The first bit would make it negative.
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString("hex");
}
