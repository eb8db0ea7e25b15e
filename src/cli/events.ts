// `gossip events`: what happens in the cluster, a line each.

import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { Command } from "commander";
import { WatchEventsResponseSchema } from "../gen/gossip/admin/v1/admin_pb.js";
import { type ClientFlags, clientCommand, follow } from "./admin-client.js";
import { parseCount } from "./arguments.js";
import { teach } from "./help.js";
import { endOnSignal } from "./interrupt.js";
import { eventLine } from "./member-text.js";
import { formatTime, printJsonLine } from "./output.js";

interface EventsFlags extends ClientFlags {
  readonly since?: string;
  readonly latest?: number;
  readonly count?: number;
}

/** The command, to be added to the program. */
export function eventsCommand(): Command {
  const command = clientCommand("events")
    .description("print what happens: joins, updates, suspicions, refutations, failures, leaves")
    .option("--since <cursor>", "begin after that cursor, as --json prints it")
    .option("--latest <n>", "begin with so many of the latest events", parseCount)
    .option("--count <n>", "end after so many events", parseCount)
    .action((flags: EventsFlags) => showEvents(flags));
  return teach(command, {
    examples: [
      ["gossip events", "until Ctrl-C"],
      ["gossip events --latest 20", "with what happened before"],
      ["gossip events --count 1", "wait for the next one"],
      ["gossip events --json | jq .event.type", "a line of JSON each"],
    ],
    text: `A cursor is good for the latest events of that agent's boot; with one that is too old, the
first line says how many are missing.`,
    asksAgent: true,
  });
}

async function showEvents(flags: EventsFlags): Promise<void> {
  endOnSignal();
  const { since = "", latest = 0, count = Number.POSITIVE_INFINITY } = flags;
  let shown = 0;
  const answers = follow(flags, (client, options) =>
    client.watchEvents({ cursor: since, latest }, options),
  );
  for await (const answer of answers) {
    const { event } = answer;
    if (event === undefined) continue;
    if (flags.json === true) printJsonLine(WatchEventsResponseSchema, answer);
    else {
      const atMs = event.at === undefined ? Date.now() : timestampMs(event.at);
      console.log(`${formatTime(atMs)}  ${eventLine(event)}`);
    }
    shown += 1;
    if (shown >= count) return;
  }
}
