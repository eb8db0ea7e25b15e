// A peer that is started again and again at one address, each time as a new one: the others never lose
// one of their own over it, and know its latest words in the end.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { faultTest } from "./support/fault-test.js";

const RESTARTER = fileURLToPath(new URL("support/restarter.ts", import.meta.url));
const BOOTS = 1_000;
const HOSTS = 6;

faultTest(
  `${BOOTS} boots of a peer at the address of h6`,
  { hosts: HOSTS, agents: HOSTS - 1 },
  async (cluster) => {
    const restarted = cluster.host(HOSTS);
    const others = cluster.hosts.slice(0, -1);
    await cluster.update(others);
    await cluster.agreed(others);
    cluster.sightings.begin(`${BOOTS} boots`);
    const seed = `${cluster.host(1).ip}:7946`;
    const argv = [`${restarted.ip}:7946`, seed, BOOTS, HOSTS, restarted.name].map(String);
    const child = spawn(
      "ip",
      [
        "netns",
        "exec",
        restarted.namespace,
        process.execPath,
        "--import",
        "tsx",
        RESTARTER,
        ...argv,
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    try {
      const [line] = await once(createInterface({ input: child.stdout }), "line");
      expect(line).toBe("all boots done");
      cluster.notes(restarted, String(BOOTS));
      await cluster.agreed(others, cluster.hosts);
    } finally {
      child.kill("SIGKILL");
    }
    cluster.sightings.begin("an agent is started there");
    await cluster.startAgent(restarted);
    await cluster.update();
    await cluster.agreed();
    cluster.expectRemovedOnly([restarted], others);
  },
);
