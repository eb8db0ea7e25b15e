// The one port: which protocol a connection speaks, and what becomes of those that speak none.

import { once } from "node:events";
import { connect as connectHttp2, constants } from "node:http2";
import { connect, createServer } from "node:net";
import { type Admin, DEFAULT_ADMIN_LIMITS } from "gossip/admin";
import { expect, onTestFinished, test } from "vitest";
import { parseAddress } from "../../src/core/address.js";
import { errorOf } from "../support/peers.js";
import { clientOf, serve, startAgent } from "./clients.js";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const REQUEST = "GET /v1/info HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

test("an HTTP/1.1 request that comes byte by byte is answered", async () => {
  const { admin } = await startAgent({ name: "slow" });
  const client = open(admin);
  for (const byte of REQUEST) await client.send(byte);
  expect(await client.ended).toMatch(/^HTTP\/1\.1 200 OK\r\n.*"name":"slow"/s);
});

test("a request that begins as the preface does, and goes on otherwise, is HTTP/1.1", async () => {
  const { admin } = await startAgent();
  const client = open(admin);
  await client.send("PRI");
  await client.send("NT /v1/info HTTP/1.1\r\nHost: localhost\r\n\r\n");
  expect(await client.ended).toMatch(/^HTTP\/1\.1 400 Bad Request/);
});

test("HTTP/2 that comes byte by byte is answered", async () => {
  const { admin } = await startAgent({ name: "two" });
  const session = connectHttp2(`http://localhost:${await startDribble(admin)}`);
  onTestFinished(() => session.destroy());
  const stream = session.request({ ":path": "/v1/info" });
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) text += chunk;
  expect(JSON.parse(text)).toMatchObject({ info: { name: "two" } });
});

test("a request without a Host is refused", async () => {
  const { admin } = await startAgent();
  const client = open(admin);
  await client.send("GET /v1/info HTTP/1.0\r\n\r\n");
  expect(await client.ended).toMatch(/^HTTP\/1\.1 403 Forbidden.*has no Host/s);
});

test.each([
  ["nothing at all", ""],
  ["half a preface", PREFACE.slice(0, 12)],
])("a client that sends %s is let go", async (_what, bytes) => {
  const { admin } = await startAgent({}, { limits: { firstBytesTimeoutMs: 50 } });
  const client = open(admin);
  await client.send(bytes);
  expect(await client.ended).toBe("");
});

test("a client that sends a request line and then nothing is let go", async () => {
  const { admin } = await startAgent({}, { limits: { headersTimeoutMs: 50 } });
  const client = open(admin);
  await client.send("GET /v1/info HTTP/1.1\r\nHost: local");
  expect(await client.ended).toMatch(/^HTTP\/1\.1 408 Request Timeout/);
});

test("a client has no longer for the headers than for the whole request", async () => {
  const limits = { headersTimeoutMs: 3_600_000, requestTimeoutMs: 50 };
  const { admin } = await startAgent({}, { limits });
  const client = open(admin);
  await client.send("GET /v1/info HTTP/1.1\r\nHost: local");
  expect(await client.ended).toMatch(/^HTTP\/1\.1 408 Request Timeout/);
});

test("a client that sends half of a body and then nothing is let go", async () => {
  const { admin } = await startAgent({}, { limits: { requestTimeoutMs: 50 } });
  const client = open(admin);
  const path = "/gossip.admin.v1.AdminService/SetInfo";
  const headers = "Host: localhost\r\nContent-Type: application/json\r\nContent-Length: 20";
  await client.send(`POST ${path} HTTP/1.1\r\n${headers}\r\n\r\n{"name":`);
  expect(await client.ended).toMatch(/^HTTP\/1\.1 408 Request Timeout/);
});

test("a call of HTTP/2 with half of a body and then nothing is let go", async () => {
  const { admin } = await startAgent({}, { limits: { requestTimeoutMs: 50 } });
  const session = connectHttp2(admin.url);
  onTestFinished(() => session.destroy());
  const call = session.request({
    ":method": "POST",
    ":path": "/gossip.admin.v1.AdminService/SetInfo",
    "content-type": "application/json",
  });
  call.on("error", () => {}).resume();
  call.write('{"name":');
  await once(call, "close");
  expect(call.rstCode).toBe(constants.NGHTTP2_CANCEL);
});

