// `gossip join`: gives an agent more addresses by which it finds the cluster.

import type { Command } from "commander";
import { JoinResponseSchema } from "../gen/gossip/admin/v1/admin_pb.js";
import { printable } from "../peer/printable.js";
import { ask, type ClientFlags, clientCommand } from "./admin-client.js";
import { parseHostAndPort } from "./arguments.js";
import { CommandFailed } from "./command-failed.js";
import { teach } from "./help.js";
import { plainTable, printJson } from "./output.js";

/** A seed that is silent takes this long to be found so. */
const JOIN_TIMEOUT_MS = 15_000;

/** The command, to be added to the program. */
export function joinCommand(): Command {
  const command = clientCommand("join", { timeoutMs: JOIN_TIMEOUT_MS })
    .description("add seeds, and wait until each has answered or failed to")
    .argument("<host:port...>", "addresses of peers of the cluster", collectAddress)
    .action((addresses: string[], flags: ClientFlags) => join(addresses, flags));
  return teach(command, {
    examples: [
      ["gossip join 10.0.0.6:7946", "one is enough: the peers find the rest"],
      ["gossip join gossip.internal:7946", "a name stands for all addresses behind it"],
    ],
    text: "A seed that does not answer stays, and is dialled on in the background.",
    failure: "none of the seeds answered",
    asksAgent: true,
  });
}

function collectAddress(text: string, addresses: readonly string[] = []): string[] {
  return [...addresses, parseHostAndPort(text)];
}

async function join(addresses: readonly string[], flags: ClientFlags): Promise<void> {
  const answer = await ask(flags, (client, options) => {
    return client.join({ addresses: [...addresses] }, options);
  });
  if (flags.json === true) printJson(JoinResponseSchema, answer);
  else {
    const rows = answer.outcomes.map(({ address, answered, reason }) => {
      return [printable(address), answered ? "answered" : "silent", printable(reason)];
    });
    console.log(plainTable(["SEED", "OUTCOME", "REASON"], rows));
  }
  if (answer.outcomes.some(({ answered }) => answered)) return;
  throw new CommandFailed(
    "none of the seeds answered: check that peers listen there; they are dialled on in the background",
  );
}
