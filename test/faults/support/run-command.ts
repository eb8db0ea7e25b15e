// Runs a program of the system, such as ip or nft, to its end; what it prints on failure is the error.

import { execFile } from "node:child_process";

/** Runs a program; gives what it printed. `input` is what it reads. */
export function runCommand(
  program: string,
  argv: readonly string[],
  input?: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, argv, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program} ${argv.join(" ")}: ${stderr || error.message}`));
    });
    // Who ends before it has read all says why by its exit.
    child.stdin?.on("error", () => undefined).end(input ?? "");
  });
}