test("an HTTP/2 client that makes no call is let go, one that watches is not", async () => {
  const { peer, admin } = await startAgent({}, { limits: { idleTimeoutMs: 50 } });
  const watching = clientOf(admin).watchEvents({})[Symbol.asyncIterator]();
  const event = watching.next();
  const idle = connectHttp2(admin.url);
  onTestFinished(() => idle.destroy());
  await once(idle, "close");
  peer.updateInfo({ name: "b" });
  expect((await event).done).toBe(false);
  await watching.return?.();
});

test.each([
  ["garbage", `${"\u0000\u00ff".repeat(40)}\r\n\r\n`],
  ["a preface and garbage", PREFACE + "x".repeat(100)],
  ["a TLS hello", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003"],
])("%s ends its own connection only", async (_what, bytes) => {
  const { admin } = await startAgent({}, { limits: { headersTimeoutMs: 1_000 } });
  const client = open(admin);
  await client.send(bytes);
  await client.ended;
  expect((await fetch(`${admin.url}/v1/health`)).status).toBe(200);
});

test("a connection more than there may be is closed at once", async () => {
  const { admin } = await startAgent({}, { limits: { maxConnections: 1 } });
  const first = open(admin);
  await once(first.socket, "connect");
  const second = open(admin);
  expect(await second.ended).toBe("");
  expect(first.socket.destroyed).toBe(false);
});

test("a request larger than it may be is refused", async () => {
  const { admin } = await startAgent({}, { limits: { maxRequestBytes: 100 } });
  const response = await fetch(`${admin.url}/gossip.admin.v1.AdminService/SetInfo`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name: "x".repeat(200) }),
  });
  expect(response.status).toBe(429);
  expect(await response.json()).toMatchObject({ code: "resource_exhausted" });
});

test("a client with half a request is let go when the service is closed", async () => {
  const { admin } = await startAgent();
  const client = open(admin);
  await client.send("GET /v1/info HTTP/1.1\r\nHost: local");
  await admin.close();
  expect(await client.ended).toBe("");
});

test("an address in use is told as such", async () => {
  const { peer, admin } = await startAgent();
  const error = await errorOf(serve(peer, { address: admin.address }));
  expect(error.code).toBe("ADDRESS_IN_USE");
});

test.each([
  [{ address: "nowhere" }, "INVALID_ADDRESS", /write it like 127\.0\.0\.1:7980/],
  [{ allowedHosts: ["a b"] }, "INVALID_OPTION", /admin: allowedHosts\.0 must be a name/],
  [{ limits: { maxWatchers: 0 } }, "INVALID_OPTION", /admin: limits\.maxWatchers must be a whole/],
  [{ bogus: 1 } as object, "INVALID_OPTION", /admin: bogus is no option/],
])("options that cannot be are named: %j", async (options, code, message) => {
  const { peer } = await startAgent();
  const error = await errorOf(serve(peer, options));
  expect(error.code).toBe(code);
  expect(error.message).toMatch(message);
});

test("every limit has a default", () => {
  for (const value of Object.values(DEFAULT_ADMIN_LIMITS)) expect(value).toBeGreaterThan(0);
});

/** A connection on which a test writes what it likes. */
function open(admin: Admin) {
  const { host, port } = parseAddress(admin.address) ?? expect.fail();
  const socket = connect(port, host);
  socket.setNoDelay(true);
  onTestFinished(() => {
    socket.destroy();
  });
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    text += chunk;
  });
  const ended = new Promise<string>((resolve) => {
    socket.on("error", () => {});
    socket.once("close", () => resolve(text));
  });
  return {
    socket,
    ended,
    /** Resolves when the system has taken it. */
    send: (bytes: string) =>
      new Promise<void>((resolve) => {
        socket.write(bytes, "latin1", () => resolve());
      }),
  };
}

/** A port that passes on what comes byte by byte; gives its number. */
async function startDribble(admin: Admin): Promise<number> {
  const { host, port } = parseAddress(admin.address) ?? expect.fail();
  const server = createServer((socket) => {
    const onward = connect({ host, port, noDelay: true });
    socket.on("data", (chunk) => {
      for (const byte of chunk) onward.write(Uint8Array.of(byte));
    });
    onward.pipe(socket);
    socket.once("close", () => onward.destroy());
    socket.on("error", () => {});
    onward.on("error", () => {});
  });
  onTestFinished(() => {
    server.close();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const bound = server.address();
  return typeof bound === "object" && bound !== null ? bound.port : expect.fail();
}
