// Peers of either kind die in clusters of both, and ours leave: each kind notices, and nobody else is
// lost.

import { expect, test } from "vitest";
import { eventually } from "../support/eventually.js";
import { forEachFailureDetection, startPeerBehindRoad } from "../support/peers.js";
import { MixedCluster, namesListedBy } from "./mixed-cluster.js";

forEachFailureDetection(() => {
  test("when one of ours dies, both kinds drop it and keep the others", async () => {
    const cluster = await MixedCluster.start({ originals: 3, ours: 3 });

    await cluster.kill(cluster.our(1));
    await cluster.untilAllSeeAll();
    expect(await cluster.changesDuring(20)).toEqual([]);
    cluster.expectNoHarm();
  });

  test("peers of ours do not raise their versions while they get to know each other", async () => {
    // A raise that an original hears of only after it deleted the peer makes it list a ghost.
    const cluster = new MixedCluster();
    const original = await cluster.startOriginal({ name: "original" });
    const seeds = [original.addr];
    for (let index = 0; index < 5; index += 1) {
      await cluster.startOurs({ name: `ours${index}`, seeds });
    }
    const versions = cluster.versions();

    await cluster.untilAllSeeAll();
    await cluster.untilExchanges(10);
    expect(cluster.versions()).toEqual(versions);
  });

  test("when an original dies, both kinds drop it and keep the others", async () => {
    const cluster = await MixedCluster.start({ originals: 3, ours: 3 });

    await cluster.kill(cluster.original(1));
    await cluster.untilAllSeeAll();
    expect(await cluster.changesDuring(20)).toEqual([]);
    cluster.expectNoHarm();
  });

  test("when the seed of all others dies, of whichever kind, the others stay together", async () => {
    const cluster = await MixedCluster.start({ originals: 3, ours: 3 });

    await cluster.kill(cluster.original(0));
    await cluster.kill(cluster.our(0));
    await cluster.untilAllSeeAll();

    cluster.our(0).updateInfo({ name: "still heard" });
    cluster.original(0).updateSelfInfo({ name: "still heard too" });
    await cluster.untilAllSeeAll();
    cluster.expectNoHarm();
  });

  test("one of ours that leaves is gone from ours as left, and from originals too", async () => {
    const cluster = await MixedCluster.start({ originals: 3, ours: 3 });
    const leaver = cluster.our(2);

    await cluster.untilVersionsAgree();
    cluster.forget(leaver);
    await leaver.leave();
    await cluster.untilAllSeeAll();
    await eventually(() => {
      const { name } = leaver.info;
      const events = cluster.eventsAbout(leaver.address).filter((line) => !/joined/.test(line));
      expect(events).toEqual([`member-left ${name}`, `member-left ${name}`]);
    });
    expect(await cluster.changesDuring(20)).toEqual([]);
    cluster.expectNoHarm();
  });

  test("the originals hear of a leave at once, and not only once their own exchange fails", async () => {
    const cluster = new MixedCluster();
    const leaver = await cluster.startOurs({ name: "leaver" });
    // Its first exchange, which it needs for the name, is its last in this test.
    const original = await cluster.startOriginal({ name: "original", pingPeriodMs: 1_000 });
    await leaver.addSeed(original.addr);
    await cluster.untilAllSeeAll();

    cluster.forget(leaver);
    await leaver.leave();
    expect(namesListedBy(original)).toEqual({ [original.addr]: "original" });
    cluster.expectNoHarm();
  });
});

test("the originals hear of a leave also while a native member does not answer", async () => {
  const cluster = new MixedCluster();
  const original = await cluster.startOriginal({ name: "original", pingPeriodMs: 1_000 });
  // Only an answer can end the wait for the native member.
  const patient = { leaveTimeoutMs: 600_000, probeTimeoutMs: 60_000 };
  const seeds = [original.addr];
  const { peer: leaver, road } = await startPeerBehindRoad({ name: "leaver", ...patient, seeds });
  const silent = await startPeerBehindRoad({ name: "silent", ...patient, seeds: [leaver.address] });
  cluster.add(leaver);
  cluster.add(silent.peer);
  await cluster.untilAllSeeAll();

  road.fallSilent();
  silent.road.fallSilent();
  const left = leaver.leave();
  await eventually(() => {
    expect(Object.keys(namesListedBy(original))).not.toContain(leaver.address);
  });
  await leaver.stop();
  await left;
});
