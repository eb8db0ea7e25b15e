// `gossip rtt`: the links of a peer, with the latest round trip of a probe over each.

import type { Command } from "commander";
import { type Link, ListLinksResponseSchema } from "../gen/gossip/admin/v1/admin_pb.js";
import { printable } from "../peer/printable.js";
import { ask, type ClientFlags, clientCommand } from "./admin-client.js";
import { teach } from "./help.js";
import { addressOf } from "./member-argument.js";
import { formatDuration, plainTable, printJson, spanMs } from "./output.js";

/** The command, to be added to the program. */
export function rttCommand(): Command {
  const command = clientCommand("rtt")
    .description("show the links of a peer, and the latest round trip over each")
    .argument("[member]", "whose links: an address or a name (default: the agent's own peer)")
    .action((member: string | undefined, flags: ClientFlags) => showLinks(member, flags));
  return teach(command, {
    examples: [
      ["gossip rtt", "the links of the agent's own peer"],
      ["gossip rtt worker-3", "those of another, which is asked for them over a link"],
    ],
    text: "Round trips are those of probes: a link that has not been probed yet has none.",
    asksAgent: true,
  });
}

async function showLinks(member: string | undefined, flags: ClientFlags): Promise<void> {
  const address = member === undefined ? "" : await addressOf(member, flags);
  const answer = await ask(flags, (client, options) => client.listLinks({ address }, options));
  if (flags.json === true) return printJson(ListLinksResponseSchema, answer);
  console.log(`links of ${printable(answer.address)}`);
  const rows = answer.links.map(linkRow);
  console.log(plainTable(["TO", "ROUND TRIP", "SILENT FOR", "DIALLED BY", "NEIGHBOUR"], rows));
}

function linkRow({ address, roundTrip, silentFor, outbound, neighbour }: Link): string[] {
  return [
    printable(address),
    roundTrip === undefined ? "-" : formatDuration(spanMs(roundTrip)),
    silentFor === undefined ? "-" : formatDuration(spanMs(silentFor)),
    outbound ? "us" : "them",
    neighbour ? "yes" : "no",
  ];
}
