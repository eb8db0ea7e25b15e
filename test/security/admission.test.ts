// Who is let in besides: the name of the cluster, the rule and the list of addresses that a user gives,
// and the seed dialect, which has a place for none of them.

import { status } from "@grpc/grpc-js";
import { describe, expect, test } from "vitest";
import { eventually } from "../support/eventually.js";
import { portOf } from "../support/hosts.js";
import { errorOf, expectAllSeeAll, startCluster, startPeer } from "../support/peers.js";
import { RawClient, SHARE_DATA } from "../support/raw-client.js";
import { RecordingLogger } from "../support/recording-logger.js";

describe("a cluster with a name", () => {
  test("does not answer the seed dialect, and says why", async () => {
    const peer = await startPeer({ cluster: "blue" });
    const client = new RawClient(peer.address);
    for (const method of ["/GossipService/Ping", SHARE_DATA]) {
      const { code, details } = await client.call(method, [Buffer.alloc(0)]);
      expect(code).toBe(status.FAILED_PRECONDITION);
      expect(details).toContain("takes no calls of the seed dialect");
    }
    expect(peer.stats().rejected["dialect-off"]).toBe(2);
  });

  test("does not dial who speaks the seed dialect only, and says why", async () => {
    const original = await startPeer({ failureDetection: "immediate" });
    const peer = await startPeer({ cluster: "blue" });
    const error = await errorOf(peer.addSeed(original.address));
    expect(error.message).toContain("turns the seed dialect off");
    expect(original.stats().exchangesServed).toBe(0);
    expect([peer.members().size, original.members().size]).toEqual([1, 1]);
  });

  test("never becomes one with another, nor with one without a name", async () => {
    const [blue] = await startCluster(2, { cluster: "blue" });
    for (const cluster of ["green", ""]) {
      const stranger = await startPeer({ cluster });
      const errors = [
        await errorOf(stranger.addSeed(blue.address)),
        await errorOf(blue.addSeed(stranger.address)),
      ];
      for (const { message } of errors) expect(message).toMatch(/cluster|seed dialect/);
      expect([stranger.members().size, blue.members().size]).toEqual([1, 2]);
    }
  });

  test("cannot be judged by the seed's rule", async () => {
    const error = await errorOf(startPeer({ cluster: "blue", failureDetection: "immediate" }));
    expect(error.code).toBe("INVALID_OPTION");
    expect(error.message).toContain("turn off");
  });
});

describe("the option allow", () => {
  test("refuses by address and by where a call comes from, both ways, with a reason", async () => {
    const asked: unknown[] = [];
    const logger = new RecordingLogger();
    const strict = await startPeer({
      logger,
      allow: (candidate) => {
        asked.push(candidate);
        return false;
      },
    });
    const peer = await startPeer();
    const inbound = await errorOf(peer.addSeed(strict.address));
    expect(inbound.message).toContain(`does not allow ${peer.address} (option allow)`);
    expect(asked[0]).toEqual({ address: peer.address, ip: "127.0.0.1", peerIds: [] });
    const outbound = await errorOf(strict.addSeed(peer.address));
    expect(outbound.message).toContain(`does not allow ${peer.address} (option allow)`);
    expect(asked.at(-1)).toEqual({ address: peer.address, ip: undefined, peerIds: [] });
    expect(strict.stats().rejected["not-allowed"]).toBeGreaterThanOrEqual(2);
    expect(strict.members().size).toBe(1);
    expect(logger.messages.some((message) => message.includes("not-allowed"))).toBe(true);
  });

  test("lets in those that it names; one that throws lets in nobody", async () => {
    const peer = await startPeer();
    const choosy = await startPeer({ allow: ({ address }) => address === peer.address });
    await peer.addSeed(choosy.address);
    await eventually(() => expectAllSeeAll([peer, choosy]));
    const broken = await startPeer({
      allow: () => {
        throw new Error("a fault of the rule");
      },
    });
    expect((await errorOf(peer.addSeed(broken.address))).message).toContain("does not allow");
  });
});

describe("the option allowedAddresses", () => {
  test("cuts off who calls from elsewhere, and counts it", async () => {
    const closed = await startPeer({ allowedAddresses: ["10.0.0.0/8", "fd00::/8"] });
    const peer = await startPeer();
    await errorOf(peer.addSeed(closed.address));
    expect(closed.stats().rejected["not-allowed"]).toBeGreaterThan(0);
    expect(peer.members().size).toBe(1);
  });

  test("dials nobody elsewhere, by address or by name", async () => {
    const peer = await startPeer();
    const closed = await startPeer({ allowedAddresses: ["10.0.0.0/8"] });
    for (const host of ["127.0.0.1", "localhost"]) {
      const error = await errorOf(closed.addSeed(`${host}:${portOf(peer.address)}`));
      expect(error.message).toContain("allowedAddresses");
    }
    expect(peer.stats().probesServed).toBe(0);
  });

  test("lets in those that it holds", async () => {
    const open = await startPeer({ allowedAddresses: ["127.0.0.0/8", "::1"] });
    const peer = await startPeer({ seeds: [open.address] });
    await eventually(() => expectAllSeeAll([open, peer]));
  });

  test.each(["10.0.0.0/33", "10.0.0", "host", "::/129", ""])("is not %j", async (text) => {
    const error = await errorOf(startPeer({ allowedAddresses: [text] }));
    expect(error.code).toBe("INVALID_OPTION");
    expect(error.message).toContain("10.0.0.0/8");
  });
});
