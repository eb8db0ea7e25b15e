// Peers of either kind that are started again at their address, and peers of ours that an original
// gave up though they live.

import { expect, test } from "vitest";
import { eventually } from "../support/eventually.js";
import { forEachFailureDetection, restartPeer, startPeerBehindRoad } from "../support/peers.js";
import { MixedCluster, namesListedBy } from "./mixed-cluster.js";

/** A gone member is dialled again every few seconds. */
const RETURN_BOUND_MS = 25_000;

/** How soon a peer comes back: before anybody noticed that it was gone, or after all did. */
const returns = ["at once", "once all have noticed"];

forEachFailureDetection(() => {
  test.each(returns)("one of ours that is started again %s is seen by both kinds", async (soon) => {
    const cluster = await MixedCluster.start({ originals: 2, ours: 3 });
    const { address } = cluster.our(1);
    await cluster.kill(cluster.our(1));
    if (soon !== "at once") await cluster.untilAllSeeAll();

    const seeds = [cluster.our(0).address];
    const back = await restartPeer(address, { name: "back", seeds });
    cluster.add(back);
    await cluster.untilAllSeeAll(undefined, RETURN_BOUND_MS);

    back.updateInfo({ name: "back for good" });
    await cluster.untilAllSeeAll();
    cluster.expectNoHarm();
  });

  test.each(returns)(
    "an original started again %s is seen by ours under its new name",
    async (soon) => {
      const cluster = await MixedCluster.start({ originals: 1, ours: 3 });
      const before = cluster.original(0);
      // Its first life ends at a version that the second is far from.
      for (const name of ["second", "third", "fourth"]) before.updateSelfInfo({ name });
      await cluster.untilAllSeeAll();
      await cluster.kill(before);
      if (soon !== "at once") await cluster.untilAllSeeAll();

      const after = await restartOriginal(cluster, before.addr);
      await cluster.untilAllSeeAll(undefined, RETURN_BOUND_MS);
      await cluster.untilExchanges(20);
      expect(after.getMembers().get(after.addr)).toBe("reborn");

      after.updateSelfInfo({ name: "reborn and renamed" });
      await cluster.untilAllSeeAll();
      cluster.expectNoHarm();
    },
  );

  test("an original that other originals gave up comes back to ours, and ours keep its name", async () => {
    const cluster = await MixedCluster.start({ originals: 3, ours: 3 });
    const before = cluster.original(1);
    for (const name of ["second", "third", "fourth"]) before.updateSelfInfo({ name });
    await cluster.untilAllSeeAll();
    await cluster.kill(before);
    await cluster.untilAllSeeAll();

    // The other originals never dial it again, and take nothing below the version they deleted it at.
    const after = await restartOriginal(cluster, before.addr);
    await cluster.untilAllSeeAll(() => [...cluster.ours, after], RETURN_BOUND_MS);
    await cluster.untilExchanges(20);
    await cluster.untilAllSeeAll(() => [...cluster.ours, after]);
    cluster.expectNoHarm();
  });

  test("an original that deleted one of ours lists it again", async () => {
    const cluster = await MixedCluster.start({ originals: 2, ours: 2 });
    const seeds = [cluster.our(0).address];
    const { peer, road } = await startPeerBehindRoad({ name: "behind the road", seeds });
    cluster.add(peer);
    await cluster.untilAllSeeAll();

    road.cut();
    await eventually(() => {
      for (const original of cluster.originals) {
        expect(original.dialled).not.toContain(peer.address);
      }
    });
    road.reopen();
    await cluster.untilAllSeeAll(undefined, RETURN_BOUND_MS);

    // They do not dial it any more, but they hear from it.
    peer.updateInfo({ name: "still behind the road" });
    await cluster.untilAllSeeAll();
  });

  test("it lists again one that wrote its info more often than once a second, too", async () => {
    const cluster = await MixedCluster.start({ originals: 1, ours: 1 });
    const seeds = [cluster.our(0).address];
    const { peer, road } = await startPeerBehindRoad({ name: "behind the road", seeds });
    cluster.add(peer);
    for (let count = 1; count <= 100; count += 1) peer.updateInfo({ name: `name ${count}` });
    await cluster.untilAllSeeAll();
    await cluster.untilVersionsAgree();

    road.cut();
    await eventually(() => expect(cluster.original(0).dialled).not.toContain(peer.address));
    road.reopen();
    await cluster.untilAllSeeAll(undefined, RETURN_BOUND_MS);
  });

  test("an original that never dials one of ours again still hears that it leaves", async () => {
    const cluster = await MixedCluster.start({ originals: 2, ours: 2 });
    const seeds = [cluster.our(0).address];
    const { peer, road } = await startPeerBehindRoad({ name: "behind the road", seeds });
    cluster.add(peer);
    await cluster.untilAllSeeAll();
    road.cut();
    await eventually(() => expect(cluster.original(0).dialled).not.toContain(peer.address));
    await eventually(() => expect(cluster.original(1).dialled).not.toContain(peer.address));
    road.reopen();
    await cluster.untilAllSeeAll(undefined, RETURN_BOUND_MS);

    cluster.forget(peer);
    await peer.leave();
    await cluster.untilAllSeeAll();
    expect(namesListedBy(cluster.original(0))).not.toHaveProperty(peer.address);
  });
});

/** Starts an original named "reborn" where another has just gone. */
function restartOriginal(cluster: MixedCluster, listen: string) {
  const seeds = [cluster.our(0).address];
  // Until the system has given the port free it cannot be listened on.
  return eventually(() => cluster.startOriginal({ listen, name: "reborn", seeds }));
}
