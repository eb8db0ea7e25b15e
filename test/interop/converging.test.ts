// Clusters of both kinds find each other, and news of each kind reaches both kinds.

import { expect, test } from "vitest";
import { forEachFailureDetection } from "../support/peers.js";
import { MixedCluster } from "./mixed-cluster.js";

const mixes = [
  { originals: 2, ours: 2 },
  { originals: 3, ours: 5 },
  { originals: 5, ours: 3 },
  { originals: 1, ours: 4 },
  { originals: 4, ours: 1 },
];

forEachFailureDetection(() => {
  test.each(mixes)(
    "$originals originals and $ours of ours see all, and each update",
    async (mix) => {
      const cluster = await MixedCluster.start(mix);

      cluster.our(0).updateInfo({ name: "news of ours" });
      await cluster.untilAllSeeAll();

      cluster.original(0).updateSelfInfo({ name: "news of an original" });
      await cluster.untilAllSeeAll();
      cluster.expectNoHarm();
    },
  );

  test("a newcomer of either kind finds all through a seed of the other kind", async () => {
    const cluster = await MixedCluster.start({ originals: 2, ours: 2 });

    await cluster.startOurs({ name: "newcomer of ours", seeds: [cluster.original(0).addr] });
    await cluster.startOriginal({ name: "new original", seeds: [cluster.our(0).address] });
    await cluster.untilAllSeeAll();
    cluster.expectNoHarm();
  });

  test("two clusters, one of each kind, become one when one seed joins them", async () => {
    const cluster = new MixedCluster();
    const ours0 = await cluster.startOurs({ name: "ours0" });
    await cluster.startOurs({ name: "ours1", seeds: [ours0.address] });
    await cluster.untilAllSeeAll();
    const { addr } = await cluster.startOriginal({ name: "original0" });
    const original1 = await cluster.startOriginal({ name: "original1", seeds: [addr] });

    await original1.addSeed(ours0.address);
    await cluster.untilAllSeeAll();
    expect(cluster.all).toHaveLength(4);
    cluster.expectNoHarm();
  });
});
