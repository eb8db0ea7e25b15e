// What `npm run demo` builds with: the code without a check of its types, and the dashboard beside it.
// Somebody who wants to see it work waits for half of the time; `npm run build` checks all that is left.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const TSC = fileURLToPath(import.meta.resolve("typescript/bin/tsc"));
const BUILD_DASHBOARD = fileURLToPath(new URL("build-dashboard.ts", import.meta.url));

async function run(...argv: readonly string[]): Promise<boolean> {
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "inherit", "inherit"] });
  const [code] = await once(child, "exit");
  return code === 0;
}

const outcomes = await Promise.all([
  run(TSC, "-b", "src", "--noCheck"),
  run(...process.execArgv, BUILD_DASHBOARD),
]);
process.exitCode = outcomes.every(Boolean) ? 0 : 1;
