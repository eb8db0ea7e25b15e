// What another says of itself is held against its certificate: a valid one does not let its holder
// speak as another.

import type { Peer } from "gossip";
import { describe, expect, onTestFinished, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import type { Frame } from "../../src/core/native/frames.js";
import { RejectionCounter } from "../../src/core/rejection.js";
import { GrpcTransport } from "../../src/transport/grpc.js";
import type { LinkEnd } from "../../src/transport/transport.js";
import { type TlsMaterial, TransportTls } from "../../src/transport/transport-tls.js";
import { LINK_METHOD, NativeCodec } from "../../src/wire/native-dialect.js";
import { TestAuthority } from "../support/certificates.js";
import { eventually } from "../support/eventually.js";
import { unusedAddress } from "../support/hosts.js";
import { errorOf, expectAllSeeAll, startPeer } from "../support/peers.js";
import { expectWarning, startTlsPeer } from "../support/tls-peers.js";

const authority = await TestAuthority.make();
const codec = new NativeCodec(DEFAULT_LIMITS);

describe("a caller with a valid certificate", () => {
  test("may speak as a peer of its own host", async () => {
    const { peer } = await startTlsPeer(await authority.issue());
    const claim = await claimBy(await authority.issue(), peer.address, await unusedAddress());
    await eventually(() => expect(claim.frames).toContain("hello"));
    expect(claim.ends).toEqual([]);
  });

  test("may not speak as a peer of another host", async () => {
    const called = await startTlsPeer(await authority.issue());
    const wrong = await authority.issue({ hosts: ["10.9.9.9"] });
    const claim = await claimBy(wrong, called.peer.address, "127.0.0.1:7946");
    await eventually(() => expect(claim.ends).toHaveLength(1));
    expect(claim.ends).toEqual([
      {
        type: "refused",
        reason: expect.stringContaining("does not name the host of 127.0.0.1:7946"),
      },
    ]);
    expect(called.peer.stats().rejected["identity-mismatch"]).toBe(1);
    await expectWarning(called, "identity-mismatch");
    expect(called.peer.members().size).toBe(1);
  });

  test("with a peer id may speak as that peer alone", async () => {
    const called = await startTlsPeer(await authority.issue());
    const own = await unusedAddress();
    const bound = await authority.issue({ peerIds: [own] });
    const honest = await claimBy(bound, called.peer.address, own);
    await eventually(() => expect(honest.frames).toContain("hello"));
    const liar = await claimBy(bound, called.peer.address, "127.0.0.1:7946");
    await eventually(() => expect(liar.ends).toHaveLength(1));
    expect(liar.ends).toEqual([
      { type: "refused", reason: `the certificate is of the peer ${own}, not of 127.0.0.1:7946` },
    ]);
    expect(honest.ends).toEqual([]);
  });

  test("may not become another on a link that stands", async () => {
    const called = await startTlsPeer(await authority.issue());
    const own = await unusedAddress();
    const claim = await claimBy(
      await authority.issue({ peerIds: [own] }),
      called.peer.address,
      own,
    );
    await eventually(() => expect(claim.frames).toContain("hello"));
    claim.say("127.0.0.1:7946");
    await eventually(() => expect(claim.ends).toHaveLength(1));
    expect(called.peer.stats().rejected["identity-mismatch"]).toBe(1);
  });
});

test("who is dialled may not speak as another either", async () => {
  const victim = await unusedAddress();
  const bound = await authority.issue({ peerIds: [victim] });
  const transport = new GrpcTransport(DEFAULT_LIMITS, { tls: new TransportTls(bound) });
  onTestFinished(() => transport.close());
  const told: Frame["type"][] = [];
  const port = await transport.listen({
    address: "127.0.0.1:0",
    methods: [],
    handler: () => {},
    maxMessages: 1,
    receiveTimeoutMs: 1_000,
    sendTimeoutMs: 1_000,
    links: {
      method: LINK_METHOD,
      onLink(link) {
        link.send(helloBytes("127.0.0.1:7946"));
        return {
          onFrame(bytes) {
            const frame = codec.decode(bytes, new RejectionCounter());
            if (frame !== undefined) told.push(frame.type);
          },
          onDrained: () => {},
          onEnd: () => {},
        };
      },
    },
  });
  const caller = await startTlsPeer(await authority.issue());
  const error = await errorOf(caller.peer.addSeed(`127.0.0.1:${port}`));
  expect(error.message).toContain(`the certificate is of the peer ${victim}`);
  expect(caller.peer.stats().rejected["identity-mismatch"]).toBeGreaterThan(0);
  await eventually(() => expect(told).toContain("goodbye"));
  expect(caller.peer.members().size).toBe(1);
});

test("peers with peer ids in their certificates form a cluster", async () => {
  const addresses = [await unusedAddress(), await unusedAddress(), await unusedAddress()];
  const peers: Peer[] = [];
  for (const address of addresses) {
    const tls = await authority.issue({ peerIds: [address] });
    peers.push((await startTlsPeer(tls, { address, seeds: addresses.slice(0, 1) })).peer);
  }
  await eventually(() => expectAllSeeAll(peers));
});

test("a peer does not start with the peer id of another", async () => {
  const tls = await authority.issue({ peerIds: ["127.0.0.1:1"] });
  const error = await errorOf(startPeer({ tls }));
  expect(error.code).toBe("INVALID_TLS");
  expect(error.message).toContain("is of the peer 127.0.0.1:1");
});

test("a seed that is found by its name may have a certificate for that name alone", async () => {
  const address = await unusedAddress();
  const advertiseAddress = address.replace("127.0.0.1", "localhost");
  const named = await authority.issue({ hosts: ["localhost"] });
  const { peer: called } = await startTlsPeer(named, { address, advertiseAddress });
  const { peer: caller } = await startTlsPeer(await authority.issue());
  await caller.addSeed(advertiseAddress);
  await eventually(() => expectAllSeeAll([called, caller]));
});

/** A caller that says it is the peer of that address. */
async function claimBy(material: TlsMaterial, to: string, address: string) {
  const transport = new GrpcTransport(DEFAULT_LIMITS, { tls: new TransportTls(material) });
  onTestFinished(() => transport.close());
  const frames: Frame["type"][] = [];
  const ends: LinkEnd[] = [];
  const request = { address: to, method: LINK_METHOD, timeoutMs: 20_000 };
  const link = transport.openLink(request, {
    onFrame(bytes) {
      const frame = codec.decode(bytes, new RejectionCounter());
      if (frame !== undefined) frames.push(frame.type);
    },
    onDrained: () => {},
    onEnd: (end) => void ends.push(end),
  });
  const say = (claimed: string): void => link.send(helloBytes(claimed));
  say(address);
  return { frames, ends, say };
}

function helloBytes(address: string): Uint8Array {
  return codec.encode({
    type: "hello",
    cluster: "",
    address,
    generation: 1,
    minVersion: 1,
    maxVersion: 1,
    originals: [],
    clock: 0,
  });
}
