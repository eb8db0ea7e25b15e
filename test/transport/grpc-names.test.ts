// Peers that are advertised under a DNS name: all its addresses are tried, and the name is looked up
// anew when none of them answered.

import { networkInterfaces } from "node:os";
import { beforeEach, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import { GrpcTransport } from "../../src/transport/grpc.js";
import { eventually } from "../support/eventually.js";
import { hasIpv6Loopback, portOf } from "../support/hosts.js";
import { TestNames } from "../support/test-names.js";
import { callBy, closedAtEnd, echo, errorOf, listenWith, message, textsOf } from "./calling.js";
import { answering, TestHttp2Server, TestTcpServer } from "./http2-server.js";

let names: TestNames;

beforeEach(() => {
  names = new TestNames();
});

const ANOTHER_LOOPBACK = hasIpv6Loopback() ? "::1" : "127.0.0.2";

function newTransport(): GrpcTransport {
  return closedAtEnd(new GrpcTransport(DEFAULT_LIMITS, {}, names.resolver));
}

test("a name stands for its address, and is looked up once for many calls", async () => {
  const port = portOf(await listenWith(newTransport(), echo));
  const caller = newTransport();
  const request = { address: `peer.test:${port}`, messages: [message("hello")] };
  const first = [callBy(caller, request), callBy(caller, request)];
  await names.find("127.0.0.1");
  expect((await Promise.all(first)).map(textsOf)).toEqual([["hello"], ["hello"]]);
  expect(textsOf(await callBy(caller, request))).toEqual(["hello"]);
  expect(names.lookups).toEqual([]);
});

/** Listens where an IPv4 address of the same name is tried first. */
async function listenSecond(): Promise<number> {
  const address = ANOTHER_LOOPBACK.includes(":")
    ? `[${ANOTHER_LOOPBACK}]:0`
    : `${ANOTHER_LOOPBACK}:0`;
  return portOf(await listenWith(newTransport(), echo, { address }));
}

test("an address of a name that refuses is passed over for one that answers", async () => {
  const port = await listenSecond();
  const call = callBy(newTransport(), {
    address: `peer.test:${port}`,
    messages: [message("hello")],
  });
  await names.find("127.0.0.1", ANOTHER_LOOPBACK);
  expect(textsOf(await call)).toEqual(["hello"]);
});

test("an address of a name that says nothing is passed over for one that answers", async () => {
  const port = await listenSecond();
  const silent = await TestTcpServer.start((socket) => socket.resume(), { port });
  const caller = newTransport();
  const call = callBy(caller, { address: `peer.test:${port}`, messages: [message("hello")] });
  await names.find("127.0.0.1", ANOTHER_LOOPBACK);
  expect(textsOf(await call)).toEqual(["hello"]);
  expect(silent.connections).toBe(1);
  await caller.close();
  await eventually(() => {
    expect(Array.from(silent.sockets, (socket) => socket.readableEnded)).toEqual([true]);
  });
});

test("a name whose addresses all refuse is CALL_UNREACHABLE, and is looked up anew", async () => {
  const server = await TestHttp2Server.start(answering(message("ok")));
  const address = `peer.test:${portOf(server.address)}`;
  const caller = newTransport();
  const lost = callBy(caller, { address, timeoutMs: 600_000 });
  await names.find(ANOTHER_LOOPBACK);
  const error = errorOf(await lost);
  expect(error.code).toBe("CALL_UNREACHABLE");
  expect(error.message).toMatch(/^peer\.test:\d+: connect E[A-Z]+ /);

  const call = callBy(caller, { address });
  await names.find("127.0.0.1");
  expect(textsOf(await call)).toEqual(["ok"]);
});

test("a name that is not found is CALL_UNREACHABLE, and is looked up anew", async () => {
  const server = await TestHttp2Server.start(answering(message("ok")));
  const address = `peer.test:${portOf(server.address)}`;
  const caller = newTransport();
  const lost = callBy(caller, { address, timeoutMs: 600_000 });
  await names.find();
  expect(errorOf(await lost)).toMatchObject({
    code: "CALL_UNREACHABLE",
    message: `${address}: neither DNS nor the hosts file has the name (ENOTFOUND)`,
  });
  const call = callBy(caller, { address });
  await names.find("127.0.0.1");
  expect(textsOf(await call)).toEqual(["ok"]);
});

test("a look-up that does not end is CALL_TIMEOUT; when it ends later, nobody is dialled", async () => {
  const server = await TestHttp2Server.start(answering(message("ok")));
  const address = `peer.test:${portOf(server.address)}`;
  const caller = newTransport();
  const lost = await callBy(caller, { address, timeoutMs: 200 });
  expect(errorOf(lost).code).toBe("CALL_TIMEOUT");
  await eventually(() => expect(names.lookups[0]?.isCancelled).toBe(true));
  await names.find("127.0.0.1");

  const call = callBy(caller, { address });
  await names.find("127.0.0.1");
  expect(textsOf(await call)).toEqual(["ok"]);
  expect(server.connections).toBe(1);
});

test.each(["dns", "ipv4", "ipv6", "unix", "xds", "gossip", "http"])(
  "a host may be named %s",
  async (name) => {
    const port = portOf(await listenWith(newTransport(), echo));
    const call = callBy(newTransport(), {
      address: `${name}:${port}`,
      messages: [message("hello")],
    });
    await eventually(() => expect(names.lookups.map((lookup) => lookup.name)).toEqual([name]));
    await names.find("127.0.0.1");
    expect(textsOf(await call)).toEqual(["hello"]);
  },
);

test("an IP address is not looked up", async () => {
  const address = await listenWith(newTransport(), echo);
  const request = { address, messages: [message("hello")] };
  expect(textsOf(await callBy(newTransport(), request))).toEqual(["hello"]);
  expect(names.lookups).toEqual([]);
});

test.each(loopbackWithZone())("nor is one with a zone, such as %s", async (host) => {
  const port = portOf(await listenWith(newTransport(), echo, { address: "[::1]:0" }));
  const request = { address: `[${host}]:${port}`, messages: [message("hello")] };
  expect(textsOf(await callBy(newTransport(), request))).toEqual(["hello"]);
  expect(names.lookups).toEqual([]);
});

/** The IPv6 address of loopback on the interface that has it, where there is one. */
function loopbackWithZone(): string[] {
  const interfaces = Object.entries(networkInterfaces());
  return interfaces
    .filter(([, addresses]) => addresses?.some(({ address }) => address === "::1"))
    .map(([name]) => `::1%${name}`);
}
