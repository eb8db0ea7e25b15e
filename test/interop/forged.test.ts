// Forged versions about peers of either kind lock no peer of ours: what is true is seen again, and
// so is what comes after it.

import { expect, test } from "vitest";
import { forEachFailureDetection, restartPeer } from "../support/peers.js";
import { RawClient } from "../support/raw-client.js";
import { addressOf, MixedCluster } from "./mixed-cluster.js";

/** A member that others lie about is asked itself, at most every few seconds. */
const CHECK_BOUND_MS = 25_000;

const MAX_INT32 = 2 ** 31 - 1;

const forgeries = [
  { version: MAX_INT32 },
  { version: MAX_INT32 - 1 },
  { version: 2 ** 30 + 1 },
  { version: 2 ** 30 },
  { version: 500_000_000 },
];

forEachFailureDetection(() => {
  test.each(forgeries)(
    "version $version, told to all about one of ours, locks none of ours",
    async ({ version }) => {
      const cluster = await MixedCluster.start({ originals: 2, ours: 3 });
      const victim = cluster.our(0);
      await tell(cluster.all.map(addressOf), { addr: victim.address, version, name: "forged" });

      victim.updateInfo({ name: "true" });
      await cluster.untilOursSeeAll(CHECK_BOUND_MS);

      cluster.forget(victim);
      await victim.stop();
      await cluster.untilOursSeeAll(CHECK_BOUND_MS);
      const seeds = [cluster.our(0).address];
      const reborn = await restartPeer(victim.address, { name: "reborn", seeds });
      cluster.add(reborn);
      await cluster.untilOursSeeAll(CHECK_BOUND_MS);

      reborn.updateInfo({ name: "reborn and renamed" });
      await cluster.untilOursSeeAll(CHECK_BOUND_MS);
      cluster.expectNoHarm();
    },
  );

  /** From here on a relayed version is not believed; below, it is until the member itself is asked. */
  const ABSURD_VERSION = 2 ** 20 + 100;

  test.each([...forgeries, { version: 1_000 }])(
    "version $version, told to ours about an original, locks none of ours",
    async ({ version }) => {
      const cluster = await MixedCluster.start({ originals: 1, ours: 3 });
      const victim = cluster.original(0);
      await tell(cluster.ours.map(addressOf), { addr: victim.addr, version, name: "forged" });

      victim.updateSelfInfo({ name: "true" });
      await cluster.untilOursSeeAll(CHECK_BOUND_MS);
      await cluster.untilExchanges(10);
      expect(victim.getMembers().get(victim.addr)).toBe("true");
      if (version > ABSURD_VERSION) {
        expect(cluster.eventsAbout(victim.addr)).not.toContain("member-updated forged");
      }

      victim.updateSelfInfo({ name: "true again" });
      await cluster.untilOursSeeAll(CHECK_BOUND_MS);
      cluster.expectNoHarm();
    },
  );

  test.each([{ ahead: 1 }, { ahead: 50 }])(
    "that one of ours is deleted, told to all with a version $ahead above its own, is refuted",
    async ({ ahead }) => {
      const cluster = await MixedCluster.start({ originals: 2, ours: 3 });
      const { address: addr } = cluster.our(0);
      const version = (cluster.our(0).members().get(addr)?.version ?? 0) + ahead;
      await tell(cluster.all.map(addressOf), { addr, version, deleted: true });

      await cluster.untilAllSeeAll(undefined, CHECK_BOUND_MS);
      cluster.our(0).updateInfo({ name: "alive" });
      await cluster.untilAllSeeAll();
      cluster.expectNoHarm();
    },
  );

  test("that an original is deleted, told to ours, is not believed", async () => {
    const cluster = await MixedCluster.start({ originals: 1, ours: 3 });
    const { addr } = cluster.original(0);
    await tell(cluster.ours.map(addressOf), { addr, version: 50, deleted: true });

    await cluster.untilExchanges(20);
    await cluster.untilAllSeeAll();
    cluster.expectNoHarm();
  });
});

/** Tells each of these peers the same of somebody. */
async function tell(
  addresses: readonly string[],
  record: Parameters<RawClient["share"]>[0][number],
): Promise<void> {
  for (const address of addresses) await new RawClient(address).share([record]);
}
