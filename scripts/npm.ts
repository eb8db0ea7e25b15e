// Runs npm from a script: the same npm that runs the script, on every platform.
import { spawn } from "node:child_process";

export type Outcome = { readonly status: number; readonly stdout: string; readonly stderr: string };

export function npm(
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<Outcome> {
  const npmPath = process.env["npm_execpath"];
  const [command, first] = npmPath === undefined ? ["npm", []] : [process.execPath, [npmPath]];
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...args], {
      ...options,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ status: code ?? 1, stdout, stderr }));
  });
}
