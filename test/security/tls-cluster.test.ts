// A cluster over mutual TLS: it lives as one without, keeps its links while certificates change, and
// ends those whose certificate is over.

import { expect, test } from "vitest";
import { TestAuthority } from "../support/certificates.js";
import { eventually } from "../support/eventually.js";
import { errorOf, expectAllSeeAll, startPeer } from "../support/peers.js";
import { startTlsCluster, startTlsPeer } from "../support/tls-peers.js";

const authority = await TestAuthority.make();
const sound = await authority.issue();

test("five peers join, tell news, find a crash and a leave", async () => {
  const cluster = await startTlsCluster([sound, sound, sound, sound, sound]);
  const peers = cluster.map(({ peer }) => peer);
  const [a, b, c, d, e] = peers;
  b?.updateInfo({ name: "renamed" });
  await eventually(() => expectAllSeeAll(peers));
  await c?.stop();
  const living = peers.filter((peer) => peer !== c);
  await eventually(() => expectAllSeeAll(living));
  await d?.leave();
  const rest = living.filter((peer) => peer !== d);
  await eventually(() => expectAllSeeAll(rest));
  expect(rest).toEqual([a, b, e]);
  for (const { peer } of cluster.filter((one) => rest.includes(one.peer))) {
    const { tlsRefused, rejected } = peer.stats();
    expect(Object.values(tlsRefused).reduce((sum, count) => sum + count, 0)).toBe(0);
    expect(rejected["identity-mismatch"]).toBe(0);
  }
}, 60_000);

test("the authority is replaced without losing a member or a link", async () => {
  const next = await TestAuthority.make("the next authority");
  const cluster = await startTlsCluster([sound, sound, sound]);
  const peers = cluster.map(({ peer }) => peer);
  const opened = () => peers.map((peer) => peer.stats().linksOpened);
  const before = opened();
  const steps = [
    // All trust the new one, then all are signed by it, then the old one is dropped.
    await authority.issue({}, [authority, next]),
    await next.issue({}, [authority, next]),
    await next.issue(),
  ];
  for (const step of steps) {
    for (const peer of peers) await peer.reloadTls(step);
    const newcomer = await startTlsPeer(step, { seeds: [peers[0]?.address ?? ""] });
    await eventually(() => expectAllSeeAll([...peers, newcomer.peer]));
    await newcomer.peer.leave();
    await eventually(() => expectAllSeeAll(peers));
  }
  // A newcomer that leaves at once may be found gone before its word is heard; none of these may.
  const isOfThese = (message: string) => peers.some(({ address }) => message.includes(address));
  for (const { logger } of cluster) {
    const lost = logger.messages.filter((message) => /^(deleted|suspect)/.test(message));
    expect(lost.filter(isOfThese)).toEqual([]);
  }
  // The links that stood at the beginning still do: none was opened but to the newcomers.
  const more = opened().map((count, index) => count - (before[index] ?? 0));
  expect(Math.max(...more)).toBeLessThanOrEqual(steps.length);
  const late = await startTlsPeer(await authority.issue({}, [authority, next]));
  await errorOf(late.peer.addSeed(peers[0]?.address ?? ""));
  await eventually(() => expect(peers[0]?.stats().tlsRefused.untrusted).toBeGreaterThan(0));
}, 60_000);

test("a link ends with the certificate of the other side, and comes back with a new one", async () => {
  const short = await authority.issue({ to: 4_000 });
  const [lasting, brief] = await startTlsCluster([sound, short]);
  if (brief === undefined) return expect.fail("there are two");
  const expiresAt = brief.peer.stats().certificateExpiresAt ?? 0;
  expect(expiresAt).toBeGreaterThan(Date.now());
  await eventually(() => {
    expect(lasting.peer.stats().tlsRefused.expired).toBeGreaterThan(0);
  });
  expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
  expect(lasting.peer.links()).toEqual([]);
  await brief.peer.reloadTls(sound);
  await eventually(() => expectAllSeeAll([lasting.peer, brief.peer]));
  await eventually(() => expect(lasting.peer.links()).toHaveLength(1));
}, 60_000);

test("certificates that cannot be used change nothing, and say why", async () => {
  const { peer } = await startTlsPeer(sound);
  const stranger = await authority.issue({ hosts: ["10.9.9.9"] });
  const { key } = await authority.issue();
  const faults = [
    await errorOf(peer.reloadTls({ ...sound, cert: "/nowhere/peer.pem" })),
    await errorOf(peer.reloadTls({ ...sound, key })),
    await errorOf(peer.reloadTls({ ...sound, ca: Buffer.from("nothing") })),
    await errorOf(peer.reloadTls(stranger)),
  ];
  expect(faults.map(({ code }) => code)).toEqual(faults.map(() => "INVALID_TLS"));
  expect(faults.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^tls\.cert \/nowhere\/peer\.pem cannot be read/),
    expect.stringMatching(/^tls\.key is not the key of tls\.cert/),
    expect.stringMatching(/^tls\.ca is no PEM/),
    expect.stringMatching(/does not name the host of 127\.0\.0\.1:\d+, only 10\.9\.9\.9/),
  ]);
  const { peer: other } = await startTlsPeer(sound);
  await other.addSeed(peer.address);
  const plain = await startPeer();
  expect((await errorOf(plain.reloadTls())).code).toBe("INVALID_OPTION");
});

test("a peer does not start with a certificate for another host", async () => {
  const stranger = await authority.issue({ hosts: ["10.9.9.9"] });
  const error = await errorOf(startPeer({ tls: stranger }));
  expect(error.code).toBe("INVALID_TLS");
  expect(error.message).toContain("gossip certs issue");
});
