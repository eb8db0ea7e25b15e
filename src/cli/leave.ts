// `gossip leave`: an agent tells the others that it goes, and ends.

import type { Command } from "commander";
import { LeaveResponseSchema } from "../gen/gossip/admin/v1/admin_pb.js";
import { ask, type ClientFlags, clientCommand } from "./admin-client.js";
import { teach } from "./help.js";
import { printJson } from "./output.js";

/** As long as an agent tries to tell the others, and something over. */
const LEAVE_TIMEOUT_MS = 15_000;

/** The command, to be added to the program. */
export function leaveCommand(): Command {
  const command = clientCommand("leave", { timeoutMs: LEAVE_TIMEOUT_MS })
    .description("let an agent tell the others that it goes, and end")
    .action((flags: ClientFlags) => leave(flags));
  return teach(command, {
    examples: [
      ["gossip leave", "the agent on this machine"],
      ["gossip leave --admin 127.0.0.1:7981", "the one with that admin address"],
    ],
    text: "SIGTERM to the agent does the same. A supervisor that restarts it brings it back.",
    asksAgent: true,
  });
}

async function leave(flags: ClientFlags): Promise<void> {
  const answer = await ask(flags, (client, options) => client.leave({}, options));
  if (flags.json === true) printJson(LeaveResponseSchema, answer);
  else console.log(`the agent at ${flags.admin} has left the cluster`);
}
