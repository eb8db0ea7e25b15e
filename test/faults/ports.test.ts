// A host without a free port: it can dial nobody, for which nobody else is to blame, and others still
// reach it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { FaultCluster } from "./support/fault-cluster.js";
import { faultTest } from "./support/fault-test.js";
import type { Host } from "./support/network.js";
import { runCommand } from "./support/run-command.js";

const HOLDER = fileURLToPath(new URL("support/port-holder.ts", import.meta.url));
/** Apart from the usual range, so that nobody has one of these before they are taken. */
const RANGE = [20_000, 20_031] as const;
const USUAL_RANGE = [32_768, 60_999] as const;
const PORT = 7_946;
const FAULT_MS = 20_000;

faultTest("all ports of h6 taken, and its links reset", {}, async (cluster) => {
  const victim = cluster.host(6);
  const others = cluster.hosts.slice(0, -1);
  await cluster.update();
  await cluster.agreed();
  cluster.sightings.begin("all ports of h6 are taken");
  const holder = await takeAllPorts(victim);
  try {
    await expect(dialFrom(victim, cluster.host(1))).rejects.toThrow(/EADDRNOTAVAIL/);
    cluster.sightings.begin("its links are reset");
    await resetLinks(cluster, victim);
    await cluster.update(others);
    await cluster.agreed(others, cluster.hosts);
    await cluster.lasted(FAULT_MS);
    await cluster.agreed(others, cluster.hosts);
    await expect(dialFrom(victim, cluster.host(1))).rejects.toThrow(/EADDRNOTAVAIL/);
  } finally {
    holder.kill("SIGKILL");
  }
  cluster.sightings.begin("ports are free again");
  await setPortRange(victim, USUAL_RANGE);
  await cluster.update();
  await cluster.agreed();
  cluster.expectRemovedOnly([]);
});

async function takeAllPorts(host: Host): Promise<ChildProcess> {
  const argv = ["--import", "tsx", HOLDER, ...RANGE.map(String)];
  const child = spawn("ip", ["netns", "exec", host.namespace, process.execPath, ...argv], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(createInterface({ input: child.stdout }), "line");
  await setPortRange(host, RANGE);
  return child;
}

async function setPortRange({ namespace }: Host, range: readonly number[]): Promise<void> {
  const setting = `net.ipv4.ip_local_port_range=${range.join(" ")}`;
  await runCommand("ip", ["netns", "exec", namespace, "sysctl", "-w", setting]);
}

/** Opens a connection as any program there would. */
async function dialFrom({ namespace }: Host, to: Host): Promise<void> {
  const program = `require("net").connect(${PORT}, "${to.ip}", () => process.exit(0))`;
  await runCommand("ip", ["netns", "exec", namespace, process.execPath, "--eval", program]);
}

/** Has each connection of now answered by a reset, both ways; later ones are left alone. */
async function resetLinks({ network }: FaultCluster, host: Host): Promise<void> {
  const list = ["netns", "exec", host.namespace, "ss", "-Htn", "state", "established"];
  const pairs = (await runCommand("ip", list)).trim().split("\n").map(portsOf);
  // Those that it dialled by its own port, the others by theirs.
  const own = pairs.filter(({ remote }) => remote === PORT).map(({ local }) => local);
  const theirs = pairs.filter(({ local }) => local === PORT).map(({ remote }) => remote);
  expect(own.length + theirs.length).toBeGreaterThanOrEqual(5);
  for (const [direction, ours, other] of [
    ["in", "dport", "sport"],
    ["out", "sport", "dport"],
  ] as const) {
    if (own.length > 0) await network.filter(host, direction, `tcp ${ours} { ${own} } ${RESET}`);
    if (theirs.length > 0) {
      await network.filter(host, direction, `tcp ${other} { ${theirs} } ${RESET}`);
    }
  }
}

/** But for resets themselves, which are to get through: answered by another, none would arrive. */
const RESET = "tcp flags & rst == 0 reject with tcp reset";

function portsOf(line: string): { readonly local: number; readonly remote: number } {
  const [local = 0, remote = 0] = Array.from(line.matchAll(/:(\d+)(?=\s|$)/g), ([, port]) =>
    Number(port),
  );
  return { local, remote };
}
