// Links on gRPC against what a real network and other programs do to them: slow readers, frames
// that are too big, connections that break, and sides that are left open.

import type { ServerHttp2Stream } from "node:http2";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import { GrpcTransport, type TransportLimits } from "../../src/transport/grpc.js";
import { eventually } from "../support/eventually.js";
import { portOf, Road, startSlowHost, unusedAddress } from "../support/hosts.js";
import { TestNames } from "../support/test-names.js";
import { callBy, closedAtEnd, message, textsOf } from "./calling.js";
import { useFakeTimers } from "./fake-timers.js";
import { Http2Caller } from "./http2-caller.js";
import { answerNow, respondTo, TestHttp2Server } from "./http2-server.js";
import { knockBy } from "./knock-conformance.js";
import { hostLinks, LINK, TestLink } from "./linking.js";

/** Smaller than a window, so that some of them are sent. */
const FRAME = new Uint8Array(10_000);
/** More of them than all windows and buffers on the way may hold of what nobody reads. */
const MANY = 2_000;
/** No less than what HTTP/2 sends to one who reads nothing. */
const WINDOWS = 200_000;

/** Patience with calls. */
const SHORT = { receiveTimeoutMs: 500, sendTimeoutMs: 500 };

function newTransport(limits: Partial<TransportLimits> = {}): GrpcTransport {
  return closedAtEnd(new GrpcTransport({ ...DEFAULT_LIMITS, ...limits }));
}

/** Sends, again and again, until far more waits than any window has room for. */
async function flood({ link }: TestLink): Promise<void> {
  for (let count = 0; count < MANY; count += 1) link.send(FRAME);
  expect(link.unsentBytes).toBe(MANY * FRAME.byteLength);
  // Some of it is on its way: the rest waits for the reader.
  await eventually(() => expect(link.unsentBytes).toBeLessThan(MANY * FRAME.byteLength));
}

describe("a link to a name", () => {
  let names: TestNames;
  beforeEach(() => {
    names = new TestNames();
  });

  function transportWithNames(): GrpcTransport {
    return closedAtEnd(new GrpcTransport(DEFAULT_LIMITS, {}, names.resolver));
  }

  test("carries what was sent before the name was found, in its order, and then its close", async () => {
    const host = await hostLinks(newTransport());
    const near = TestLink.open(transportWithNames(), {
      address: `peer.test:${portOf(host.address)}`,
    });
    for (const text of ["a", "b"]) near.link.send(message(text));
    await Promise.resolve();
    near.link.send(message("c"));
    expect(near.link.unsentBytes).toBe(3);
    near.link.close();
    await names.find("127.0.0.1");
    const far = await host.first();
    await eventually(() => expect(far.texts).toEqual(["a", "b", "c"]));
    await eventually(() => expect(far.ends).toEqual([{ type: "closed" }]));
  });

  test("is made though its address takes longer than others take to refuse", async () => {
    const host = await hostLinks(newTransport());
    const slow = await startSlowHost(portOf(host.address));
    const near = TestLink.open(transportWithNames(), {
      address: `peer.test:${portOf(slow.address)}`,
    });
    near.link.send(message("hello"));
    await names.find("127.0.0.1", "127.0.0.2");
    slow.open();
    expect((await host.first()).texts).toEqual(["hello"]);
    expect(near.ends).toEqual([]);
  });

  test.each([
    ["is not found", [], "neither DNS nor the hosts file has the name (ENOTFOUND)"],
    ["leads to nobody", ["127.0.0.1"], "connect ECONNREFUSED"],
  ])("that %s is broken, with the reason", async (_what, found, reason) => {
    const address = `peer.test:${portOf(await unusedAddress())}`;
    const near = TestLink.open(transportWithNames(), { address });
    await names.find(...found);
    await eventually(() => expect(near.ends).toHaveLength(1));
    expect(near.ends).toMatchObject([
      { type: "broken", error: { message: expect.stringContaining(`${address}: ${reason}`) } },
    ]);
  });

  test("that nobody answers in time calls the look-up off", async () => {
    const near = TestLink.open(transportWithNames(), { address: "peer.test:1", timeoutMs: 50 });
    await eventually(() => expect(near.ends).toMatchObject([{ type: "timed-out" }]));
    expect(names.lookups).toMatchObject([{ isCancelled: true }]);
  });

  test("leaves no look-up behind when the transport closes, and neither does a knock", async () => {
    const transport = transportWithNames();
    const near = TestLink.open(transport, { address: "peer.test:1" });
    const onKnocked = vi.fn();
    transport.knock("other.test:1", 600_000, onKnocked);
    await transport.close();
    expect(names.lookups).toMatchObject([{ isCancelled: true }, { isCancelled: true }]);
    expect(near.ends).toEqual([]);
    expect(onKnocked).not.toHaveBeenCalled();
  });
});

