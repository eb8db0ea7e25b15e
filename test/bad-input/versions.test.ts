// Forged versions: whatever is said of whom, it is not believed, nobody is given up for it, and
// nobody is locked by it, since there is always a version above.

import { status } from "@grpc/grpc-js";
import { DEFAULT_LIMITS, type Peer } from "gossip";
import { expect, test } from "vitest";
import { eventually } from "../support/eventually.js";
import {
  expectAllSeeAll,
  forEachFailureDetection,
  restartPeer,
  startCluster,
  startPeer,
} from "../support/peers.js";
import { RawClient } from "../support/raw-client.js";
import { startRawServer } from "../support/raw-server.js";
import { Victim } from "../support/victim.js";

const INT32_MAX = 2 ** 31 - 1;
const { maxVersion, maxVersionJump } = DEFAULT_LIMITS;

const liveOrDeleted = [
  ["live", false],
  ["deleted", true],
] as const;

forEachFailureDetection((kind) => {
  test.each(liveOrDeleted)(
    "a version at the end of int32 about ourselves is dropped: %s",
    async (_, deleted) => {
      const victim = await Victim.start();
      const before = victim.versionOf(victim.peer);
      const record = { addr: victim.peer.address, version: INT32_MAX, deleted, name: "forged" };
      const { code } = await victim.attacker.share([record]);
      expect(code).toBe(status.OK);
      victim.expectRejected({ "version-out-of-range": 1 });
      expect(victim.versionOf(victim.peer)).toBe(before);
      expect(victim.peer.info).toEqual({ name: "victim" });
      await victim.expectUnharmed();
    },
  );

  test.each(liveOrDeleted)(
    "a version at the end of int32 about a member is dropped: %s",
    async (_, deleted) => {
      // However far it may jump, there it may not land.
      const victim = await Victim.start({ limits: { maxVersionJump: INT32_MAX } });
      const record = { addr: victim.friend.address, version: INT32_MAX, deleted, name: "forged" };
      const { code } = await victim.attacker.share([record]);
      expect(code).toBe(status.OK);
      // What the dialect of the seed says of a member that speaks the native protocol is not looked at.
      victim.expectRejected(kind === "immediate" ? { "version-out-of-range": 1 } : {});
      await victim.expectUnharmed();
      expect(victim.versionOf(victim.friend)).toBeLessThan(maxVersion);
    },
  );

  test("a newcomer of whom such a version is told is listed with its own", async () => {
    const victim = await Victim.start();
    const newcomer = await startPeer({ name: "newcomer" });
    const record = { addr: newcomer.address, version: INT32_MAX, name: "forged" };
    const { code } = await victim.attacker.share([record]);
    expect(code).toBe(status.OK);
    victim.expectRejected({ "version-out-of-range": 1 });
    await victim.expectUnharmed([newcomer]);
    expect(victim.versionOf(newcomer)).toBeLessThan(maxVersion);
  });

  test("also when it answers pings only, so that it cannot be asked for its own", async () => {
    const victim = await Victim.start({ exchangeTimeoutMs: 100 });
    const busy = await startRawServer((call) => call.on("error", () => {}));
    await victim.attacker.share([{ addr: busy, version: INT32_MAX, name: "forged" }]);
    await eventually(() => expect(victim.peer.stats().pingsAnswered).toBeGreaterThan(0));

    // Whatever is made of it, the others are not told of that version.
    const { records } = await victim.attacker.share([]);
    for (const record of records) expect(record.version).toBeLessThanOrEqual(maxVersion);
  });

  test("a version just below the limit, far above the held one, is a jump and only a reason to ask", async () => {
    const victim = await Victim.start();
    const record = { addr: victim.friend.address, version: maxVersion, name: "forged" };
    await victim.attacker.share([record]);
    victim.expectRejected(kind === "immediate" ? { "version-jump": 1 } : {});
    await victim.expectUnharmed();
    expect(victim.versionOf(victim.friend)).toBeLessThan(maxVersion);
  });

  /** Whom the forged records are about, and at which version, given the one that it has. */
  const forgeries: readonly [string, (version: number) => number][] = [
    ["at the end of int32", () => INT32_MAX],
    ["one below the end of int32", () => INT32_MAX - 1],
    ["one above the limit", () => maxVersion + 1],
    ["at the limit", () => maxVersion],
    ["one below the limit", () => maxVersion - 1],
    ["as far above its own as is believed", (version) => version + maxVersionJump],
    ["one above its own", (version) => version + 1],
    ["the same as its own", (version) => version],
  ];

  test.each(forgeries)(
    "nobody is locked when all are told of all a version %s",
    async (_, versionOf) => {
      const peers = await startCluster(3);
      const forged = peers.flatMap((peer) => forgedRecordsOf(peer, versionOf));
      await tellAll(peers, forged);
      await tellAll(peers, forged.reverse());

      await eventually(() => expectAllSeeAll(peers));
      for (const peer of peers) {
        peer.updateInfo({ name: `${peer.info.name}, updated` });
        await eventually(() => expectAllSeeAll(peers));
      }
    },
  );

  test.each(forgeries)(
    "nor is one that restarts after it was told a version %s",
    async (_, versionOf) => {
      const [peer0, peer1, peer2] = await startCluster(3);
      const victim = peer2 ?? expect.fail("no peer2");
      const others = [peer0, peer1 ?? expect.fail("no peer1")];
      await tellAll([...others, victim], forgedRecordsOf(victim, versionOf));
      await victim.stop();
      await eventually(() => expectAllSeeAll(others));
      await tellAll(others, forgedRecordsOf(victim, versionOf));

      const restarted = await restartPeer(victim.address, {
        name: "again",
        seeds: [peer0.address],
      });
      await eventually(() => expectAllSeeAll([restarted, ...others]));
      restarted.updateInfo({ name: "updated" });
      await eventually(() => expectAllSeeAll([restarted, ...others]));
    },
  );

  test("a hundred forged versions in a row do not carry a peer to the end of the range", async () => {
    const victim = await Victim.start();
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const version = Math.min(INT32_MAX, victim.versionOf(victim.peer) + 2 ** 24);
      await victim.attacker.share([{ addr: victim.peer.address, version, name: "forged" }]);
    }
    expect(victim.versionOf(victim.peer)).toBeLessThanOrEqual(maxVersion + 1);
    await victim.expectUnharmed();
  });
});

function forgedRecordsOf(peer: Peer, versionOf: (version: number) => number) {
  const held = peer.members().get(peer.address)?.version ?? expect.fail("not listed");
  const version = versionOf(held);
  return liveOrDeleted.map(([, deleted]) => {
    return { addr: peer.address, version, deleted, name: "forged" };
  });
}

async function tellAll(
  peers: readonly Peer[],
  records: Parameters<RawClient["share"]>[0],
): Promise<void> {
  for (const peer of peers) {
    const { code } = await new RawClient(peer.address).share(records);
    expect(code).toBe(status.OK);
  }
}
