// `gossip forget`: takes a member that is gone off every list before its time.

import type { Command } from "commander";
import { ForgetResponseSchema } from "../gen/gossip/admin/v1/admin_pb.js";
import { printable } from "../peer/printable.js";
import { ask, type ClientFlags, clientCommand } from "./admin-client.js";
import { teach } from "./help.js";
import { addressOf } from "./member-argument.js";
import { printJson } from "./output.js";

/** The command, to be added to the program. */
export function forgetCommand(): Command {
  const command = clientCommand("forget")
    .description(
      "take a member that failed or left off every list, before it is forgotten by itself",
    )
    .argument("<member>", "its address, or its name if no other has the same")
    .action((member: string, flags: ClientFlags) => forget(member, flags));
  return teach(command, {
    examples: [
      ["gossip members --status failed left", "who can be forgotten"],
      ["gossip forget 10.0.0.7:7946", "it spreads to every peer"],
    ],
    text: "A member that lives is refused. One that comes back after it was forgotten is listed again.",
    asksAgent: true,
  });
}

async function forget(member: string, flags: ClientFlags): Promise<void> {
  const address = await addressOf(member, flags);
  const answer = await ask(flags, (client, options) => client.forget({ address }, options));
  if (flags.json === true) printJson(ForgetResponseSchema, answer);
  else console.log(`${printable(address)} is forgotten`);
}