describe("what a slow reader does not take", () => {
  test("is counted by the one who opened the link, until it is taken", async () => {
    const streams: ServerHttp2Stream[] = [];
    const server = await TestHttp2Server.start((stream) => {
      respondTo(stream);
      streams.push(stream);
    });
    const near = TestLink.open(newTransport(), { address: server.address });
    await flood(near);
    await eventually(() => expect(streams).toHaveLength(1));
    expect(near.link.unsentBytes).toBeGreaterThan(MANY * FRAME.byteLength - WINDOWS);
    streams[0]?.resume();
    await eventually(() => expect(near.link.unsentBytes).toBe(0));
    expect(near.drains).toBeGreaterThan(0);
  });

  test("is counted by the one who took the link, until it is taken", async () => {
    const host = await hostLinks(newTransport());
    const call = new Http2Caller(host.address).begin({ ":path": LINK });
    const far = await host.first();
    await flood(far);
    expect(far.link.unsentBytes).toBeGreaterThan(MANY * FRAME.byteLength - WINDOWS);
    call.read();
    await eventually(() => expect(far.link.unsentBytes).toBe(0));
    await eventually(() => {
      expect(call.bytesReceived).toBe(MANY * (FRAME.byteLength + 5));
    });
  });

  test("keeps neither side from closing", async () => {
    const server = await TestHttp2Server.start((stream) => respondTo(stream));
    const opener = newTransport();
    const near = TestLink.open(opener, { address: server.address });
    const host = await hostLinks(newTransport());
    const caller = new Http2Caller(host.address);
    caller.begin({ ":path": LINK });
    const far = await host.first();
    for (const side of [near, far]) {
      await flood(side);
      side.link.close();
    }
    await eventually(() => expect(opener.connectionCount).toBe(0));
    await eventually(() => expect(server.sockets.size).toBe(0));
    await caller.waitForClose();
    expect([near.ends, far.ends]).toEqual([[], []]);
    expect([near.link.unsentBytes, far.link.unsentBytes]).toEqual([0, 0]);
  });
});

describe("the time that a link takes", () => {
  test("is not that of a call, nor that of an idle connection", async () => {
    useFakeTimers();
    const host = await hostLinks(newTransport(), (link) => link.send("welcome"), SHORT);
    const caller = newTransport();
    const near = TestLink.open(caller, { address: host.address, timeoutMs: 1_000 });
    await eventually(() => expect(near.texts).toEqual(["welcome"]));
    const far = await host.first();
    await vi.advanceTimersByTimeAsync(24 * 60 * 60_000);
    near.send("still here");
    far.send("I too");
    await eventually(() => expect(far.texts).toEqual(["still here"]));
    await eventually(() => expect(near.texts).toEqual(["welcome", "I too"]));
    expect([...near.ends, ...far.ends]).toEqual([]);
  });

  test("has no end for a caller that says nothing, and no pings", async () => {
    useFakeTimers();
    const host = await hostLinks(newTransport());
    const caller = new Http2Caller(host.address);
    const call = caller.begin({ ":path": LINK }).read();
    const far = await host.first();
    await vi.advanceTimersByTimeAsync(24 * 60 * 60_000);
    far.send("hello");
    await eventually(() => expect(call.bytesReceived).toBe(10));
    expect(caller).toMatchObject({ hasGoaway: false, isClosed: false, pings: 0 });
    expect(far.ends).toEqual([]);
  });
});

