// What a certificate is read as whose names are there, are not, or cannot be read.

import "reflect-metadata";
import { webcrypto, X509Certificate } from "node:crypto";
import {
  Extension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { describe, expect, test } from "vitest";
import { TlsIdentity } from "./tls-identity.js";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const ALTERNATIVE_NAMES = "2.5.29.17";

async function identityWith(...extensions: Extension[]): Promise<TlsIdentity> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const made = await X509CertificateGenerator.createSelfSigned(
    { name: "CN=127.0.0.1", keys, signingAlgorithm: ALGORITHM, extensions },
    webcrypto,
  );
  return new TlsIdentity(new X509Certificate(made.toString("pem")));
}

test("the hosts and the peers are those that it names", async () => {
  const identity = await identityWith(
    new SubjectAlternativeNameExtension([
      { type: "ip", value: "127.0.0.1" },
      { type: "dns", value: "one.example" },
      { type: "url", value: "gossip://127.0.0.1:7946" },
    ]),
  );
  expect(identity.hosts).toEqual(["127.0.0.1", "one.example"]);
  expect(identity.peerIds).toEqual(["127.0.0.1:7946"]);
  expect(identity.claimFault("127.0.0.1:7946")).toBeUndefined();
  expect(identity.claimFault("127.0.0.1:7947")).toContain("not of 127.0.0.1:7947");
});

describe("nobody's is one", () => {
  test.each([
    ["without alternative names", undefined],
    ["with an empty list of them", [0x30, 0x00]],
    ["with a list that breaks off", [0x30, 0x05, 0x82]],
    ["with a name of an unknown kind", [0x30, 0x03, 0x9f, 0x01, 0x00]],
    ["with bytes that are no list", [0xff, 0xff, 0xff]],
  ])("%s", async (_, bytes) => {
    const names =
      bytes === undefined ? [] : [new Extension(ALTERNATIVE_NAMES, false, Uint8Array.from(bytes))];
    const identity = await identityWith(...names);
    expect(identity.hosts).toEqual([]);
    expect(identity.peerIds).toEqual([]);
    expect(identity.claimFault("127.0.0.1:7946")).toContain("does not name the host");
  });
});
