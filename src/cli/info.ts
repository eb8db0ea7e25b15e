// `gossip info get|set|unset`: what an agent's peer says of itself.

import { Command, InvalidArgumentError } from "commander";
import {
  GetInfoResponseSchema,
  type Info,
  SetInfoResponseSchema,
} from "../gen/gossip/admin/v1/admin_pb.js";
import { printable } from "../peer/printable.js";
import { ask, type ClientFlags, clientCommand } from "./admin-client.js";
import { pairOf } from "./arguments.js";
import { CommandFailed } from "./command-failed.js";
import { teach } from "./help.js";
import { valueText } from "./member-text.js";
import { plainTable, printJson } from "./output.js";
import { usage } from "./usage.js";

interface SetFlags extends ClientFlags {
  readonly name?: string;
}

type Pairs = Readonly<Record<string, string>>;

/** The command with its own commands, to be added to the program. */
export function infoCommand(): Command {
  const command = new Command("info")
    .description("read and change what a peer says of itself: its name and its metadata")
    .addCommand(getCommand())
    .addCommand(setCommand())
    .addCommand(unsetCommand());
  return teach(command, {
    examples: [
      ["gossip info get", "all of it"],
      ["gossip info set zone=eu-1 role=web", "add or change two keys"],
      ["gossip info unset role", "remove one"],
    ],
    text: "Only a peer's own agent changes its info; the others see it with the next rumor.",
    asksAgent: true,
  });
}

function getCommand(): Command {
  const command = clientCommand("get")
    .description("print the name and the metadata, or the value of one key")
    .argument("[key]", "a key of the metadata")
    .action((key: string | undefined, flags: ClientFlags) => getInfo(key, flags));
  return teach(command, {
    examples: [
      ["gossip info get", "all of it"],
      ["gossip info get zone", "the value alone, for scripts"],
    ],
    failure: "there is no such key",
    asksAgent: true,
  });
}

function setCommand(): Command {
  const command = clientCommand("set")
    .description("set keys of the metadata, or the name; what is not given stays as it is")
    .argument("[key=value...]", "what to set", collectPair, {})
    .option("--name <name>", "the new name")
    .action((pairs: Pairs, flags: SetFlags) => setInfo(pairs, flags));
  return teach(command, {
    examples: [
      ["gossip info set zone=eu-1 role=web", "two keys"],
      ['gossip info set motd="hello there"', "a value with a space"],
      ["gossip info set --name worker-2", "the name"],
    ],
    asksAgent: true,
  });
}

function unsetCommand(): Command {
  const command = clientCommand("unset")
    .description("remove keys from the metadata")
    .argument("<key...>", "the keys")
    .action((removedKeys: string[], flags: ClientFlags) => changeInfo({ removedKeys }, flags));
  return teach(command, {
    examples: [["gossip info unset role zone", "a key that is not there is no error"]],
    asksAgent: true,
  });
}

async function getInfo(key: string | undefined, flags: ClientFlags): Promise<void> {
  const answer = await ask(flags, (client, options) => client.getInfo({}, options));
  if (key === undefined) {
    return flags.json === true ? printJson(GetInfoResponseSchema, answer) : printInfo(answer.info);
  }
  const value = answer.info?.metadata[key];
  if (value === undefined) {
    throw new CommandFailed(
      `${printable(answer.address)} has no metadata ${JSON.stringify(key)}: gossip info get shows what it has`,
    );
  }
  // The value as it is, where no terminal could be steered by it.
  const isRaw = value.kind.case === "text" && !process.stdout.isTTY;
  const text = isRaw ? value.kind.value : valueText(value);
  console.log(flags.json === true ? JSON.stringify(text) : text);
}

async function setInfo(pairs: Pairs, flags: SetFlags): Promise<void> {
  const { name } = flags;
  const metadata = Object.fromEntries(
    Object.entries(pairs).map(([key, value]) => {
      return [key, { kind: { case: "text" as const, value } }];
    }),
  );
  if (name === undefined && Object.keys(metadata).length === 0) {
    throw usage("there is nothing to set: give key=value, or --name");
  }
  await changeInfo({ metadata, ...(name === undefined ? {} : { name }) }, flags);
}

async function changeInfo(
  change: Parameters<Parameters<Parameters<typeof ask>[1]>[0]["setInfo"]>[0],
  flags: ClientFlags,
): Promise<void> {
  const answer = await ask(flags, (client, options) => client.setInfo(change, options));
  if (flags.json === true) printJson(SetInfoResponseSchema, answer);
  else printInfo(answer.info);
}

function printInfo(info: Info | undefined): void {
  const entries = Object.entries(info?.metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  console.log(`name: ${printable(info?.name ?? "")}`);
  if (entries.length === 0) return;
  const rows = entries.map(([key, value]) => [printable(key), valueText(value)]);
  console.log(plainTable(["KEY", "VALUE"], rows));
}

function collectPair(text: string, pairs: Pairs): Pairs {
  const pair = pairOf(text);
  if (pair === undefined) throw new InvalidArgumentError("Write key=value.");
  return { ...pairs, [pair[0]]: pair[1] };
}
