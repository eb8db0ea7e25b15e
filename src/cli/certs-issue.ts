// `gossip certs issue`: makes a certificate that the authority signs.

import { type Command, InvalidArgumentError } from "commander";
import { parseAddress } from "../core/address.js";
import { thrownText } from "../core/thrown.js";
import { collect } from "./arguments.js";
import {
  type CertsFlags,
  CertsFolder,
  certsWriter,
  parseFileName,
  validityOf,
} from "./certs-folder.js";
import { printCertificate } from "./certs-show.js";
import { teach } from "./help.js";
import { usage } from "./usage.js";

const DAYS = 90;
const TEXT = `
With --peer the certificate names the address in full, so that its holder can speak as that peer alone.
With --host only, it can speak as any peer of that host, whatever the port. Without either, it is for
those who ask and act: the commands, and other clients of the admin service.`;

interface IssueFlags extends CertsFlags {
  readonly host: readonly string[];
  readonly peer: readonly string[];
}

/** The command, to be added to its group. */
export function certsIssueCommand(): Command {
  const command = certsWriter("issue", DAYS)
    .description("make a certificate and its key, signed by the authority")
    .argument("<name>", "what the files are named after", parseFileName)
    .option("--peer <host:port>", "an address that the peer advertises", collectAddress, [])
    .option("--host <host>", "a DNS name or an IP address of the peer", collectHost, [])
    .action((name: string, flags: IssueFlags) => issue(name, flags));
  return teach(command, {
    examples: [
      ["gossip certs issue worker-1 --peer 10.0.0.5:7946", "certs/worker-1.pem and its key"],
      ["gossip certs issue web --peer web:7946 --host 10.0.0.6", "by name and by address"],
      ["gossip certs issue operator", "for the commands, with --tls-cert and --tls-key"],
    ],
    text: TEXT,
  });
}

async function issue(name: string, { dir, days, host, peer, json }: IssueFlags): Promise<void> {
  const folder = new CertsFolder(dir);
  const files = folder.filesOf(name);
  const authority = await folder.readAuthority();
  folder.checkFree(files, `renew it with gossip certs renew ${name}, or choose another name`);
  const hosts = new Set([...host, ...peer.flatMap((address) => parseAddress(address)?.host ?? [])]);
  const { issueCertificate } = await import("./certificates.js");
  const subject = { name, hosts: [...hosts], peerIds: peer, ...validityOf(days) };
  const made = await issueCertificate(authority, subject).catch((cause: unknown) => {
    const problem = thrownText(cause);
    throw usage(`the certificate cannot be made (${problem}): check the names and the authority`);
  });
  await folder.write(files, made);
  printCertificate(made.cert, files, json === true);
}

function collectAddress(text: string, addresses: readonly string[]): string[] {
  if (parseAddress(text) !== undefined) return collect(text, addresses);
  throw new InvalidArgumentError("Write it as host:port, like 10.0.0.5:7946.");
}

function collectHost(text: string, hosts: readonly string[]): string[] {
  const host = text.replace(/^\[(.*)\]$/, "$1");
  const isHost = parseAddress(`${host}:1`) ?? parseAddress(`[${host}]:1`);
  if (isHost !== undefined) return collect(host, hosts);
  throw new InvalidArgumentError("Write a DNS name or an IP address, without a port.");
}
