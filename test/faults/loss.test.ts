// A bad line: a quarter of all packets lost, each way, and every packet its time on the way.

import { faultTest } from "./support/fault-test.js";
import type { Host, Network } from "./support/network.js";
import { ROAD_PORT, SlowRoad, slowIp } from "./support/slow-road.js";

const LOST_PERCENT = 25;
const FAULT_MS = 60_000;

for (const { profile, delayMs } of [{ profile: "wan", delayMs: 100 }]) {
  faultTest(
    `${LOST_PERCENT} % loss for ${FAULT_MS / 1_000} s, ${delayMs} ms each way, profile ${profile}`,
    {
      ip: slowIp,
      flags: () => ["--profile", profile],
      prepare: (network) => SlowRoad.build(network, delayMs),
    },
    async (cluster) => {
      await cluster.update();
      await cluster.agreed();
      cluster.sightings.begin("loss begins");
      for (const host of cluster.hosts) await lose(cluster.network, host);
      await cluster.update();
      await cluster.agreed();
      await cluster.lasted(FAULT_MS);
      await cluster.update();
      cluster.sightings.begin("loss ends");
      await cluster.network.heal();
      await cluster.agreed();
      cluster.expectRemovedOnly([]);
    },
  );
}

async function lose(network: Network, host: Host): Promise<void> {
  const rule = `udp dport ${ROAD_PORT} numgen random mod 100 < ${LOST_PERCENT} drop`;
  await network.filter(host, "in", rule);
}
