// Runs one program after another, at a low priority: what else the machine does comes first.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants, setPriority } from "node:os";
import { createInterface } from "node:readline";

// Interrupted, this process goes by way of `exit`, and takes with it what it has started.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

/** How a program ended. */
interface Ended {
  /** Its exit code; undefined where a signal ended it. */
  readonly code: number | undefined;
  readonly stderr: string;
}

/** A program under way. */
export interface Program {
  /** What it writes, line by line. */
  readonly lines: AsyncIterable<string>;
  readonly ended: Promise<Ended>;
  /** Ends it, and all that it started. */
  kill(): void;
}

/** Starts a program in a process group of its own. */
export function start(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Program {
  const child = spawn(command, args, {
    detached: true,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const kill = (): void => killGroup(child);
  process.once("exit", kill);
  lowerPriority(child);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close").then(([code]: (number | null)[]): Ended => {
    process.removeListener("exit", kill);
    return { code: code ?? undefined, stderr };
  });
  return { lines: createInterface({ input: child.stdout }), ended, kill };
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

function lowerPriority({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended, or this system has no priorities.
  }
}
