// The member list as an application reads it.

import { expect, test } from "vitest";
import { eventually } from "../support/eventually.js";
import { forEachFailureDetection, namesSeenBy, startCluster, startPeer } from "../support/peers.js";
import { RawClient } from "../support/raw-client.js";

forEachFailureDetection(() => {
  test("members() is a snapshot: what happens later does not change it", async () => {
    const peer0 = await startPeer({ name: "peer0" });
    const alone = peer0.members();
    const peer1 = await startPeer({ name: "peer1", seeds: [peer0.address] });
    await eventually(() => expect(peer0.members().size).toBe(2));
    const together = peer0.members();
    const peer1Then = together.get(peer1.address);

    peer0.updateInfo({ name: "peer0, new" });
    peer1.updateInfo({ name: "peer1, new" });
    await eventually(() => {
      expect(namesSeenBy(peer0)).toEqual({
        [peer0.address]: "peer0, new",
        [peer1.address]: "peer1, new",
      });
    });

    expect(alone.size).toBe(1);
    expect(Array.from(together.values(), ({ info }) => info.name)).toEqual(["peer0", "peer1"]);
    expect(peer1Then?.info.name).toBe("peer1");
  });

  test("every peer lists itself first", async () => {
    const peers = await startCluster(4);
    for (const peer of peers) {
      expect(peer.members().size).toBe(4);
      expect(peer.members().keys().next().value).toBe(peer.address);
      peer.updateInfo({ name: "renamed" });
      expect(peer.members().values().next().value).toMatchObject({
        address: peer.address,
        info: { name: "renamed" },
        status: "live",
      });
    }
  });

  test("an update is there at once for the peer that makes it, and raises its version", async () => {
    const peer = await startPeer({ name: "before" });
    const before = peer.members().get(peer.address)?.version ?? expect.fail("not listed");
    peer.updateInfo({ name: "after" });
    expect(peer.members().get(peer.address)).toMatchObject({
      info: { name: "after" },
      version: before + 1,
    });
  });

  test("members() shows the version that the peer has now, also when that is all that changed", async () => {
    const peer = await startPeer({ name: "peer" });
    const { version } = peer.members().get(peer.address) ?? expect.fail("not listed");
    const records = [{ addr: peer.address, version: version + 10, name: "another" }];
    await new RawClient(peer.address).share(records);
    expect(peer.members().get(peer.address)).toMatchObject({
      version: version + 11,
      info: { name: "peer" },
    });
  });

  test("info that is passed in is copied", async () => {
    const info = { name: "mine" };
    const peer = await startPeer({ info });
    info.name = "changed behind its back";
    expect(peer.info).toEqual({ name: "mine" });
  });
});
