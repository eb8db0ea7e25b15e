// The command tree: `gossip` with all of its commands, and completion for shells.

import tab from "@bomb.sh/tab/commander";
import { Command } from "commander";
import { packageVersion } from "../admin/package-version.js";
import { agentCommand } from "./agent.js";
import { certsCommand } from "./certs.js";
import { demoCommand } from "./demo.js";
import { eventsCommand } from "./events.js";
import { explainCommand } from "./explain.js";
import { forgetCommand } from "./forget.js";
import { teach } from "./help.js";
import { infoCommand } from "./info.js";
import { joinCommand } from "./join.js";
import { leaveCommand } from "./leave.js";
import { membersCommand } from "./members.js";
import { rttCommand } from "./rtt.js";
import { simulateCommand } from "./simulate.js";
import { statsCommand } from "./stats.js";
import { topCommand } from "./top.js";
import { versionCommand } from "./version.js";

/** The program, ready to parse. */
export function program(): Command {
  const root = new Command("gossip")
    .description(
      "Peers that find each other, share what they know over gRPC, and notice who is gone.",
    )
    .version(packageVersion())
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) });
  const commands = [
    agentCommand(),
    membersCommand(),
    infoCommand(),
    joinCommand(),
    leaveCommand(),
    forgetCommand(),
    explainCommand(),
    rttCommand(),
    eventsCommand(),
    statsCommand(),
    topCommand(),
    simulateCommand(),
    demoCommand(),
    certsCommand(),
    versionCommand(),
  ];
  for (const command of commands) root.addCommand(inheriting(command, root));
  addCompletion(root);
  return root;
}

/** `gossip completion`, and the hidden command that its scripts ask. */
function addCompletion(root: Command): void {
  tab(root, { completionCommandName: "completion" });
  const command = root.commands.find((known) => known.name() === "completion");
  if (command === undefined) return;
  teach(command.description("print a script that completes commands and flags in a shell"), {
    examples: [
      ["source <(gossip completion bash)", "in ~/.bashrc"],
      ["source <(gossip completion zsh)", "in ~/.zshrc"],
      ["gossip completion fish > ~/.config/fish/completions/gossip.fish", "once"],
    ],
  });
}

/** The command and its own commands, with the settings of the root. */
function inheriting(command: Command, root: Command): Command {
  for (const child of command.commands) inheriting(child, root);
  return command.copyInheritedSettings(root);
}

/** Commander's words in the form of every other failure: one line that says what to do. */
function oneLine(text: string): string {
  const words = text
    .replace(/^error: /, "")
    .trim()
    .replaceAll(/\s*\n\s*/g, " ");
  return `gossip: ${words} (run it with --help for what can be given)\n`;
}
