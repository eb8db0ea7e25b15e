// docs/CLI.md says what the command tree says: its commands, flags, settings and exit codes.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command, Option } from "commander";
import { describe, expect, test } from "vitest";
import { SETTING_KEYS, settingOf, variableOf } from "../../src/cli/agent-settings.js";
import { EXIT_MEANINGS } from "../../src/cli/exit-codes.js";
import { program } from "../../src/cli/program.js";
import { gossip } from "../support/command.js";
import { tableRows } from "../support/markdown.js";

const MARKDOWN = readFileSync(new URL("../../docs/CLI.md", import.meta.url), "utf8");
const COMMON_FLAGS = [
  "--admin",
  "--timeout",
  "--json",
  "--tls-ca",
  "--tls-cert",
  "--tls-key",
  "--admin-token-file",
];

/** All commands that can be seen, by what is typed. */
function commandsOf(parent: Command, path: string): [string, Command][] {
  const visible = parent.createHelp().visibleCommands(parent);
  const named = visible.filter((command) => command.name() !== "help");
  return named.flatMap((command) => {
    const name = `${path} ${command.name()}`;
    return [[name, command] as [string, Command], ...commandsOf(command, name)];
  });
}

const COMMANDS = commandsOf(program(), "gossip");

/** The text under the heading of that command, up to the next heading. */
function sectionOf(name: string): string {
  const [, section = ""] = MARKDOWN.split(`\n### ${name}\n`);
  return section.split(/\n##/)[0] ?? "";
}

/** The flags that the command's own section has to tell of. */
function ownFlags(command: Command): readonly Option[] {
  const settings = new Set(SETTING_KEYS.map((key) => settingOf(key).flag));
  const asksAgent = command.options.some(({ long }) => long === "--timeout");
  return command.options.filter(({ flags, long }) => {
    if (command.name() === "agent") return !settings.has(flags);
    return !(asksAgent && COMMON_FLAGS.includes(long ?? ""));
  });
}

function usageOf(name: string, command: Command): string {
  const texts = command.registeredArguments.map((argument) => {
    const text = argument.variadic ? `${argument.name()}...` : argument.name();
    return argument.required ? `<${text}>` : `[${text}]`;
  });
  return [name, ...texts].join(" ");
}

describe("docs/CLI.md", () => {
  test("has a section for each command, and for no other", () => {
    const headings = Array.from(MARKDOWN.matchAll(/^### (gossip .*)$/gm), ([, name]) => name);
    expect(headings).toEqual(COMMANDS.map(([name]) => name));
  });

  test.each(COMMANDS)("tells of %s what its help tells", (name, command) => {
    const section = sectionOf(name).replaceAll(/\s+/g, " ");
    expect(section.toLowerCase()).toContain(`${command.description().toLowerCase()}.`);
    if (command.commands.length === 0) expect(section).toContain(usageOf(name, command));
    const flags = ownFlags(command).map(({ flags, description }) => [flags, description]);
    expect(tableRows(sectionOf(name), "flag")).toEqual(flags);
  });

  test("lists the settings of an agent in their order", () => {
    const settings = SETTING_KEYS.map((key) => {
      const { flag, description } = settingOf(key);
      return [key, flag, variableOf(key), description];
    });
    expect(tableRows(MARKDOWN, "setting")).toEqual(settings);
  });

  test("lists the exit codes with their meanings, and so does the help of each command", () => {
    const meanings = Object.entries(EXIT_MEANINGS);
    expect(tableRows(MARKDOWN, "code")).toEqual(meanings.map(([code, text]) => [code, text]));
  });

  test("has a config file that is right", async () => {
    const [, yaml = ""] = /```yaml\n(.*?)```/s.exec(MARKDOWN) ?? [];
    const folder = mkdtempSync(join(tmpdir(), "gossip-docs-"));
    const path = join(folder, "gossip.yaml");
    writeFileSync(path, yaml);
    const ended = await gossip(["agent", "--config", path, "--check"]);
    rmSync(folder, { recursive: true });
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout).toMatch(/^metadata +zone=eu-1 port=8080 /m);
  });
});

describe("--help", () => {
  test.each(COMMANDS)("of %s teaches by examples, and lists exit codes", (name, command) => {
    let help = "";
    command.configureOutput({
      writeOut: (text) => {
        help += text;
      },
    });
    command.outputHelp();
    expect(help).toMatch(/^Examples:$/m);
    const words = name.replaceAll(" ", "\\s");
    expect(help).toMatch(new RegExp(`^ {2}\\$ .*${words}`, "m"));
    const [, codes = ""] = help.split("\nExit codes:\n");
    const listed = Array.from(codes.matchAll(/^ {2}(\d) {2}\S/gm), ([, code]) => Number(code));
    const asksAgent = [command, ...command.commands].some(({ options }) => {
      return options.some(({ long }) => long === "--timeout");
    });
    expect(listed).toEqual(asksAgent ? [0, 1, 2, 3, 4] : [0, 1, 2]);
  });
});
