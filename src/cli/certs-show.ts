// `gossip certs show`: what a certificate says.

import { X509Certificate } from "node:crypto";
import { Command } from "commander";
import { thrownText } from "../core/thrown.js";
import { printable } from "../peer/printable.js";
import { TlsIdentity } from "../transport/tls-identity.js";
import type { CertsFiles } from "./certs-folder.js";
import { CommandFailed } from "./command-failed.js";
import { readText } from "./file-text.js";
import { teach } from "./help.js";
import { formatDuration } from "./output.js";

/** The command, to be added to its group. */
export function certsShowCommand(): Command {
  const command = new Command("show")
    .description("print what a certificate says, and how long it is valid")
    .argument("<file>", "a certificate, as PEM")
    .option("--json", "print JSON")
    .action((file: string, { json }: { readonly json?: true }) => show(file, json === true));
  return teach(command, {
    examples: [
      ["gossip certs show certs/worker-1.pem", "its names, and when it ends"],
      ["gossip certs show certs/ca.pem --json", "for programs"],
    ],
  });
}

async function show(file: string, isJson: boolean): Promise<void> {
  printCertificate(await readText(file, "name a certificate, as PEM"), { cert: file }, isJson);
}

/** Prints a certificate, and where it is. */
export function printCertificate(pem: string, files: Partial<CertsFiles>, isJson: boolean): void {
  const facts = { ...files, ...factsOf(pem, files.cert ?? "it") };
  if (isJson) {
    console.log(JSON.stringify(facts));
    return;
  }
  const { hosts, peers, notBefore, notAfter } = facts;
  const left = Date.parse(notAfter) - Date.now();
  const rest = left > 0 ? `in ${formatDuration(left)}` : "it has expired";
  const lines: readonly (readonly [string, string | undefined])[] = [
    ["certificate", files.cert],
    ["key", files.key],
    ["name", facts.name],
    ["issuer", facts.issuer],
    ["is an authority", facts.isAuthority ? "yes" : undefined],
    ["hosts", hosts.length === 0 ? undefined : hosts.join(" ")],
    ["peers", peers.length === 0 ? undefined : peers.join(" ")],
    ["valid from", notBefore],
    ["valid until", `${notAfter} (${rest})`],
    ["fingerprint", facts.fingerprint],
  ];
  for (const [what, value] of lines) {
    if (value !== undefined) console.log(`${what.padEnd(16)} ${printable(value)}`);
  }
}

function factsOf(pem: string, file: string) {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch (cause) {
    const problem = thrownText(cause);
    const failure = new CommandFailed(`${file} is no certificate (${problem}): name one, as PEM`, {
      cause,
    });
    throw failure;
  }
  const identity = new TlsIdentity(certificate);
  return {
    name: nameIn(certificate.subject),
    issuer: nameIn(certificate.issuer),
    isAuthority: certificate.ca,
    hosts: identity.hosts,
    peers: identity.peerIds,
    notBefore: new Date(identity.notBeforeMs).toISOString(),
    notAfter: new Date(identity.expiresAtMs).toISOString(),
    fingerprint: certificate.fingerprint256,
  };
}

/** The common name, where there is one. */
function nameIn(subject: string | undefined): string {
  return /^CN=(.*)$/m.exec(subject ?? "")?.[1] ?? subject ?? "";
}
