// Peers that were given up and come back: restarted at the same address, or reachable again.

import { expect, test } from "vitest";
import { EventLog } from "../support/event-log.js";
import { eventually } from "../support/eventually.js";
import {
  addressesSeenBy,
  expectAllSeeAll,
  forEachFailureDetection,
  restartPeer,
  startCluster,
  startPeerBehindRoad,
} from "../support/peers.js";

/** It lists only whom it can dial itself. */
const SEEDS_RULE = { failureDetection: "immediate" } as const;
/** A gone member is dialled again every now and then; this bounds how long that may take. */
const RETURN_BOUND_MS = 20_000;

forEachFailureDetection(() => {
  test("a peer that was given up and is started again at its address is seen by all", async () => {
    const [peer0, peer1, peer2] = await startCluster(3);
    const { address } = peer1 ?? expect.fail("no peer1");
    const events = new EventLog(peer0);
    await peer1?.stop();
    const survivors = [peer0, peer2 ?? expect.fail("no peer2")];
    await eventually(() => expectAllSeeAll(survivors));

    const restarted = await restartPeer(address, { name: "peer1", seeds: [peer0.address] });
    await eventually(() => expectAllSeeAll([restarted, ...survivors]));
    await eventually(() => {
      expect(events.about(address)).toEqual(["member-failed peer1", "member-joined peer1"]);
    });
  });

  test("the others find it again by themselves, when it is started without a seed", async () => {
    const [peer0, peer1] = await startCluster(2);
    const { address } = peer1 ?? expect.fail("no peer1");
    await peer1?.stop();
    await eventually(() => expectAllSeeAll([peer0]));

    const restarted = await restartPeer(address, { name: "back" });
    await eventually(() => expectAllSeeAll([restarted, peer0]), RETURN_BOUND_MS);
  });

  test("of many that are gone, one that makes itself heard is not kept waiting for its turn", async () => {
    const [peer0, ...many] = await startCluster(16, { pingPeriodMs: 250 });
    await Promise.all(many.map((peer) => peer.stop()));
    await eventually(() => expectAllSeeAll([peer0]));

    // One of the gone is looked after every two seconds, so that its turn alone would be far off.
    const { address } = many[7] ?? expect.fail("no such peer");
    const restarted = await restartPeer(address, { name: "back", seeds: [peer0.address] });
    await eventually(() => expectAllSeeAll([restarted, peer0]));
  });

  test("a restart within the same second, with another name, is seen by all under the new name", async () => {
    const [peer0, peer1, peer2] = await startCluster(3);
    const { address } = peer1 ?? expect.fail("no peer1");
    const survivors = [peer0, peer2 ?? expect.fail("no peer2")];
    // Updates raise the version of the boot before above the one that the restart begins at.
    for (let update = 0; update < 5; update += 1) peer1?.updateInfo({ name: `old ${update}` });
    await eventually(() => expectAllSeeAll([peer0, peer1 ?? peer0, ...survivors]));

    await peer1?.stop();
    const restarted = await restartPeer(address, { name: "new", seeds: [peer0.address] });
    await eventually(() => expectAllSeeAll([restarted, ...survivors]));

    // The old name does not come back, and what it says from now on counts.
    restarted.updateInfo({ name: "newer" });
    await eventually(() => expectAllSeeAll([restarted, ...survivors]));
  });

  test("a restart without a name does not keep the name of the boot before", async () => {
    const [peer0, peer1] = await startCluster(2);
    const { address } = peer1 ?? expect.fail("no peer1");
    await peer1?.stop();

    const restarted = await restartPeer(address, { seeds: [peer0.address] });
    await eventually(() => expectAllSeeAll([restarted, peer0]));
    expect(peer0.members().get(address)?.info).toEqual({ name: "" });
  });

  test("two peers that gave each other up find each other again once the network is back", async () => {
    const { peer: peer0, road: road0 } = await startPeerBehindRoad({ name: "peer0" });
    const { peer: remote, road } = await startPeerBehindRoad({
      name: "remote",
      seeds: [peer0.address],
    });
    await eventually(() => expectAllSeeAll([remote, peer0]));
    const events = new EventLog(peer0);

    road0.cut();
    road.cut();
    await eventually(() => expectAllSeeAll([peer0]));
    await eventually(() => expectAllSeeAll([remote]));

    road0.reopen();
    road.reopen();
    await eventually(() => expectAllSeeAll([remote, peer0]), RETURN_BOUND_MS);
    expect(events.about(road.address)).toEqual(["member-failed remote", "member-joined remote"]);
  });
});

test("by the seed's rule, a live peer that the others gave up comes back by itself once it is reachable", async () => {
  const [peer0, peer1] = await startCluster(2, SEEDS_RULE);
  const others = [peer0, peer1 ?? expect.fail("no peer1")];
  const { peer: remote, road } = await startPeerBehindRoad({
    name: "remote",
    seeds: [peer0.address],
    ...SEEDS_RULE,
  });
  await eventually(() => expectAllSeeAll([remote, ...others]));
  const events = new EventLog(peer0);

  road.cut();
  await eventually(() => expectAllSeeAll(others));
  // It still reaches the others, and tells them of itself, which is not enough to be listed.
  const served = peer0.stats().exchangesServed;
  await eventually(() => expect(peer0.stats().exchangesServed).toBeGreaterThan(served + 5));
  expect(addressesSeenBy(peer0)).not.toContain(road.address);

  remote.updateInfo({ name: "remote, back" });
  road.reopen();
  await eventually(() => expectAllSeeAll([remote, ...others]), RETURN_BOUND_MS);
  expect(events.about(road.address)).toEqual([
    "member-failed remote",
    "member-joined remote, back",
  ]);
});
