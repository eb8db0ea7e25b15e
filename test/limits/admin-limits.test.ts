// Every limit of the admin service, at the limit and one past it. A limit without a row here does not
// compile, and one that is tested elsewhere names the test.

import { once } from "node:events";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { Code, ConnectError } from "@connectrpc/connect";
import { type Admin, type AdminLimits, DEFAULT_ADMIN_LIMITS } from "gossip/admin";
import { expect, onTestFinished, test } from "vitest";
import { EventType } from "../../src/gen/gossip/admin/v1/admin_pb.js";
import { clientOf, firstOf, rename, startAgent } from "../admin/clients.js";
import { eventually } from "../support/eventually.js";
import { startPeer } from "../support/peers.js";
import { elsewhere, few, type Row, testRows } from "./rows.js";

const PORT_TEST = "test/admin/port.test.ts";

function startLimited(limits: Partial<AdminLimits>) {
  return startAgent({}, { limits });
}

/** A connection by HTTP/2 whose other side has said how many calls there may be. */
async function openSession({ url }: Admin): Promise<ClientHttp2Session> {
  const session = connectHttp2(url);
  onTestFinished(() => session.destroy());
  await once(session, "remoteSettings");
  return session;
}

/** A round trip over the connection, after all that was sent before. */
function ping(session: ClientHttp2Session): Promise<void> {
  return new Promise((resolve) => {
    session.ping(() => resolve());
  });
}

/** The HTTP statuses of so many streams at once. */
async function statusesOfStreams({ url }: Admin, count: number): Promise<number[]> {
  const gone = new AbortController();
  onTestFinished(() => gone.abort());
  const statuses: number[] = [];
  for (let opened = 0; opened < count; opened += 1) {
    statuses.push((await fetch(`${url}/v1/events`, { signal: gone.signal })).status);
  }
  return statuses;
}

/** Whether a request is done; it fails for being too much, and for nothing else. */
async function isDone(request: Promise<unknown>, code: Code): Promise<boolean> {
  const error = await request.then(() => undefined, ConnectError.from);
  if (error !== undefined) expect(error.code).toBe(code);
  return error === undefined;
}

/** Whether a request of that size is done; it fails for being too much, and for nothing else. */
async function isTaken({ url }: Admin, bytes: number): Promise<boolean> {
  const method = `${url}/gossip.admin.v1.AdminService/SetInfo`;
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ name: "a" }).padEnd(bytes);
  const { status } = await fetch(method, { method: "POST", headers, body });
  expect(status === 200 || status === 429).toBe(true);
  return status === 200;
}

const LIMITS = {
  maxConnections: elsewhere(PORT_TEST, "a connection more than there may be is closed at once"),
  maxCallsPerConnection: few(async (count, maxCallsPerConnection) => {
    const { admin } = await startLimited({ maxCallsPerConnection });
    const session = await openSession(admin);
    let answered = 0;
    const calls = Array.from({ length: count }, () => session.request({ ":path": "/v1/events" }));
    for (const call of calls) {
      call
        .on("error", () => {})
        .on("response", () => {
          answered += 1;
        });
    }
    const most = Math.min(count, maxCallsPerConnection);
    await eventually(() => expect(answered).toBeGreaterThanOrEqual(most));
    await ping(session);
    const isOver = answered < count;
    calls[0]?.close();
    // Who had to wait did so at the client's side, and not in vain.
    await eventually(() => expect(answered).toBe(count));
    return !isOver;
  }),
  maxWatchers: few(async (count, maxWatchers) => {
    const { admin } = await startLimited({ maxWatchers });
    const statuses = await statusesOfStreams(admin, count);
    const refused = statuses.filter((status) => status === 429).length;
    expect(statuses.filter((status) => status === 200)).toHaveLength(count - refused);
    return refused === 0;
  }),
  maxRequestBytes: few(async (bytes, maxRequestBytes) => {
    const { admin } = await startLimited({ maxRequestBytes });
    return isTaken(admin, bytes);
  }, 100),
  maxBodyBytes: few(async (bytes, maxBodyBytes) => {
    const { admin } = await startLimited({ maxBodyBytes });
    // What was answered counts no more.
    expect(await isTaken(admin, 50)).toBe(true);
    return isTaken(admin, bytes);
  }, 100),
  maxLoggedChanges: few(async (count, maxLoggedChanges) => {
    const { peer, admin } = await startLimited({ maxLoggedChanges });
    const client = clientOf(admin);
    const { cursor } = await firstOf((options) => client.watchMembers({}, options));
    for (let change = 0; change < count; change += 1) await rename(peer, admin, `name ${change}`);
    const back = await firstOf((options) => client.watchMembers({ cursor }, options));
    return back.kind.case === "changes";
  }),
  maxLoggedEvents: few(async (count, maxLoggedEvents) => {
    const { peer, admin } = await startLimited({ maxLoggedEvents });
    const client = clientOf(admin);
    await rename(peer, admin, "before");
    const { cursor } = await firstOf((options) => client.watchEvents({ latest: 1 }, options));
    for (let event = 0; event < count; event += 1) await rename(peer, admin, `name ${event}`);
    const back = await firstOf((options) => client.watchEvents({ cursor }, options));
    return back.event?.type !== EventType.DROPPED;
  }),
  maxJoinAddresses: few(async (count, maxJoinAddresses) => {
    const { admin } = await startLimited({ maxJoinAddresses });
    const { address } = await startPeer();
    const addresses = Array<string>(count).fill(address);
    return isDone(clientOf(admin).join({ addresses }), Code.InvalidArgument);
  }),
  maxReachMembers: elsewhere(
    "src/admin/reach-feed.test.ts",
    "as many members are told of as maxReachMembers, and the rest is left out",
  ),
  maxReachAsksPerSecond: elsewhere(
    "src/admin/reach-feed.test.ts",
    "as many members are asked within a second as maxReachAsksPerSecond, for all watchers",
  ),
  firstBytesTimeoutMs: elsewhere(PORT_TEST, "a client that sends %s is let go"),
  headersTimeoutMs: elsewhere(
    PORT_TEST,
    "a client that sends a request line and then nothing is let go",
  ),
  requestTimeoutMs: elsewhere(
    PORT_TEST,
    "a client that sends half of a body and then nothing is let go",
  ),
  idleTimeoutMs: elsewhere(
    PORT_TEST,
    "an HTTP/2 client that makes no call is let go, one that watches is not",
  ),
  refreshPeriodMs: elsewhere(
    "src/admin/member-feed.test.ts",
    "a watched list is looked at once in refreshPeriodMs, and not when nobody watches",
  ),
} satisfies Readonly<Record<keyof AdminLimits, Row>>;

test("every limit has a row", () => {
  expect(Object.keys(LIMITS)).toEqual(Object.keys(DEFAULT_ADMIN_LIMITS));
});

testRows(LIMITS);
