// What Node, HTTP/2 and the system do by default, where that is less than a peer's own time-outs and
// bounds need; docs/PERFORMANCE.md has the table.

import type { ServerHttp2Session } from "node:http2";
import { Server, Socket } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import { GrpcTransport } from "../../src/transport/grpc.js";
import { startAgent } from "../admin/clients.js";
import { eventually } from "../support/eventually.js";
import { callBy, closedAtEnd, echo, listenWith, message } from "./calling.js";
import { Http2Caller } from "./http2-caller.js";
import { answering, TestHttp2Server } from "./http2-server.js";
import { hostLinks, TestLink } from "./linking.js";

const WINDOW_BYTES = 1_048_576;

afterEach(() => {
  vi.restoreAllMocks();
});

function newTransport(): GrpcTransport {
  return closedAtEnd(new GrpcTransport(DEFAULT_LIMITS));
}

/** What the other side of that session may send. */
function windowsOf(session: Pick<ServerHttp2Session, "remoteSettings" | "state">) {
  return {
    stream: session.remoteSettings.initialWindowSize,
    // But for what has just come, and was not acknowledged.
    connection: Math.ceil((session.state.remoteWindowSize ?? 0) / 1_024) * 1_024,
  };
}

describe("windows", () => {
  const wide = { stream: WINDOW_BYTES, connection: WINDOW_BYTES };

  test("a caller may send a mebibyte ahead, on a stream and on a connection", async () => {
    const { session } = new Http2Caller(await listenWith(newTransport(), echo));
    await eventually(() => expect(windowsOf(session)).toEqual(wide));
  });

  test("so may whoever is linked to, and whoever is called", async () => {
    const linked = await TestHttp2Server.start(() => {});
    const called = await TestHttp2Server.start(answering(message("ok")));
    TestLink.open(newTransport(), { address: linked.address });
    await callBy(newTransport(), { address: called.address });
    for (const { sessions } of [linked, called]) {
      await eventually(() => expect(Array.from(sessions, windowsOf)).toEqual([wide]));
    }
  });
});

test("as many connections may wait to be taken as may be open", async () => {
  const listen = vi.spyOn(Server.prototype, "listen");
  await listenWith(newTransport(), echo);
  const [options] = listen.mock.calls[0] ?? [];
  expect(options).toMatchObject({ backlog: DEFAULT_LIMITS.maxInboundConnections });
});

test("no frame waits for the acknowledgement of the one before it", async () => {
  const delays = vi.spyOn(Socket.prototype, "setNoDelay");
  const host = await hostLinks(newTransport());
  const near = TestLink.open(newTransport(), { address: host.address });
  near.link.send(message("hello"));
  await host.first();
  // One for each end; HTTP/2 says it once more.
  const sockets = new Set(delays.mock.contexts);
  expect(sockets.size).toBe(2);
  expect(delays.mock.calls.every(([noDelay]) => noDelay !== false)).toBe(true);
});

test("a connection of HTTP/1.1 to the admin port is kept as long as one of HTTP/2", async () => {
  const { admin } = await startAgent({}, { limits: { idleTimeoutMs: 45_000 } });
  const { headers } = await fetch(`${admin.url}/v1/health`);
  expect(headers.get("keep-alive")).toBe("timeout=45");
});
