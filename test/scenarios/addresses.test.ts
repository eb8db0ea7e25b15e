// The addresses that a peer listens on, advertises, and is known by.

import { expect, test } from "vitest";
import { eventually } from "../support/eventually.js";
import { hasIpv6Loopback, portOf } from "../support/hosts.js";
import { expectAllSeeAll, forEachFailureDetection, startPeer } from "../support/peers.js";

/** Only what this machine can listen on. */
const ipv6Hosts = hasIpv6Loopback() ? ["[::1]"] : [];

forEachFailureDetection(() => {
  test.each(["127.0.0.1", "localhost", ...ipv6Hosts])(
    "a peer listens on %s:0, and is known by the port that it got",
    async (host) => {
      const peer0 = await startPeer({ address: `${host}:0`, name: "peer0" });
      const peer1 = await startPeer({
        address: `${host}:0`,
        name: "peer1",
        seeds: [peer0.address],
      });
      expect(peer0.address).toMatch(/:[1-9]\d*$/);
      expect(peer0.address.slice(0, peer0.address.lastIndexOf(":"))).toBe(host);
      await eventually(() => expectAllSeeAll([peer0, peer1]));
    },
  );

  const everywhere = [
    ["0.0.0.0:0", "127.0.0.1"],
    ["0.0.0.0:0", "localhost"],
    ...ipv6Hosts.flatMap((ipv6) => [
      ["[::]:0", ipv6],
      ["[::]:0", "127.0.0.1"],
    ]),
  ] as [string, string][];

  test.each(everywhere)(
    "listening on %s, a peer is known by its advertiseAddress on %s",
    async (address, host) => {
      const options = { address, advertiseAddress: `${host}:0` };
      const peer0 = await startPeer({ ...options, name: "peer0" });
      const peer1 = await startPeer({ ...options, name: "peer1", seeds: [peer0.address] });
      expect(peer0.address).toBe(`${host}:${portOf(peer0.address)}`);
      expect(portOf(peer0.address)).toBeGreaterThan(0);
      await eventually(() => expectAllSeeAll([peer0, peer1]));
    },
  );

  test("peers of all kinds of addresses form one cluster", async () => {
    const first = await startPeer({ name: "first" });
    const hosts = ["127.0.0.1", "localhost", ...ipv6Hosts];
    const others = await Promise.all(
      hosts.map((host) => startPeer({ address: `${host}:0`, name: host, seeds: [first.address] })),
    );
    await eventually(() => expectAllSeeAll([first, ...others]));
  });
});

test("by the seed's rule, a peer whose advertised address nobody can reach is not listed, and sees the others", async () => {
  const peer0 = await startPeer({ name: "peer0", failureDetection: "immediate" });
  const hidden = await startPeer({
    name: "hidden",
    advertiseAddress: "127.0.0.1:1",
    failureDetection: "immediate",
    seeds: [peer0.address],
  });
  await eventually(() => expect(hidden.members().has(peer0.address)).toBe(true));
  // It was dialled, in vain.
  await eventually(() => expect(peer0.stats().exchangesFailed).toBeGreaterThan(0));
  expectAllSeeAll([peer0]);
});
