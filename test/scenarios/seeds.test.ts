// Seeds: the addresses by which a cluster is found, at the start and for ever after.

import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { eventually } from "../support/eventually.js";
import { hasIpv6Loopback, portOf, startSilentHost, unusedAddress } from "../support/hosts.js";
import {
  addressesSeenBy,
  countServed,
  countVainDials,
  errorCodeOf,
  errorOf,
  expectAllSeeAll,
  forEachFailureDetection,
  namesSeenBy,
  restartPeer,
  startPeer,
} from "../support/peers.js";

/** A seed that does not answer is tried again after at most 5 s, and may then take a moment. */
const SEED_BOUND_MS = 20_000;

forEachFailureDetection((kind) => {
  test("addSeed resolves once the seed answered, and it is listed by then", async () => {
    const peer0 = await startPeer({ name: "peer0" });
    const peer1 = await startPeer({ name: "peer1" });
    await peer0.addSeed(peer1.address);
    expect(namesSeenBy(peer0)).toEqual({ [peer0.address]: "peer0", [peer1.address]: "peer1" });
  });

  test("several calls of addSeed for one seed all resolve, or all reject", async () => {
    const peer0 = await startPeer();
    const peer1 = await startPeer();
    await Promise.all([1, 2, 3].map(() => peer0.addSeed(peer1.address)));
    expect(peer0.stats().seeds).toBe(1);

    const dead = await unusedAddress();
    const codes = await Promise.all([1, 2, 3].map(() => errorCodeOf(peer0.addSeed(dead))));
    expect(codes).toEqual(["SEED_UNREACHABLE", "SEED_UNREACHABLE", "SEED_UNREACHABLE"]);
  });

  test("a seed that refuses, or says nothing, is SEED_UNREACHABLE, with the reason", async () => {
    const peer = await startPeer({
      exchangeTimeoutMs: 100,
      pingTimeoutMs: 100,
      probeTimeoutMs: 100,
    });
    const dead = await unusedAddress();
    const refused = await errorOf(peer.addSeed(dead));
    expect(refused.code).toBe("SEED_UNREACHABLE");
    expect(refused.message).toContain(dead);
    expect(refused.message).toContain("ECONNREFUSED");

    const { address: silent } = await startSilentHost();
    const timedOut = await errorOf(peer.addSeed(silent));
    expect(timedOut.code).toBe("SEED_UNREACHABLE");
    // To link takes longer than a call.
    const boundMs = kind === "immediate" ? 100 : 5_000;
    expect(timedOut.message).toContain(`did not answer within ${boundMs} ms`);
    expectAllSeeAll([peer]);
  });

  test("a seed that is a web server is SEED_UNREACHABLE, and nobody is joined to it", async () => {
    const server = createServer((_, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const seed = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const peer = await startPeer({ seeds: [seed] });
    const error = await errorOf(peer.addSeed(seed));
    expect(error).toMatchObject({ code: "SEED_UNREACHABLE" });
    expect(error.message).toContain("HTTP status code 404");
    expect(peer.health()).toMatchObject({
      isJoined: false,
      reason: expect.stringContaining("seeds"),
    });
  });

  test.each([
    "",
    "localhost",
    "7946",
    "127.0.0.1:0",
    "127.0.0.1:65536",
    "::1:7946",
    "a b:1",
    `${"x".repeat(300)}:1`,
  ])("addSeed(%j) is INVALID_ADDRESS", async (seed) => {
    const peer = await startPeer();
    const { code, message } = await errorOf(peer.addSeed(seed));
    expect(code).toBe("INVALID_ADDRESS");
    expect(message).toContain(JSON.stringify(seed));
    expect(peer.stats().seeds).toBe(0);
  });

  test("one seed too many is TOO_MANY_SEEDS, and the others still count", async () => {
    const peer0 = await startPeer({ limits: { maxSeeds: 2 } });
    const [peer1, peer2, peer3] = [await startPeer(), await startPeer(), await startPeer()];
    await peer0.addSeed(peer1.address);
    await peer0.addSeed(peer2.address);
    const { code, message } = await errorOf(peer0.addSeed(peer3.address));
    expect(code).toBe("TOO_MANY_SEEDS");
    expect(message).toContain("limits.maxSeeds");

    // Those that are there can be added again.
    await peer0.addSeed(peer1.address);
    await eventually(() => expectAllSeeAll([peer0, peer1, peer2]));
    expectAllSeeAll([peer3]);
  });

  test("a peer that has stopped takes no seed", async () => {
    const peer0 = await startPeer();
    const peer1 = await startPeer();
    await peer0.stop();
    expect(await errorCodeOf(peer0.addSeed(peer1.address))).toBe("STOPPED");
    expect(await errorCodeOf(peer0.addSeed("no address"))).toBe("STOPPED");
  });

  test("a seed given by a host name is no member of its own", async () => {
    const peer0 = await startPeer({ name: "peer0" });
    const alias = `localhost:${portOf(peer0.address)}`;
    const peer1 = await startPeer({ name: "peer1", seeds: [alias] });
    await peer1.addSeed(alias);
    await eventually(() => expectAllSeeAll([peer0, peer1]));

    const before = countServed(peer0);
    await eventually(() => expect(countServed(peer0)).toBeGreaterThan(before + 5));
    expectAllSeeAll([peer0, peer1]);
  });

  test("nor is one given by another address of the same peer", async () => {
    const [address, other] = hasIpv6Loopback() ? ["[::]:0", "[::1]"] : ["0.0.0.0:0", "127.0.0.2"];
    const peer0 = await startPeer({ name: "peer0", address, advertiseAddress: "127.0.0.1:0" });
    const peer1 = await startPeer({ name: "peer1" });
    await peer1.addSeed(`${other}:${portOf(peer0.address)}`);
    await eventually(() => expectAllSeeAll([peer0, peer1]));
  });

  test("nor is one that is another address of the peer itself", async () => {
    const peer = await startPeer({ name: "alone" });
    await peer.addSeed(`localhost:${portOf(peer.address)}`);
    expectAllSeeAll([peer]);
  });

  test("all peers can be given the same seeds, their own address among them", async () => {
    const seeds = [await unusedAddress(), await unusedAddress(), await unusedAddress()];
    const peers = await Promise.all(
      seeds.map((address, index) => restartPeer(address, { name: `peer${index}`, seeds })),
    );
    await eventually(() => expectAllSeeAll(peers), SEED_BOUND_MS);
    for (const peer of peers) await peer.addSeed(peer.address);
    expectAllSeeAll(peers);
  });

  test("a peer alone with its own address as its seed is content", async () => {
    const address = await unusedAddress();
    const peer = await restartPeer(address, { seeds: [address] });
    await peer.addSeed(address);
    expect(addressesSeenBy(peer)).toEqual([address]);
    expect(peer.stats()).toMatchObject({ exchangesStarted: 0, linksOpened: 0 });
  });

  test("a seed that comes up only later is found", async () => {
    const seed = await unusedAddress();
    const peer = await startPeer({ name: "early", seeds: [seed] });
    await eventually(() => expect(countVainDials(peer)).toBeGreaterThanOrEqual(3));

    const late = await restartPeer(seed, { name: "late" });
    await eventually(() => expectAllSeeAll([peer, late]), SEED_BOUND_MS);
  });

  test("so is one for which addSeed was rejected", async () => {
    const seed = await unusedAddress();
    const peer = await startPeer({ name: "early" });
    expect(await errorCodeOf(peer.addSeed(seed))).toBe("SEED_UNREACHABLE");

    const late = await restartPeer(seed, { name: "late" });
    await eventually(() => expectAllSeeAll([peer, late]), SEED_BOUND_MS);
  });
});

test("a seed that comes back is found by the seed's rule also if it was gone for so long that it was forgotten as a member", async () => {
  // By the native protocol all peers forget at the same multiple of ten minutes.
  const failureDetection = "immediate";
  const seed = await startPeer({ name: "seed", failureDetection });
  const peer = await startPeer({
    name: "peer",
    failureDetection,
    seeds: [seed.address],
    goneRetentionMs: 1_000,
  });
  await eventually(() => expectAllSeeAll([peer, seed]));
  await seed.stop();
  await eventually(() => expect(peer.stats()).toMatchObject({ liveMembers: 1, goneMembers: 1 }));
  await eventually(() => expect(peer.stats()).toMatchObject({ liveMembers: 1, goneMembers: 0 }));

  const restarted = await restartPeer(seed.address, { name: "seed, again", failureDetection });
  await eventually(() => expectAllSeeAll([peer, restarted]), SEED_BOUND_MS);
});
