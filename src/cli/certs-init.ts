// `gossip certs init`: makes the authority.

import type { Command } from "commander";
import { type CertsFlags, CertsFolder, certsWriter, validityOf } from "./certs-folder.js";
import { printCertificate } from "./certs-show.js";
import { teach } from "./help.js";

const DAYS = 3_650;

interface InitFlags extends CertsFlags {
  readonly name: string;
}

/** The command, to be added to its group. */
export function certsInitCommand(): Command {
  const command = certsWriter("init", DAYS)
    .description("make an authority that signs the certificates of a cluster")
    .option("--name <name>", "its name, for people (default: gossip CA)", "gossip CA")
    .action((flags: InitFlags) => init(flags));
  return teach(command, {
    examples: [
      ["gossip certs init", "certs/ca.pem, and its key certs/ca-key.pem"],
      ["gossip certs init --dir next --days 365", "another, to take its place"],
    ],
    text: "Every peer gets ca.pem. The key stays where certificates are issued, and nowhere else.",
  });
}

async function init({ dir, days, name, json }: InitFlags): Promise<void> {
  const folder = new CertsFolder(dir);
  const files = folder.authorityFiles;
  folder.checkFree(files, "name another folder with --dir");
  const { makeAuthority } = await import("./certificates.js");
  const made = await makeAuthority(name, validityOf(days));
  await folder.write(files, made);
  printCertificate(made.cert, files, json === true);
}
