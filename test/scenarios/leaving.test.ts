// Leaving and stopping: what the others are told, and that both can be asked for at any moment.

import { Peer } from "gossip";
import { expect, test } from "vitest";
import { EventLog } from "../support/event-log.js";
import { eventually } from "../support/eventually.js";
import { portOf, startSilentHost } from "../support/hosts.js";
import {
  errorCodeOf,
  expectAllSeeAll,
  forEachFailureDetection,
  startCluster,
  startPeer,
  startPeerBehindRoad,
} from "../support/peers.js";
import { RecordingLogger } from "../support/recording-logger.js";

forEachFailureDetection((kind) => {
  test("a peer that leaves is reported to all as one that left, not as one that failed", async () => {
    const [peer0, peer1, peer2] = await startCluster(3);
    const others = [peer0, peer1 ?? expect.fail("no peer1")];
    const logs = others.map((peer) => new EventLog(peer));

    await peer2?.leave();
    await eventually(() => expectAllSeeAll(others));
    for (const log of logs) {
      const event = await log.waitFor("member-left peer2");
      expect(event).toMatchObject({ member: { address: peer2?.address, status: "left" } });
      expect(log.lines).toEqual(["member-left peer2"]);
    }
    expect(peer0.stats()).toMatchObject({ liveMembers: 2, goneMembers: 1 });
  });

  test("a peer that stops goes without a word, and is reported as one that failed", async () => {
    const [peer0, peer1] = await startCluster(2);
    const log = new EventLog(peer0);

    await peer1?.stop();
    const event = await log.waitFor("member-failed peer1");
    expect(event).toMatchObject({ member: { address: peer1?.address, status: "failed" } });
    expect(event).toHaveProperty(
      "reason",
      expect.stringContaining(
        kind === "immediate" ? (peer1?.address ?? "?") : "its port is closed",
      ),
    );
    expect(log.lines).toEqual(["member-failed peer1"]);
  });

  test("`await using` leaves at the end of the block", async () => {
    const peer0 = await startPeer({ name: "peer0" });
    const log = new EventLog(peer0);
    {
      await using guest = await startPeer({ name: "guest", seeds: [peer0.address] });
      await eventually(() => expectAllSeeAll([peer0, guest]));
    }
    await log.waitFor("member-left guest");
    expectAllSeeAll([peer0]);
  });

  test("leave gives up on members that do not answer once its time is over", async () => {
    const logger = new RecordingLogger();
    // Only leaveTimeoutMs can end the wait.
    const options = { leaveTimeoutMs: 200, exchangeTimeoutMs: 600_000, probeTimeoutMs: 60_000 };
    const { road: road0, peer: peer0 } = await startPeerBehindRoad({ ...options, logger });
    const { road: road1, peer: peer1 } = await startPeerBehindRoad({ seeds: [road0.address] });
    await eventually(() => expectAllSeeAll([peer0, peer1]));

    road0.fallSilent();
    road1.fallSilent();
    await peer0.leave();
    expect(logger.lines).toContainEqual({
      level: "info",
      message: "told the others that we leave",
      fields: expect.objectContaining({ told: 0, untold: 1 }),
    });
  });

  /** Ways to stop a peer; each has to end, and to leave it stopped. */
  const endings: readonly [string, (peer: Peer) => Promise<unknown>][] = [
    ["stop", (peer) => peer.stop()],
    ["leave", (peer) => peer.leave()],
    ["stop twice, one after the other", (peer) => peer.stop().then(() => peer.stop())],
    ["stop twice, at once", (peer) => Promise.all([peer.stop(), peer.stop()])],
    ["leave twice, one after the other", (peer) => peer.leave().then(() => peer.leave())],
    ["leave twice, at once", (peer) => Promise.all([peer.leave(), peer.leave()])],
    ["stop, and leave during it", (peer) => Promise.all([peer.stop(), peer.leave()])],
    ["leave, and stop during it", (peer) => Promise.all([peer.leave(), peer.stop()])],
    ["stop, then leave", (peer) => peer.stop().then(() => peer.leave())],
    ["leave, then stop", (peer) => peer.leave().then(() => peer.stop())],
  ];

  test.each(endings)("a peer of a cluster can be ended by: %s", async (_, end) => {
    const [peer0, peer1] = await startCluster(2);
    const log = new EventLog(peer0);
    await end(peer0);
    await log.ended;
    await expectStopped(peer0);
    await eventually(() => expectAllSeeAll([peer1 ?? expect.fail("no peer1")]));
  });

  test.each(endings)("a peer that has only just started can be ended by: %s", async (_, end) => {
    const { address: silent } = await startSilentHost();
    const peer = await startPeer({ seeds: ["localhost:1", silent, "127.0.0.1:1"] });
    await end(peer);
    await expectStopped(peer);
  });

  test.each(endings)("during addSeed a peer can be ended by: %s", async (_, end) => {
    const { address: silent } = await startSilentHost();
    const peer = await startPeer();
    const seeded = errorCodeOf(peer.addSeed(silent));
    const namedSeeded = errorCodeOf(peer.addSeed(`localhost:${portOf(silent)}`));
    await end(peer);
    expect(await seeded).toBe("STOPPED");
    expect(await namedSeeded).toBe("STOPPED");
    await expectStopped(peer);
  });

  test("the address is free again once stop or leave has ended", async () => {
    const first = await startPeer();
    await first.stop();
    const second = await startPeer({ address: first.address });
    await second.leave();
    const third = await startPeer({ address: first.address });
    expect(third.address).toBe(first.address);
  });

  test("a peer that leaves takes no updates and no seeds any more", async () => {
    const [peer0] = await startCluster(2);
    const left = peer0.leave();
    expect(() => peer0.updateInfo({ name: "too late" })).toThrow(
      expect.objectContaining({ code: "STOPPED" }),
    );
    expect(await errorCodeOf(peer0.addSeed("127.0.0.1:1"))).toBe("STOPPED");
    await left;
  });
});

async function expectStopped(peer: Peer): Promise<void> {
  expect(peer).toBeInstanceOf(Peer);
  expect(() => peer.updateInfo({ name: "too late" })).toThrow(
    expect.objectContaining({ name: "GossipError", code: "STOPPED" }),
  );
  expect(await errorCodeOf(peer.addSeed("127.0.0.1:1"))).toBe("STOPPED");
  expect(await peer.events().next()).toEqual({ value: undefined, done: true });
  expect(peer.stats()).toMatchObject({ connections: 0 });
  // What it knew can still be read.
  expect(peer.members().has(peer.address)).toBe(true);
  expect(peer.info).toEqual(peer.members().get(peer.address)?.info);
}
