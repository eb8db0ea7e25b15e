// `gossip top`: the members, the agent and what happens, drawn again each second.

import { setTimeout as sleep } from "node:timers/promises";
import { toJson } from "@bufbuild/protobuf";
import type { Command } from "commander";
import {
  type Event,
  GetHealthResponseSchema,
  ListMembersResponseSchema,
} from "../gen/gossip/admin/v1/admin_pb.js";
import { ask, type ClientFlags, clientCommand, follow } from "./admin-client.js";
import { parseDuration } from "./arguments.js";
import { CommandFailed } from "./command-failed.js";
import { teach } from "./help.js";
import { endOnSignal } from "./interrupt.js";
import { type TopView, topFrame } from "./top-frame.js";

interface TopFlags extends ClientFlags {
  readonly interval: number;
  readonly once?: true;
}

const DEFAULT_INTERVAL_MS = 1_000;
/** As many as could be shown on a tall terminal. */
const KEPT_EVENTS = 50;
/** Where there is no terminal. */
const PLAIN_SIZE = { columns: 160, rows: 60 };

/** The command, to be added to the program. */
export function topCommand(): Command {
  const command = clientCommand("top")
    .description("watch the members, the agent and what happens, live")
    .option("--interval <duration>", "time between two looks (default: 1s)", parseDuration)
    .option("--once", "look once, and end; so it is where there is no terminal")
    .action((flags: Omit<TopFlags, "interval"> & { readonly interval?: number }) => {
      return top({ ...flags, interval: flags.interval ?? DEFAULT_INTERVAL_MS });
    });
  return teach(command, {
    examples: [
      ["gossip top", "until q or Ctrl-C"],
      ["gossip top --once", "for a report"],
      ["gossip top --json --interval 10s", "a line of JSON each time"],
    ],
    text: "Members that need a look come first: those suspected, then those that failed.",
    asksAgent: true,
  });
}

async function top(flags: TopFlags): Promise<void> {
  if (flags.json === true) return printLines(flags);
  if (flags.once === true || !process.stdout.isTTY) {
    return console.log(topFrame(await look(flags, []), PLAIN_SIZE, Date.now()));
  }
  await drawLive(flags);
}

/** A line of JSON for each look. */
async function printLines(flags: TopFlags): Promise<void> {
  endOnSignal();
  for (;;) {
    const { health, list } = await look(flags, []);
    const options = { alwaysEmitImplicit: true };
    const line = {
      health: toJson(GetHealthResponseSchema, health, options),
      list: toJson(ListMembersResponseSchema, list, options),
    };
    console.log(JSON.stringify(line));
    if (flags.once === true) return;
    await sleep(flags.interval);
  }
}

async function drawLive(flags: TopFlags): Promise<void> {
  const events: Event[] = [];
  // An agent that is not there is told before the terminal is taken.
  let view = await look(flags, events);
  const { openScreen } = await import("./live-screen.js");
  const screen = openScreen();
  let problem = "";
  void keepEvents(flags, events, screen.quit);
  try {
    for (;;) {
      screen.draw(`${topFrame(view, screen.size, Date.now(), problem)}\n\nq ends`);
      await sleep(flags.interval, undefined, { signal: screen.quit }).catch(() => {});
      if (screen.quit.aborted) break;
      [view, problem] = await lookAgain(flags, events, view);
    }
  } finally {
    screen.close();
  }
}

async function look(flags: TopFlags, events: readonly Event[]): Promise<TopView> {
  const [health, list, stats] = await Promise.all([
    ask(flags, (client, options) => client.getHealth({}, options)),
    ask(flags, (client, options) => client.listMembers({}, options)),
    ask(flags, (client, options) => client.getStats({}, options)),
  ]);
  return { health, list, events, links: stats.figures["links"] ?? 0 };
}

/** The newest view; the one before, and why, where the agent does not answer. */
async function lookAgain(
  flags: TopFlags,
  events: readonly Event[],
  before: TopView,
): Promise<readonly [TopView, string]> {
  try {
    return [await look(flags, events), ""];
  } catch (error) {
    if (error instanceof CommandFailed) return [before, error.message];
    throw error;
  }
}

/** Keeps the latest events, also across a restart of the agent. */
async function keepEvents(flags: TopFlags, events: Event[], quit: AbortSignal): Promise<void> {
  while (!quit.aborted) {
    try {
      const latest = events.length === 0 ? KEPT_EVENTS : 0;
      const answers = follow(
        flags,
        (client, options) => client.watchEvents({ latest }, options),
        quit,
      );
      for await (const { event } of answers) {
        if (event !== undefined) events.push(event);
        events.splice(0, events.length - KEPT_EVENTS);
      }
    } catch {
      // The next look says what is wrong.
    }
    await sleep(flags.interval, undefined, { signal: quit }).catch(() => {});
  }
}
