// Watchers that are slow, gone, too many, or back again: none costs the peer more than its place.

import { get, type IncomingMessage } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Code, ConnectError } from "@connectrpc/connect";
import type { Peer } from "gossip";
import type { Admin } from "gossip/admin";
import { expect, onTestFinished, test } from "vitest";
import { EventType, type WatchMembersResponse } from "../../src/gen/gossip/admin/v1/admin_pb.js";
import { eventually } from "../support/eventually.js";
import { clientOf, firstOf, rename, startAgent } from "./clients.js";

/** Each update is so large that what the system buffers holds a few hundred of them at most. */
const FILLER = "x".repeat(60_000);
const UPDATES = 500;

test("a watcher of members that does not read is told the latest state, not each one before", async () => {
  const { peer, admin } = await startAgent();
  const watcher = await openWithoutReading(admin, "/v1/members/watch");
  await update(peer);
  const last = `update ${UPDATES - 1}`;
  const lines = await readUntil(watcher, (line) => line.includes(last));
  expect(lines.length).toBeLessThan(UPDATES / 2);
});

test("a watcher of events that does not read is told how many it missed", async () => {
  const { peer, admin } = await startAgent({}, { limits: { maxLoggedEvents: 10 } });
  const watcher = await openWithoutReading(admin, "/v1/events");
  await update(peer);
  const last = `update ${UPDATES - 1}`;
  const lines = await readUntil(watcher, (line) => line.includes(last));
  const events = lines.map((line) => (JSON.parse(line) as { event: { dropped?: number } }).event);
  const dropped = events.reduce((sum, event) => sum + (event.dropped ?? 0), 0);
  const told = events.filter((event) => event.dropped === undefined).length;
  expect(dropped).toBeGreaterThan(0);
  expect(dropped + told).toBe(UPDATES);
});

test("a watcher by gRPC that does not read catches up as well", async () => {
  const { peer, admin } = await startAgent();
  const stream = clientOf(admin).watchMembers({})[Symbol.asyncIterator]();
  await stream.next();
  await update(peer);
  let told = 0;
  for (let next = await stream.next(); next.done !== true; next = await stream.next()) {
    told += 1;
    if (nameIn(next.value) === `update ${UPDATES - 1}`) break;
  }
  expect(told).toBeLessThan(UPDATES / 2);
  await stream.return?.();
});

test("a watcher that is gone gives its place to another, also where it did not read", async () => {
  const { peer, admin } = await startAgent({}, { limits: { maxWatchers: 1 } });
  const gone = await openWithoutReading(admin, "/v1/members/watch");
  await update(peer);
  const client = clientOf(admin);
  const refused = await firstOf((options) => client.watchEvents({ latest: 1 }, options)).catch(
    ConnectError.from,
  );
  expect(refused).toMatchObject({ code: Code.ResourceExhausted });
  expect((await fetch(`${admin.url}/v1/events`)).status).toBe(429);
  gone.destroy();
  await eventually(() => firstOf((options) => client.watchEvents({ latest: 1 }, options)));
});

test("a watcher of members that comes back is told what changed meanwhile, and nothing else", async () => {
  const { peer, admin } = await startAgent({ name: "a" });
  const client = clientOf(admin);
  const { cursor } = await firstOf((options) => client.watchMembers({}, options));
  peer.updateInfo({ name: "b" });
  const back = await firstOf((options) => client.watchMembers({ cursor }, options));
  expect(back.kind).toMatchObject({ case: "changes", value: { removed: [] } });
  expect(nameIn(back)).toBe("b");
});

test("a watcher of members that comes back too late is told the whole list", async () => {
  const { peer, admin } = await startAgent({}, { limits: { maxLoggedChanges: 2 } });
  const client = clientOf(admin);
  const { cursor } = await firstOf((options) => client.watchMembers({}, options));
  for (let index = 0; index < 4; index += 1) await rename(peer, admin, `name ${index}`);
  const back = await firstOf((options) => client.watchMembers({ cursor }, options));
  expect(back.kind).toMatchObject({ case: "snapshot", value: { first: true, last: true } });
  expect(nameIn(back)).toBe("name 3");
});

test.each(["", "nonsense", "abc.1", "9".repeat(100)])(
  "a watcher of members with the cursor %j is told the whole list",
  async (cursor) => {
    const { admin } = await startAgent();
    const first = await firstOf((options) => clientOf(admin).watchMembers({ cursor }, options));
    expect(first.kind.case).toBe("snapshot");
  },
);

test("a watcher of events that comes back is told what it missed, or how much of it is gone", async () => {
  const { peer, admin } = await startAgent({}, { limits: { maxLoggedEvents: 2 } });
  const client = clientOf(admin);
  await rename(peer, admin, "a");
  const { cursor } = await firstOf((options) => client.watchEvents({ latest: 1 }, options));
  await rename(peer, admin, "b");
  const next = await firstOf((options) => client.watchEvents({ cursor }, options));
  expect(next.event?.member?.info?.name).toBe("b");
  for (const name of ["c", "d", "e", "f"]) await rename(peer, admin, name);
  const late = await firstOf((options) => client.watchEvents({ cursor }, options));
  expect(late.event?.type).toBe(EventType.DROPPED);
  expect(late.event?.dropped).toBeGreaterThan(0);
  const foreign = await firstOf((options) => client.watchEvents({ cursor: "abc.1" }, options));
  expect(foreign.event).toMatchObject({ type: EventType.DROPPED, dropped: 0 });
});

test("who has watched costs nothing more once it is gone", async () => {
  const { admin } = await startAgent({}, { limits: { maxWatchers: 1 } });
  const client = clientOf(admin);
  for (let round = 0; round < 20; round += 1) {
    await eventually(() => firstOf((options) => client.watchMembers({}, options)));
  }
});

async function update(peer: Peer): Promise<void> {
  for (let index = 0; index < UPDATES; index += 1) {
    peer.updateInfo({ name: `update ${index}`, metadata: { filler: FILLER } });
    await nextTurn();
  }
}

function nameIn({ kind }: WatchMembersResponse): string | undefined {
  return kind.value?.members[0]?.info?.name;
}

/** A stream whose first bytes are on their way, and of which nothing is read. */
function openWithoutReading({ url }: Admin, path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = get(url + path, { agent: false }, (response) => {
      response.on("error", () => {});
      resolve(response);
    });
    request.once("error", reject);
    onTestFinished(() => {
      request.destroy();
    });
  });
}

/** Reads line by line, until one is what is waited for. */
async function readUntil(
  response: IncomingMessage,
  isLast: (line: string) => boolean,
): Promise<string[]> {
  const lines: string[] = [];
  let rest = "";
  for await (const chunk of response.setEncoding("utf8")) {
    const parts = (rest + String(chunk)).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
    if (parts.some(isLast)) return lines;
  }
  throw new Error("the stream ended before");
}
