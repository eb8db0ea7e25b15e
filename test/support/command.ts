// The built command line as a process of its own: what it prints, and with which code it ends.

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** What came of a command. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command is run with besides its arguments. */
export interface CommandSetup {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** How many files it may have open. */
  readonly descriptors?: number;
}

/** Runs `gossip` with these arguments until it ends. */
export async function gossip(argv: readonly string[], setup: CommandSetup = {}): Promise<Ended> {
  const child = startGossip(argv, setup);
  const [[code], stdout, stderr] = await Promise.all([
    once(child, "close") as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, stdout, stderr };
}

/** Starts `gossip` with these arguments. */
export function startGossip(
  argv: readonly string[],
  { env = {}, cwd, descriptors }: CommandSetup = {},
): ChildProcessByStdio<null, Readable, Readable> {
  const outer = Object.entries(process.env).filter(([name]) => !name.startsWith("GOSSIP_"));
  const command = [process.execPath, MAIN, ...argv] as const;
  const bounded = [
    "/bin/sh",
    "-c",
    `ulimit -n ${descriptors}; exec "$@"`,
    "sh",
    ...command,
  ] as const;
  const [program, ...args] = descriptors === undefined ? command : bounded;
  return spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...Object.fromEntries(outer), TZ: "UTC", ...env },
    cwd,
  });
}
