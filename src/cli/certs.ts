// `gossip certs`: a development CA, and the certificates that it signs.

import { Command } from "commander";
import { certsInitCommand } from "./certs-init.js";
import { certsIssueCommand } from "./certs-issue.js";
import { certsRenewCommand } from "./certs-renew.js";
import { certsShowCommand } from "./certs-show.js";
import { teach } from "./help.js";

const TEXT = `
It is meant for development and for small clusters: the key of the authority is a file. Whoever has it
can be any peer, so keep it off the machines of the peers. A CA that you have already does as well: each
peer's certificate must name the host that it advertises, and be for server and client use.`;

/** The command, to be added to the program. */
export function certsCommand(): Command {
  const command = new Command("certs")
    .description("make the certificates of a cluster: an authority, and one for each peer")
    .addCommand(certsInitCommand())
    .addCommand(certsIssueCommand())
    .addCommand(certsRenewCommand())
    .addCommand(certsShowCommand());
  return teach(command, {
    examples: [
      ["gossip certs init", "an authority, in ./certs"],
      ["gossip certs issue worker-1 --peer 10.0.0.5:7946", "a certificate for one peer"],
      ["gossip certs show certs/worker-1.pem", "what it says, and how long it lasts"],
    ],
    text: TEXT,
  });
}
