// A check by a shell command: it passes when the command ends with 0.

import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import type { Check, CheckResult } from "./service-health.js";

/** Enough of its words for a reason; what comes before is let go. */
const MAX_OUTPUT_CHARACTERS = 1_024;
/** How long after its end the command's last words may take to arrive. */
const OUTPUT_GRACE_MS = 100;

/** Runs `command` in a shell; it and all that it started end with the check. */
export function commandCheck(command: string): Check {
  return (signal) => new Promise((resolve) => runOnce(command, signal, resolve));
}

function runOnce(
  command: string,
  signal: AbortSignal,
  resolve: (result: CheckResult) => void,
): void {
  // A group of its own, so that what the shell started can be ended with it.
  const child = spawn("/bin/sh", ["-c", command], {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  // Where no file descriptor is left there are none, though the type says that there are.
  const pipes: readonly (Readable | undefined)[] = [child.stdout, child.stderr];
  let output = "";
  for (const pipe of pipes) {
    pipe?.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-MAX_OUTPUT_CHARACTERS);
    });
  }
  const killGroup = (): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // All of it has ended.
    }
  };
  const end = (result: CheckResult): void => {
    signal.removeEventListener("abort", killGroup);
    for (const pipe of pipes) pipe?.destroy();
    resolve(result);
  };
  signal.addEventListener("abort", killGroup);
  child.once("error", (error) => {
    end({ type: "failing", reason: `the command cannot be run: ${error.message}` });
  });
  child.once("exit", (code, signalName) => {
    killGroup();
    const finish = (): void => end(resultOf(code, signalName, output));
    // What left the group may hold the pipes open for ever.
    const timer = setTimeout(finish, OUTPUT_GRACE_MS);
    child.once("close", () => {
      clearTimeout(timer);
      finish();
    });
  });
  if (signal.aborted) killGroup();
}

function resultOf(
  code: number | null,
  signalName: NodeJS.Signals | null,
  output: string,
): CheckResult {
  if (code === 0) return { type: "passing" };
  const how = code === null ? `ended by ${signalName}` : `exit code ${code}`;
  const lastLine = output.trim().split("\n").at(-1)?.trim() ?? "";
  return { type: "failing", reason: lastLine === "" ? how : `${how}: ${lastLine}` };
}
