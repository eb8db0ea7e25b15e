// An agent that the system ends, or stops for a while: it goes when it has to, and comes back.

import { EventType } from "../../src/gen/gossip/admin/v1/admin_pb.js";
import type { FaultCluster } from "./support/fault-cluster.js";
import { faultTest } from "./support/fault-test.js";

faultTest("kill -9 of h6, started again", {}, async (cluster) => {
  const victim = cluster.host(6);
  const others = cluster.hosts.slice(0, -1);
  await cluster.update();
  await cluster.agreed();
  cluster.sightings.begin("h6 killed");
  await cluster.kill(victim);
  await cluster.seen(EventType.FAILED, victim, others);
  await cluster.update(others);
  await cluster.agreed(others);
  cluster.sightings.begin("h6 started again");
  await cluster.startAgent(victim);
  await cluster.agreed();
  cluster.expectRemovedOnly([victim], others);
});

for (const seconds of [10, 60]) {
  faultTest(`SIGSTOP of h6 for ${seconds} s`, {}, (cluster) => stopFor(cluster, seconds));
}

async function stopFor(cluster: FaultCluster, seconds: number): Promise<void> {
  const victim = cluster.host(6);
  const others = cluster.hosts.slice(0, -1);
  await cluster.update();
  await cluster.agreed();
  cluster.sightings.begin("h6 stopped");
  cluster.agent(victim).signal("SIGSTOP");
  await cluster.update(others);
  await cluster.seen(EventType.FAILED, victim, others);
  await cluster.agreed(others);
  await cluster.lasted(seconds * 1_000);
  cluster.sightings.begin("h6 goes on");
  cluster.agent(victim).signal("SIGCONT");
  await cluster.agreed();
  await cluster.update();
  await cluster.agreed();
  // Who stood still removes nobody.
  cluster.expectRemovedOnly([victim], others);
}
