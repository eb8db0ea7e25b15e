// `gossip stats`: figures of what an agent's peer did and holds.

import type { Command } from "commander";
import { GetStatsResponseSchema } from "../gen/gossip/admin/v1/admin_pb.js";
import { printable } from "../peer/printable.js";
import { ask, type ClientFlags, clientCommand } from "./admin-client.js";
import { teach } from "./help.js";
import { plainTable, printJson } from "./output.js";

interface StatsFlags extends ClientFlags {
  readonly filter?: string;
}

/** The command, to be added to the program. */
export function statsCommand(): Command {
  const command = clientCommand("stats")
    .description("print what the agent's peer has counted since its start, and what it holds")
    .option("--filter <text>", "only figures whose name contains the text")
    .action((flags: StatsFlags) => showStats(flags));
  return teach(command, {
    examples: [
      ["gossip stats", "all figures"],
      ["gossip stats --filter rejected", "what was not taken in, by reason"],
      ["gossip stats --json | jq .figures", "for scripts"],
    ],
    text: "For graphs, let Prometheus read /metrics at the admin address.",
    asksAgent: true,
  });
}

async function showStats(flags: StatsFlags): Promise<void> {
  const { filter = "" } = flags;
  const answer = await ask(flags, (client, options) => client.getStats({}, options));
  const entries = Object.entries(answer.figures)
    .filter(([name]) => name.includes(filter))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (flags.json === true) {
    return printJson(GetStatsResponseSchema, { ...answer, figures: Object.fromEntries(entries) });
  }
  const rows = entries.map(([name, value]) => [printable(name), String(value)]);
  console.log(plainTable(["FIGURE", "VALUE"], rows));
}
