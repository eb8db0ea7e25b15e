// The time of day set forward and back, under a peer that runs and before one that starts: the clock by
// which a peer waits does not jump, and a later boot replaces an earlier one whatever their clocks say.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { expect } from "vitest";
import { EventType, type Member } from "../../src/gen/gossip/admin/v1/admin_pb.js";
import type { FaultCluster } from "./support/fault-cluster.js";
import { faultTest } from "./support/fault-test.js";
import type { Host } from "./support/network.js";

/** Where Debian's package has it; the loader knows what stands for `$LIB`. */
const LIBRARY = "/usr/$LIB/faketime/libfaketimeMT.so.1";
const HOUR_MS = 3_600_000;
const FAULT_MS = 10_000;

for (const hours of [12, -12]) {
  const direction = hours > 0 ? "forward" : "back";
  faultTest(
    `the clock of h6 set ${direction} by 12 hours, and right again`,
    {
      env: withClock,
      prepare: async (network, folder) => {
        for (const host of network.hosts) await setClock(folder, host, 0);
        return undefined;
      },
    },
    (cluster) => jump(cluster, hours),
  );
}

async function jump(cluster: FaultCluster, hours: number): Promise<void> {
  const victim = cluster.host(6);
  const others = cluster.hosts.slice(0, -1);
  await cluster.update();
  await cluster.agreed();
  cluster.sightings.begin("the clock of h6 jumps");
  await setClock(cluster.folder, victim, hours);
  await cluster.update();
  await cluster.agreed();
  await cluster.until(async () => expect(await hoursAtNews(cluster, victim)).toBe(hours));
  await cluster.lasted(FAULT_MS);
  cluster.expectRemovedOnly([]);
  cluster.sightings.begin("h6 killed, and started again by that clock");
  await startAgain(cluster, victim, others);
  if (hours > 0) expect(await hoursAtStart(cluster, victim)).toBe(hours);
  cluster.sightings.begin("its clock set right, h6 killed and started again");
  await setClock(cluster.folder, victim, 0);
  await startAgain(cluster, victim, others);
  await cluster.update();
  await cluster.agreed();
  cluster.expectRemovedOnly([victim], others);
}

async function startAgain(
  cluster: FaultCluster,
  victim: Host,
  others: readonly Host[],
): Promise<void> {
  await cluster.kill(victim);
  await cluster.seen(EventType.FAILED, victim, others);
  await cluster.startAgent(victim);
  await cluster.agreed();
}

function withClock(host: Host, folder: string): Readonly<Record<string, string>> {
  return {
    LD_PRELOAD: LIBRARY,
    FAKETIME_TIMESTAMP_FILE: clockFile(folder, host),
    // Read at each look at the clock, so that it can be set under a running agent.
    FAKETIME_NO_CACHE: "1",
    DONT_FAKE_MONOTONIC: "1",
  };
}

async function setClock(folder: string, host: Host, hours: number): Promise<void> {
  await writeFile(clockFile(folder, host), `${hours < 0 ? "" : "+"}${hours}h`);
}

function clockFile(folder: string, { name }: Host): string {
  return join(folder, `${name}.clock`);
}

/** By how many hours the clock is wrong by which that agent notes what it learns of the first one. */
async function hoursAtNews(cluster: FaultCluster, by: Host): Promise<number> {
  return hoursFromNow((await memberAt(cluster, by, cluster.host(1))).changedAt);
}

/** By how many hours a host's agent began away from now, as the first one lists it. */
async function hoursAtStart(cluster: FaultCluster, of: Host): Promise<number> {
  return hoursFromNow((await memberAt(cluster, cluster.host(1), of)).startedAt);
}

async function memberAt(cluster: FaultCluster, by: Host, of: Host): Promise<Member> {
  const members = await cluster.agent(by).members();
  const member = members.find(({ info }) => info?.name === of.name);
  if (member === undefined) throw new Error(`${by.name} does not list ${of.name}`);
  return member;
}

function hoursFromNow(at: Member["startedAt"]): number {
  if (at === undefined) throw new Error("there is no time");
  return Math.round((timestampMs(at) - Date.now()) / HOUR_MS);
}
