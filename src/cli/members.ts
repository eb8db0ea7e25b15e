// `gossip members`: the members that an agent lists, once or as they change.

import { type Command, Option } from "commander";
import {
  ListMembersResponseSchema,
  type Member,
  type MemberStatus,
  type WatchMembersResponse,
  WatchMembersResponseSchema,
} from "../gen/gossip/admin/v1/admin_pb.js";
import { printable } from "../peer/printable.js";
import { ask, type ClientFlags, clientCommand, follow } from "./admin-client.js";
import { teach } from "./help.js";
import { endOnSignal } from "./interrupt.js";
import {
  countsText,
  memberTable,
  metadataText,
  STATUS_NAMES,
  statusNamed,
  statusText,
} from "./member-text.js";
import { formatTime, printJson, printJsonLine } from "./output.js";
import { usage } from "./usage.js";

interface MembersFlags extends ClientFlags {
  readonly status?: readonly (typeof STATUS_NAMES)[number][];
  readonly filter?: string;
  readonly limit?: number;
  readonly watch?: true;
}

/** The command, to be added to the program. */
export function membersCommand(): Command {
  const command = clientCommand("members")
    .description("list the members of the cluster, as one agent sees them")
    .addOption(
      new Option("--status <status...>", "only members of these statuses").choices(STATUS_NAMES),
    )
    .option("--filter <text>", "only members whose address or name contains the text")
    .option("--watch", "then go on with each change, until Ctrl-C")
    .action((flags: MembersFlags) => {
      return flags.watch === true ? watchMembers(flags) : listMembers(flags);
    });
  return teach(command, {
    examples: [
      ["gossip members", "the agent itself is marked with *"],
      ["gossip members --status failed left", "those that are gone"],
      ["gossip members --watch", "the list, then a line for each change"],
      ["gossip members --json | jq -r '.members[].address'", "for scripts"],
      ["gossip members --admin 10.0.0.5:7980", "what another agent sees"],
    ],
    text: "With --watch and --json, each line is one answer of WatchMembers.",
    asksAgent: true,
  });
}

async function listMembers(flags: MembersFlags): Promise<void> {
  const { status = [], filter = "" } = flags;
  const request = { statuses: status.map(statusNamed), contains: filter };
  const answer = await ask(flags, (client, options) => client.listMembers(request, options));
  if (flags.json === true) return printJson(ListMembersResponseSchema, answer);
  console.log(memberTable(answer.members, Date.now()));
  console.log(`\n${countsText(answer.counts)}`);
}

async function watchMembers(flags: MembersFlags): Promise<void> {
  endOnSignal();
  const { status, filter } = flags;
  if (status !== undefined || filter !== undefined) {
    throw usage("--watch shows every member: leave out --status and --filter");
  }
  let snapshot: Member[] = [];
  for await (const answer of follow(flags, (client, options) => client.watchMembers({}, options))) {
    if (flags.json === true) printJsonLine(WatchMembersResponseSchema, answer);
    else snapshot = showAnswer(answer, snapshot);
  }
}

/** Prints what the answer tells; returns the part of a list that is not whole yet. */
function showAnswer({ kind }: WatchMembersResponse, snapshot: readonly Member[]): Member[] {
  switch (kind.case) {
    case "snapshot": {
      const members = [...(kind.value.first ? [] : snapshot), ...kind.value.members];
      if (!kind.value.last) return members;
      console.log(memberTable(members, Date.now()));
      return [];
    }
    case "changes":
      for (const member of kind.value.members) console.log(changeLine(member));
      for (const address of kind.value.removed) console.log(line("forgotten", address));
      return [];
    case undefined:
      return [];
    default:
      kind satisfies never;
      return [];
  }
}

function changeLine({ address, info, status }: Member): string {
  const name = info?.name ?? "";
  const text = [address, name === "" ? "" : `(${name})`].filter((part) => part !== "").join(" ");
  return `${line(statusText(status satisfies MemberStatus), text)} ${metadataText(info)}`.trimEnd();
}

function line(what: string, text: string): string {
  return `${formatTime(Date.now())}  ${what.padEnd(9)}  ${printable(text)}`;
}
