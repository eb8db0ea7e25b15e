// `npm run test:faults`: real agents on hosts of their own, in network namespaces, and what may happen
// to them. Where that cannot be, it says why, and passes. Whatever ends it, no namespace, disk or
// agent is left behind.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NETWORK_PREFIX, whyNot } from "../test/faults/support/prerequisites.js";

const reason = whyNot();
if (reason === undefined) process.exitCode = await testFaults();
else console.log(`SKIPPED: the tests of faults on real processes: ${reason}.`);

async function testFaults(): Promise<number> {
  const prefix = `${NETWORK_PREFIX}-${process.pid}`;
  const argv = ["run", "--config", "test/faults/vitest.config.ts", ...process.argv.slice(2)];
  const child = spawn("npx", ["vitest", ...argv], {
    stdio: "inherit",
    env: { ...process.env, GOSSIP_FAULTS_PREFIX: prefix },
  });
  // The terminal tells both: the tests end, and then what they left is cleared away here.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  const [code] = (await once(child, "exit")) as [number | null];
  clearAway(prefix);
  return code ?? 1;
}

/** Ends what runs in the namespaces of these tests, and removes them and the disks. */
function clearAway(prefix: string): void {
  const names = ip(["netns", "list"])
    .split("\n")
    .map((line) => line.split(" ", 1)[0] ?? "")
    .filter((name) => name.startsWith(`${prefix}-`));
  for (const name of names) {
    const pids = ip(["netns", "pids", name]).split("\n").filter(Boolean).map(Number);
    for (const pid of pids) kill(pid);
    ip(["netns", "delete", name]);
  }
  const disks = readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ", 2)[1] ?? "")
    .filter((path) => path.startsWith(join(tmpdir(), `${prefix}-`)));
  for (const path of disks) execFileSync("umount", [path]);
}

function ip(argv: readonly string[]): string {
  return execFileSync("ip", argv, { encoding: "utf8" });
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