describe("a link breaks", () => {
  test("on both sides when its connection does", async () => {
    const road = await Road.build();
    const host = await hostLinks(newTransport(), (link) => link.send("welcome"));
    road.leadTo(host.address);
    const caller = newTransport();
    const near = TestLink.open(caller, { address: road.address });
    await eventually(() => expect(near.texts).toEqual(["welcome"]));
    const far = await host.first();
    road.cut();
    const unreachable = { type: "broken", error: { code: "CALL_UNREACHABLE" } };
    for (const side of [near, far]) expect(await side.ended()).toMatchObject(unreachable);
    expect(caller.connectionCount).toBe(0);
  });

  test.each(["cut", "reset"] as const)("as its connection is %s amid a flood", async (end) => {
    const server = await TestHttp2Server.start((stream) => {
      respondTo(stream);
      stream.once("data", () => server[end]());
    });
    const caller = newTransport();
    const near = TestLink.open(caller, { address: server.address });
    for (let count = 0; count < MANY; count += 1) near.link.send(FRAME);
    const unreachable = { type: "broken", error: { code: "CALL_UNREACHABLE" } };
    expect(await near.ended()).toMatchObject(unreachable);
    expect(near.link.unsentBytes).toBe(0);
    expect(caller.connectionCount).toBe(0);
  });

  test("with a frame above maxMessageBytes from the one who opened it", async () => {
    const host = await hostLinks(newTransport({ maxMessageBytes: 1_000 }));
    const near = TestLink.open(newTransport(), { address: host.address });
    near.link.send(new Uint8Array(1_000));
    near.link.send(new Uint8Array(1_001));
    expect(await near.ended()).toMatchObject({
      type: "broken",
      error: { code: "CALL_FAILED", message: expect.stringContaining("RESOURCE_EXHAUSTED") },
    });
    const far = await host.first();
    expect((await far.ended()).type).toBe("broken");
    expect(far.frames.map(({ byteLength }) => byteLength)).toEqual([1_000]);
  });

  test("with a frame above maxMessageBytes from the one who took it", async () => {
    const host = await hostLinks(newTransport(), ({ link }) => {
      link.send(new Uint8Array(1_000));
      link.send(new Uint8Array(1_001));
    });
    const near = TestLink.open(newTransport({ maxMessageBytes: 1_000 }), { address: host.address });
    expect(await near.ended()).toMatchObject({
      type: "broken",
      error: { code: "CALL_FAILED", message: expect.stringContaining("RESOURCE_EXHAUSTED") },
    });
    expect(near.frames.map(({ byteLength }) => byteLength)).toEqual([1_000]);
    await (await host.first()).ended();
  });

  test("with whatever else the other side says of it", async () => {
    const server = await TestHttp2Server.start((stream) => {
      respondTo(stream, { "grpc-status": "13", "grpc-message": "out of order" });
      stream.end();
    });
    const near = TestLink.open(newTransport(), { address: server.address });
    expect(await near.ended()).toMatchObject({
      type: "broken",
      error: { code: "CALL_FAILED", message: `${server.address}: INTERNAL: out of order` },
    });
  });

  test("with the answer of a web server, which is no peer of another kind", async () => {
    const server = await TestHttp2Server.start((stream) => {
      stream.respond({ ":status": 404, "content-type": "text/plain" });
      stream.end("no such page");
    });
    const near = TestLink.open(newTransport(), { address: server.address });
    expect(await near.ended()).toMatchObject({
      type: "broken",
      error: { message: `${server.address}: UNIMPLEMENTED: Received HTTP status code 404` },
    });
  });
});

describe("a side that is left open", () => {
  test("by the caller, after our close, costs it its connection", async () => {
    const host = await hostLinks(newTransport(), ({ link }) => link.close(), SHORT);
    const caller = new Http2Caller(host.address);
    const call = caller.begin({ ":path": LINK }).read();
    expect(await call.status()).toBe("0 OK");
    await caller.waitForClose();
  });

  test("by the caller, after our refusal, costs it its connection", async () => {
    const host = await hostLinks(
      newTransport(),
      ({ link }) => link.refuse("not \ud800 you"),
      SHORT,
    );
    const caller = new Http2Caller(host.address);
    const call = caller.begin({ ":path": LINK }).read();
    expect(await call.status()).toBe("9 not \ufffd you");
    await caller.waitForClose();
  });

  test("by the one who took it, after our close, does not keep us", async () => {
    const server = await TestHttp2Server.start((stream) => {
      stream.resume();
      respondTo(stream);
    });
    const caller = newTransport();
    const near = TestLink.open(caller, { address: server.address });
    await eventually(() => expect(server.sockets.size).toBe(1));
    near.link.close();
    await eventually(() => expect(server.sockets.size).toBe(0));
    expect(caller.connectionCount).toBe(0);
    expect(near.ends).toEqual([]);
  });
});

test("each link has a TCP connection of its own", async () => {
  const server = await TestHttp2Server.start((stream) => answerNow(stream, message("hello")));
  const caller = newTransport();
  const links = [1, 2, 3].map(() => TestLink.open(caller, { address: server.address }));
  for (const link of links) expect(await link.ended()).toEqual({ type: "closed" });
  expect(links.map((link) => link.texts)).toEqual([["hello"], ["hello"], ["hello"]]);
  expect(server.connections).toBe(3);
});

test("knocks take no place that another could have", async () => {
  const host = await hostLinks(newTransport({ maxInboundConnections: 2 }));
  const caller = newTransport();
  for (let count = 0; count < 50; count += 1) {
    expect(await knockBy(caller, host.address)).toBe("accepted");
  }
  await eventually(async () => {
    const outcome = await callBy(caller, { address: host.address, messages: [message("hello")] });
    expect(textsOf(outcome)).toEqual(["hello"]);
  });
});
