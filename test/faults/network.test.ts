// Cables, firewalls and splits: who cannot be reached goes, nobody else does, and all come back.

import { expect } from "vitest";
import { EventType } from "../../src/gen/gossip/admin/v1/admin_pb.js";
import type { FaultCluster } from "./support/fault-cluster.js";
import { faultTest } from "./support/fault-test.js";
import type { Host } from "./support/network.js";

const FAULT_MS = 30_000;
const SPLIT_MS = 60_000;

faultTest("the link of h6 down for 30 s", {}, (cluster) =>
  losing(cluster, "link down", {
    begin: (victim) => cluster.network.setCable(victim, "down"),
    end: (victim) => cluster.network.setCable(victim, "up"),
  }),
);

faultTest("h6 hears nobody for 30 s", {}, (cluster) =>
  losing(cluster, "h6 is deaf", {
    begin: (victim) => cluster.network.cut(victim, { direction: "in" }),
    end: (victim) => cluster.network.heal([victim]),
  }),
);

faultTest("nobody hears h6 for 30 s", {}, (cluster) =>
  losing(cluster, "h6 is mute", {
    begin: (victim) => cluster.network.cut(victim, { direction: "out" }),
    end: (victim) => cluster.network.heal([victim]),
  }),
);

faultTest("h5 does not reach h6 alone, for 30 s", {}, async (cluster) => {
  const [sender, receiver] = [cluster.host(5), cluster.host(6)];
  await cluster.update();
  await cluster.agreed();
  cluster.sightings.begin("cut from h5 to h6");
  await cluster.network.cut(receiver, { direction: "in", others: [sender] });
  await cluster.update();
  await cluster.agreed();
  await cluster.lasted(FAULT_MS);
  await cluster.update();
  await cluster.agreed();
  cluster.sightings.begin("healed");
  await cluster.network.heal();
  await cluster.agreed();
  cluster.expectRemovedOnly([]);
});

faultTest("a split into halves for 60 s", { hosts: 8 }, async (cluster) => {
  const isOdd = (_: Host, index: number): boolean => index % 2 === 0;
  const odd = cluster.hosts.filter(isOdd);
  const even = cluster.hosts.filter((host, index) => !isOdd(host, index));
  await cluster.update();
  await cluster.agreed();
  cluster.sightings.begin("split");
  for (const host of odd) await cluster.network.cut(host, { direction: "in", others: even });
  for (const host of even) await cluster.network.cut(host, { direction: "in", others: odd });
  await cluster.update();
  await cluster.agreed(odd);
  await cluster.agreed(even);
  await cluster.lasted(SPLIT_MS);
  cluster.sightings.begin("healed");
  await cluster.network.heal();
  await cluster.agreed();
  // Of the other half only: nobody lost one of its own.
  for (const half of [odd, even]) {
    const names = half.map(({ name }) => name);
    const within = cluster.sightings
      .removals()
      .filter(({ by, of }) => names.includes(by) && names.includes(of));
    expect(within).toEqual([]);
  }
});

/** A fault that takes h6 from the others: it alone goes, it removes nobody, and it comes back. */
async function losing(
  cluster: FaultCluster,
  title: string,
  fault: { begin(victim: Host): Promise<void>; end(victim: Host): Promise<void> },
): Promise<void> {
  const victim = cluster.host(6);
  const others = cluster.hosts.slice(0, -1);
  await cluster.update();
  await cluster.agreed();
  cluster.sightings.begin(title);
  await fault.begin(victim);
  await cluster.update();
  await cluster.seen(EventType.FAILED, victim, others);
  await cluster.agreed(others);
  await cluster.lasted(FAULT_MS);
  cluster.sightings.begin("healed");
  await fault.end(victim);
  await cluster.agreed();
  cluster.expectRemovedOnly([victim], others);
}
