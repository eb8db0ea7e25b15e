// `gossip certs renew`: makes a certificate anew, for the same names, with a key of its own.

import { X509Certificate } from "node:crypto";
import type { Command } from "commander";
import { TlsIdentity } from "../transport/tls-identity.js";
import {
  type CertsFlags,
  CertsFolder,
  certsWriter,
  parseFileName,
  validityOf,
} from "./certs-folder.js";
import { printCertificate } from "./certs-show.js";
import { readText } from "./file-text.js";
import { teach } from "./help.js";

const DAYS = 90;

/** The command, to be added to its group. */
export function certsRenewCommand(): Command {
  const command = certsWriter("renew", DAYS)
    .description("make a certificate anew, for the same names, with a new key")
    .argument("<name>", "the name that it was issued with", parseFileName)
    .action((name: string, flags: CertsFlags) => renew(name, flags));
  return teach(command, {
    examples: [
      ["gossip certs renew worker-1", "then SIGHUP to the agent, which reads it anew"],
      ["gossip certs renew worker-1 --days 30", "for a shorter time"],
    ],
    text: "The old certificate counts until it ends: there are no revocation lists.",
  });
}

async function renew(name: string, { dir, days, json }: CertsFlags): Promise<void> {
  const folder = new CertsFolder(dir);
  const files = folder.filesOf(name);
  const authority = await folder.readAuthority();
  const old = await readText(files.cert, `issue it first, with gossip certs issue ${name}`);
  const { hosts, peerIds } = new TlsIdentity(new X509Certificate(old));
  const { issueCertificate } = await import("./certificates.js");
  const made = await issueCertificate(authority, { name, hosts, peerIds, ...validityOf(days) });
  await folder.write(files, made);
  printCertificate(made.cert, files, json === true);
}
