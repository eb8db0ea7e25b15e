// The disk full under the snapshot: the peer goes on as if it had none, starts even so, and writes again
// once there is room.

import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { EventType } from "../../src/gen/gossip/admin/v1/admin_pb.js";
import type { FaultCluster } from "./support/fault-cluster.js";
import { faultTest } from "./support/fault-test.js";
import type { Network } from "./support/network.js";
import { runCommand } from "./support/run-command.js";

const DISK = "size=64k";
const DISK_BYTES = 64 * 1_024;
const CANNOT = "cannot be written (ENOSPC";
const AGAIN = "is written again";

faultTest(
  "the disk of h6 full under its snapshot",
  {
    prepare: mountDisk,
    flags: (host, folder) => ["--data-dir", join(folder, `${host.name}-data`)],
  },
  async (cluster) => {
    const victim = cluster.host(6);
    const others = cluster.hosts.slice(0, -1);
    await cluster.update();
    await cluster.agreed();
    cluster.sightings.begin("the disk of h6 is full");
    await fill(cluster);
    await cluster.update();
    await cluster.agreed();
    await cluster.until(async () => expect(await cluster.agent(victim).log()).toContain(CANNOT));
    cluster.expectRemovedOnly([]);
    cluster.sightings.begin("h6 killed, and started again with its disk full");
    await cluster.kill(victim);
    await cluster.seen(EventType.FAILED, victim, others);
    await cluster.startAgent(victim);
    await cluster.agreed();
    await cluster.update();
    await cluster.agreed();
    cluster.sightings.begin("there is room again");
    await rm(fillingOf(cluster.folder));
    await cluster.update();
    await cluster.agreed();
    await cluster.until(async () => expect(await cluster.agent(victim).log()).toContain(AGAIN));
    cluster.expectRemovedOnly([victim], others);
  },
);

async function mountDisk(_network: Network, folder: string): Promise<AsyncDisposable> {
  const disk = diskOf(folder);
  await mkdir(disk);
  await runCommand("mount", ["-t", "tmpfs", "-o", DISK, "gossip-faults", disk]);
  return {
    [Symbol.asyncDispose]: async () => {
      await runCommand("umount", [disk]);
    },
  };
}

/** Takes all room on the disk. */
async function fill({ folder }: FaultCluster): Promise<void> {
  const filling = writeFile(fillingOf(folder), Buffer.alloc(2 * DISK_BYTES));
  await expect(filling).rejects.toThrow(/ENOSPC/);
}

function fillingOf(folder: string): string {
  return join(diskOf(folder), "filling");
}

/** That of the last host. */
function diskOf(folder: string): string {
  return join(folder, "h6-data");
}
