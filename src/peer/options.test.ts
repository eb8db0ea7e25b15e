// The options by themselves: their defaults, and how what is given is combined. What is refused is
// tested through Peer.start, in test/scenarios/options.test.ts.

import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../core/limits.js";
import { DEFAULT_TIMING } from "../core/timing.js";
import { SILENT_LOGGER } from "./logger.js";
import {
  advertisedAddress,
  checkDialAddress,
  type PeerOptions,
  resolveOptions,
} from "./options.js";

const ADDRESS = "127.0.0.1:0";

test("only the address has to be given", () => {
  expect(resolveOptions({ address: ADDRESS })).toEqual({
    address: ADDRESS,
    advertiseAddress: undefined,
    info: { name: "" },
    seeds: [],
    timing: DEFAULT_TIMING,
    cluster: "",
    isSeedDialectOff: false,
    probeTimeoutMs: 500,
    failureDetection: "suspicion",
    limits: DEFAULT_LIMITS,
    logger: SILENT_LOGGER,
  });
});

test("what is given takes the place of its default, and nothing else changes", () => {
  const options: PeerOptions = {
    address: ADDRESS,
    pingPeriodMs: 100,
    exchangeTimeoutMs: 300,
    pingTimeoutMs: 200,
    goneRetentionMs: 60_000,
    leaveTimeoutMs: 0,
    limits: { maxMembers: 50, maxGoneMembers: 0 },
    info: { name: "given" },
    seeds: ["10.0.0.5:7946"],
    cluster: "blue",
    probeTimeoutMs: 250,
    failureDetection: "suspicion",
  };
  expect(resolveOptions(options)).toMatchObject({
    timing: {
      ...DEFAULT_TIMING,
      pingPeriodMs: 100,
      exchangeTimeoutMs: 300,
      pingTimeoutMs: 200,
      goneRetentionMs: 60_000,
      leaveTimeoutMs: 0,
    },
    limits: { ...DEFAULT_LIMITS, maxMembers: 50, maxGoneMembers: 0 },
    info: { name: "given" },
    seeds: ["10.0.0.5:7946"],
    cluster: "blue",
    probeTimeoutMs: 250,
    failureDetection: "suspicion",
  });
});

test("undefined is the same as not given", () => {
  const options: PeerOptions = {
    address: ADDRESS,
    advertiseAddress: undefined,
    pingPeriodMs: undefined,
    info: undefined,
    seeds: undefined,
    cluster: undefined,
    profile: undefined,
    probeTimeoutMs: undefined,
    failureDetection: undefined,
    limits: { maxSeeds: undefined } as object,
    logger: undefined,
  };
  expect(resolveOptions(options)).toEqual(resolveOptions({ address: ADDRESS }));
});

test.each([
  ["lan", 1_000, 500],
  ["wan", 5_000, 3_000],
  ["local", 1_000, 200],
] as const)(
  "the profile %s probes every %d ms for %d ms",
  (profile, pingPeriodMs, probeTimeoutMs) => {
    const options = resolveOptions({ address: ADDRESS, profile });
    expect(options.timing).toEqual({ ...DEFAULT_TIMING, pingPeriodMs });
    expect(options.probeTimeoutMs).toBe(probeTimeoutMs);
  },
);

test("what is given wins over the profile", () => {
  const given = { pingPeriodMs: 300, probeTimeoutMs: 40 };
  const options = resolveOptions({ address: ADDRESS, profile: "wan", ...given });
  expect(options).toMatchObject({ timing: { pingPeriodMs: 300 }, probeTimeoutMs: 40 });
});

test("the name of a cluster may be of 256 bytes", () => {
  const cluster = "é".repeat(128);
  expect(resolveOptions({ address: ADDRESS, cluster }).cluster).toBe(cluster);
  expect(() => resolveOptions({ address: ADDRESS, cluster: `${cluster}n` })).toThrow(
    expect.objectContaining({
      code: "INVALID_OPTION",
      message: expect.stringContaining("cluster"),
    }),
  );
});

test("the least maxConnections is what the calls of a peer may need at once", () => {
  const limits = { maxExchanges: 2, maxDials: 3 };
  const withConnections = (maxConnections: number) => {
    return resolveOptions({ address: ADDRESS, limits: { ...limits, maxConnections } });
  };
  expect(withConnections(8).limits).toMatchObject({ ...limits, maxConnections: 8 });
  expect(() => withConnections(7)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
});

test("a logger may have its methods from a class", () => {
  class Base {
    debug(): void {}
    info(): void {}
    warn(): void {}
    error(): void {}
  }
  const logger = new (class extends Base {})();
  expect(resolveOptions({ address: ADDRESS, logger }).logger).toBe(logger);
});

describe("the advertised address", () => {
  test.each([
    ["127.0.0.1:0", undefined, 5_000, "127.0.0.1:5000"],
    ["127.0.0.1:7946", undefined, 7_946, "127.0.0.1:7946"],
    ["[::1]:0", undefined, 5_000, "[::1]:5000"],
    ["host.internal:0", undefined, 5_000, "host.internal:5000"],
    ["0.0.0.0:0", "10.0.0.5:0", 5_000, "10.0.0.5:5000"],
    ["0.0.0.0:7946", "10.0.0.5:17946", 7_946, "10.0.0.5:17946"],
    ["[::]:0", "[fd00::5]:0", 5_000, "[fd00::5]:5000"],
    ["127.0.0.1:0", "name.example:0", 5_000, "name.example:5000"],
  ])(
    "listening on %s and advertising %s, with port %d, is %s",
    (address, advertise, port, expected) => {
      const options = resolveOptions({ address, advertiseAddress: advertise });
      expect(advertisedAddress(options, port)).toBe(expected);
    },
  );

  test.each(["0.0.0.0", "[::]", "[::0]", "[0::]", "[0:0:0:0:0:0:0:0]"])(
    "is needed for %s",
    (host) => {
      const address = `${host}:7946`;
      expect(() => resolveOptions({ address })).toThrow(
        expect.objectContaining({ code: "INVALID_OPTION" }),
      );
      expect(() => resolveOptions({ address, advertiseAddress: address })).toThrow(
        expect.objectContaining({ code: "INVALID_ADDRESS" }),
      );
    },
  );
});

test.each(["10.0.0.5:7946", "name:1", "a.b-c.example.:65535", "[::1]:7946", "[fe80::1%eth0]:1"])(
  "%s can be dialled",
  (address) => {
    expect(() => checkDialAddress(address)).not.toThrow();
  },
);

test.each([undefined, null, 7946, {}])("%s cannot be dialled", (address) => {
  expect(() => checkDialAddress(address as unknown as string)).toThrow(
    expect.objectContaining({ code: "INVALID_ADDRESS" }),
  );
});
