// What a peer tells of its members, its links and itself, over real gRPC on loopback.

import { GossipError, type GossipErrorCode } from "gossip";
import { expect, test } from "vitest";
import { EventLog } from "../support/event-log.js";
import { eventually } from "../support/eventually.js";
import { unusedAddress } from "../support/hosts.js";
import {
  errorCodeOf,
  expectAllSeeAll,
  forEachFailureDetection,
  startCluster,
  startPeer,
} from "../support/peers.js";

function codeThrownBy(act: () => void): GossipErrorCode | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof GossipError) return error.code;
    throw error;
  }
  return undefined;
}

forEachFailureDetection((kind) => {
  const isNative = kind === "suspicion";

  test("details tell of this peer first and of the others by address, those gone included", async () => {
    const startedAtMs = Date.now();
    const [peer0, peer1, peer2] = await startCluster(3);
    await peer1?.leave();
    await eventually(() => expect(peer0.detail(peer1?.address ?? "")?.status).toBe("left"));

    const details = peer0.details();
    const others = [peer1?.address ?? "", peer2?.address ?? ""].sort();
    expect(details.map(({ address }) => address)).toEqual([peer0.address, ...others]);
    expect(details.map(({ isSelf }) => isSelf)).toEqual([true, false, false]);
    for (const detail of details) {
      expect(peer0.detail(detail.address)).toEqual(detail);
      expect(detail.dialect).toBe(isNative ? "native" : "seed");
      expect(detail.knownSinceMs).toBeGreaterThan(startedAtMs - 1_000);
      expect(detail.knownSinceMs).toBeLessThanOrEqual(Date.now() + 1);
      expect(detail.changedAtMs).toBeGreaterThanOrEqual(detail.knownSinceMs);
      if (isNative) expect(detail.startedAtMs).toBeGreaterThan(startedAtMs - 1_000);
      else expect(detail.startedAtMs).toBeUndefined();
    }
    expect(peer0.detail("10.99.99.99:1")).toBeUndefined();
  });

  test("round trips are those of the latest answers", async () => {
    const [peer0, peer1] = await startCluster(2);
    await eventually(() => {
      const roundTripMs = peer0.detail(peer1?.address ?? "")?.roundTripMs;
      expect(roundTripMs).toBeGreaterThan(0);
    });
  });

  test("of a few everyone watches everyone, and nobody watches who is gone", async () => {
    const [peer0, peer1, peer2] = await startCluster(3);
    const [first, second] = [peer1?.address ?? "", peer2?.address ?? ""];
    await eventually(() => expect(peer0.watchersOf(first)).toEqual([peer0.address, second].sort()));
    await peer1?.stop();
    await eventually(() => expect(peer0.watchersOf(first)).toEqual([]));
    expect(peer0.watchersOf("10.99.99.99:1")).toEqual([]);
  });

  test("a member that failed can be forgotten; a live or unknown one, or the peer itself, cannot", async () => {
    const [peer0, peer1, peer2] = await startCluster(3);
    const [gone, live] = [peer1?.address ?? "", peer2?.address ?? ""];
    await peer1?.stop();
    await eventually(() => {
      for (const peer of [peer0, peer2]) expect(peer?.detail(gone)?.status).toBe("failed");
    });
    peer0.forget(gone);
    expect(peer0.detail(gone)).toBeUndefined();
    // The protocol of the original has no word for it.
    if (isNative) await eventually(() => expect(peer2?.detail(gone)).toBeUndefined());
    else expect(peer2?.detail(gone)?.status).toBe("failed");

    expect(codeThrownBy(() => peer0.forget(gone))).toBe("UNKNOWN_MEMBER");
    expect(codeThrownBy(() => peer0.forget(live))).toBe("MEMBER_LIVE");
    expect(codeThrownBy(() => peer0.forget(peer0.address))).toBe("MEMBER_LIVE");
    await peer0.stop();
    expect(codeThrownBy(() => peer0.forget(gone))).toBe("STOPPED");
  });

  test("a peer is joined without seeds, or once one has answered or another is listed", async () => {
    const alone = await startPeer();
    expect(alone.health()).toEqual({ isJoined: true, score: 0 });

    const lost = await startPeer({ seeds: [await unusedAddress()] });
    expect(lost.health().isJoined).toBe(false);
    expect(await errorCodeOf(lost.addSeed(await unusedAddress()))).toBe("SEED_UNREACHABLE");
    expect(lost.health().isJoined).toBe(false);
    await lost.addSeed(alone.address);
    expect(lost.health().isJoined).toBe(true);
    await eventually(() => expectAllSeeAll([alone, lost]));
  });

  test("events carry their time of day", async () => {
    const startedAtMs = Date.now();
    const [peer0, peer1] = await startCluster(2);
    const log = new EventLog(peer0);
    await peer1?.stop();
    const event = await log.waitFor("member-failed peer1");
    if (event.type === "events-dropped") return expect.fail("no event was to be dropped");
    expect(event.at).toBeGreaterThanOrEqual(startedAtMs - 1);
    expect(event.at).toBeLessThanOrEqual(Date.now() + 1);
  });
});

test("links tell to whom they lead, and that both ends are neighbours", async () => {
  const peers = await startCluster(3);
  const [peer0] = peers;
  await eventually(() => {
    const others = peers.slice(1).map(({ address }) => address);
    const links = peer0.links().filter(({ isNeighbour }) => isNeighbour);
    expect([...new Set(links.map(({ address }) => address))]).toEqual(others.sort());
    for (const link of links) {
      expect(link.isLatestProbeTimely).toBe(true);
      expect(link.roundTripMs).toBeGreaterThan(0);
      expect(link.silentForMs).toBeGreaterThanOrEqual(0);
    }
  });
});

test("there is a word when a member is suspected, and explain has the time of day", async () => {
  const [peer0, peer1] = await startCluster(2);
  const address = peer1?.address ?? "";
  const log = new EventLog(peer0);
  await peer1?.stop();
  const event = await log.waitFor("member-suspected peer1");
  expect(event).toMatchObject({ member: { address, status: "live" } });
  await log.waitFor("member-failed peer1");
  const suspected = peer0.explain(address).find(({ type }) => type === "suspected");
  expect(suspected?.at).toBeGreaterThan(Date.now() - 60_000);
});
