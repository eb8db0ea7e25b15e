// Certificates for tests, made by the library of `gossip certs`: sound ones, and one for each way in
// which a certificate can be wrong.

import {
  type CertificateAndKey,
  type CertificateSubject,
  issueCertificate,
  makeAuthority,
  makeSelfSigned,
} from "../../src/cli/certificates.js";
import type { TlsMaterial } from "../../src/transport/transport-tls.js";

const HOUR_MS = 3_600_000;

/** What a test's certificate says; by default it is sound, and for this machine. */
export interface TestSubject extends Partial<Omit<CertificateSubject, "notBefore" | "notAfter">> {
  /** In milliseconds from now. */
  readonly from?: number;
  readonly to?: number;
}

/** An authority, and the certificates that it signs. */
export class TestAuthority {
  readonly keys: CertificateAndKey;

  private constructor(keys: CertificateAndKey) {
    this.keys = keys;
  }

  static async make(name = "test authority"): Promise<TestAuthority> {
    return new TestAuthority(await makeAuthority(name, validity({})));
  }

  /** A certificate of this authority, for a peer that trusts this authority, or those given. */
  async issue(
    subject: TestSubject = {},
    trusted: readonly TestAuthority[] = [this],
  ): Promise<TlsMaterial> {
    const ca = trusted.map(({ keys }) => keys.cert).join("");
    return { ca, ...(await issueCertificate(this.keys, subjectOf(subject))) };
  }

  /** A certificate that this authority did not sign, nor any other, for a peer that trusts it. */
  async selfSigned(subject: TestSubject = {}): Promise<TlsMaterial> {
    return { ca: this.keys.cert, ...(await makeSelfSigned(subjectOf(subject))) };
  }
}

function subjectOf(subject: TestSubject): CertificateSubject {
  return {
    name: subject.name ?? "test peer",
    hosts: subject.hosts ?? ["127.0.0.1", "::1", "localhost"],
    peerIds: subject.peerIds ?? [],
    ...validity(subject),
  };
}

function validity({ from = -HOUR_MS, to = HOUR_MS }: TestSubject) {
  const now = Date.now();
  return { notBefore: new Date(now + from), notAfter: new Date(now + to) };
}
