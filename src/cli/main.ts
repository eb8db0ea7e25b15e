#!/usr/bin/env node
// The command line: `gossip COMMAND`. One file a command; this one puts them together.

import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { GossipError } from "../core/errors.js";
import { agentCommand } from "./agent.js";
import { CommandFailed } from "./command-failed.js";
import { demoCommand } from "./demo.js";
import { EXIT_FAILURE, EXIT_OK, EXIT_USAGE } from "./exit-codes.js";
import { simulateCommand } from "./simulate.js";

function packageVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(text) as { version: string };
  return version;
}

function program(): Command {
  const root = new Command("gossip")
    .description(
      "Peers that find each other, share what they know over gRPC, and notice who is gone.",
    )
    .version(packageVersion())
    .exitOverride()
    .showHelpAfterError("(run with --help for what can be given)");
  for (const command of [agentCommand(), demoCommand(), simulateCommand()]) {
    root.addCommand(command.copyInheritedSettings(root));
  }
  return root;
}

/** Runs the command and gives the exit code; a failure is one line, without a stack trace. */
async function run(argv: readonly string[]): Promise<number> {
  try {
    await program().parseAsync(argv);
    return EXIT_OK;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
    const isExpected = error instanceof GossipError || error instanceof CommandFailed;
    if (!isExpected) throw error;
    process.stderr.write(`gossip: ${error.message}\n`);
    return error instanceof GossipError && isUsageError(error) ? EXIT_USAGE : EXIT_FAILURE;
  }
}

function isUsageError(error: GossipError): boolean {
  return error.code.startsWith("INVALID_") || error.code === "TOO_MANY_SEEDS";
}

process.exitCode = await run(process.argv);
