#!/usr/bin/env node
// The command line: `gossip COMMAND`. Runs a command; its failure is one line, and an exit code.

import { CommanderError } from "commander";
import { GossipError } from "../core/errors.js";
import { CommandFailed } from "./command-failed.js";
import { EXIT_FAILURE, EXIT_OK, EXIT_USAGE, type ExitCode } from "./exit-codes.js";
import { program } from "./program.js";

/** Runs the command and gives the exit code; a failure is one line, without a stack trace. */
async function run(argv: readonly string[]): Promise<ExitCode> {
  try {
    await program().parseAsync(argv);
    return EXIT_OK;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE;
    const isExpected = error instanceof GossipError || error instanceof CommandFailed;
    if (!isExpected) throw error;
    process.stderr.write(`gossip: ${error.message}\n`);
    if (error instanceof CommandFailed) return error.exitCode;
    return isUsageError(error) ? EXIT_USAGE : EXIT_FAILURE;
  }
}

function isUsageError(error: GossipError): boolean {
  return error.code.startsWith("INVALID_") || error.code === "TOO_MANY_SEEDS";
}

// A reader that has seen enough, such as `head`, is no failure; a full disk is one.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT_OK);
  process.stderr.write(`gossip: the output cannot be written: ${error.message}\n`);
  process.exit(EXIT_FAILURE);
});

process.exitCode = await run(process.argv);
