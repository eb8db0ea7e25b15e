// What a peer cannot be started with: each is refused with a code, and a message that names it.

import { GossipError, Peer, type PeerOptions } from "gossip";
import { expect, test } from "vitest";
import { errorOf, startPeer } from "../support/peers.js";

const ADDRESS = "127.0.0.1:0";

/** Options that plain JavaScript may pass, with the option that the message has to begin with. */
const invalidOptions: readonly [string, unknown][] = [
  ["options", undefined],
  ["options", null],
  ["options", ADDRESS],
  ["address", {}],
  ["address", { address: 7946 }],
  ["address", { address: null }],
  ["advertiseAddress", { address: ADDRESS, advertiseAddress: 7946 }],
  ["advertiseAddress", { address: "0.0.0.0:0" }],
  ["advertiseAddress", { address: "[::]:0" }],
  ["advertiseAddress", { address: "[0:0::0]:0" }],
  ["pingPeriodMs", { address: ADDRESS, pingPeriodMs: "100" }],
  ["pingPeriodMs", { address: ADDRESS, pingPeriodMs: 9 }],
  ["pingPeriodMs", { address: ADDRESS, pingPeriodMs: 3_600_001 }],
  ["pingPeriodMs", { address: ADDRESS, pingPeriodMs: 100.5 }],
  ["pingPeriodMs", { address: ADDRESS, pingPeriodMs: Number.NaN }],
  ["exchangeTimeoutMs", { address: ADDRESS, exchangeTimeoutMs: 9 }],
  ["exchangeTimeoutMs", { address: ADDRESS, exchangeTimeoutMs: Number.POSITIVE_INFINITY }],
  ["pingTimeoutMs", { address: ADDRESS, pingTimeoutMs: -1 }],
  ["goneRetentionMs", { address: ADDRESS, goneRetentionMs: 999 }],
  ["goneRetentionMs", { address: ADDRESS, goneRetentionMs: 2 ** 31 }],
  ["leaveTimeoutMs", { address: ADDRESS, leaveTimeoutMs: -1 }],
  ["seeds", { address: ADDRESS, seeds: ADDRESS }],
  ["seeds.1", { address: ADDRESS, seeds: ["127.0.0.1:1", 7946] }],
  ["failureDetection", { address: ADDRESS, failureDetection: "lenient" }],
  ["logger", { address: ADDRESS, logger: null }],
  ["logger", { address: ADDRESS, logger: { info: () => {} } }],
  ["limits", { address: ADDRESS, limits: null }],
  ["limits.maxMembers", { address: ADDRESS, limits: { maxMembers: 0 } }],
  ["limits.maxGoneMembers", { address: ADDRESS, limits: { maxGoneMembers: -1 } }],
  ["limits.maxDials", { address: ADDRESS, limits: { maxDials: 1.5 } }],
  ["limits.maxVersion", { address: ADDRESS, limits: { maxVersion: 2 ** 31 - 1 } }],
  ["limits.maxConnections", { address: ADDRESS, limits: { maxConnections: 39 } }],
  ["limits.maxFriends", { address: ADDRESS, limits: { maxFriends: 1 } }],
  ["pingPeriod", { address: ADDRESS, pingPeriod: 100 }],
];

test.each(invalidOptions)("INVALID_OPTION names %s in %j", async (name, options) => {
  const { code, message } = await errorOf(Peer.start(options as PeerOptions));
  expect(code).toBe("INVALID_OPTION");
  expect(message.split(" ")[0]).toBe(name);
});

const invalidAddresses: readonly [string, PeerOptions][] = [
  ["a port alone", { address: "7946" }],
  ["no port", { address: "127.0.0.1" }],
  ["a port beyond the range", { address: "127.0.0.1:65536" }],
  ["IPv6 without brackets", { address: "::1:7946" }],
  ["an IPv4 address with a part too many", { address: "127.0.0.0.1:7946" }],
  ["a seed with port 0", { address: ADDRESS, seeds: ["127.0.0.1:0"] }],
  ["a seed that is a URL", { address: ADDRESS, seeds: ["http://127.0.0.1:7946"] }],
  ["an advertised address without a port", { address: ADDRESS, advertiseAddress: "10.0.0.5" }],
  ["an advertised address for all", { address: ADDRESS, advertiseAddress: "0.0.0.0:7946" }],
];

test.each(invalidAddresses)("INVALID_ADDRESS shows the address: %s", async (_, options) => {
  const { code, message } = await errorOf(Peer.start(options));
  expect(code).toBe("INVALID_ADDRESS");
  const given = options.advertiseAddress ?? options.seeds?.[0] ?? options.address;
  expect(message).toContain(JSON.stringify(given));
});

test.each([
  ["no name", {}],
  ["a name that is no string", { name: 5 }],
  ["a name above 1 KiB", { name: "é".repeat(513) }],
  ["half of a surrogate pair", { name: "\ud800" }],
])("INVALID_INFO at the start and at an update: %s", async (_, given) => {
  const info = given as { name: string };
  expect((await errorOf(Peer.start({ address: ADDRESS, info }))).code).toBe("INVALID_INFO");

  const peer = await startPeer({ name: "before" });
  expect(() => peer.updateInfo(info)).toThrow(expect.objectContaining({ code: "INVALID_INFO" }));
  expect(peer.info).toEqual({ name: "before" });
});

test("a name of exactly 1 KiB is taken", async () => {
  const name = "é".repeat(512);
  const peer = await startPeer({ name });
  expect(peer.info).toEqual({ name });
});

test("more seeds than limits.maxSeeds are TOO_MANY_SEEDS, counted without repetitions", async () => {
  const limits = { maxSeeds: 1 };
  const seeds = ["127.0.0.1:1", "127.0.0.1:2"];
  const { code, message } = await errorOf(Peer.start({ address: ADDRESS, limits, seeds }));
  expect(code).toBe("TOO_MANY_SEEDS");
  expect(message).toContain("limits.maxSeeds");

  const peer = await startPeer({ limits, seeds: ["127.0.0.1:1", "127.0.0.1:1"] });
  expect(peer.stats().seeds).toBe(1);
});

test("an address in use is ADDRESS_IN_USE, and its holder is unharmed", async () => {
  const holder = await startPeer();
  const error = await errorOf(Peer.start({ address: holder.address }));
  expect(error.code).toBe("ADDRESS_IN_USE");
  expect(error.message).toContain(holder.address);
  expect(error.cause).toMatchObject({ code: "EADDRINUSE" });

  const other = await startPeer();
  await other.addSeed(holder.address);
});

test("an address of another machine is LISTEN_FAILED, with its cause", async () => {
  const error = await errorOf(Peer.start({ address: "192.0.2.1:0" }));
  expect(error).toBeInstanceOf(GossipError);
  expect(error.code).toBe("LISTEN_FAILED");
  expect(error.cause).toMatchObject({ syscall: "listen" });
});

test("options that are undefined count as not given", async () => {
  const peer = await startPeer({
    advertiseAddress: undefined,
    seeds: undefined,
    limits: { maxDials: undefined } as never,
    logger: undefined,
  });
  await using other = await Peer.start({ address: ADDRESS, pingPeriodMs: undefined });
  await other.addSeed(peer.address);
});
