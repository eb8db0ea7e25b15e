// The stream of events: what it tells, to how many, and what it does with a slow reader.

import type { Peer, PeerEvent } from "gossip";
import { expect, test } from "vitest";
import { EventLog } from "../support/event-log.js";
import { eventually } from "../support/eventually.js";
import { forEachFailureDetection, restartPeer, startCluster, startPeer } from "../support/peers.js";

forEachFailureDetection(() => {
  test("a member's life is told in order: joined, updated, failed, joined again, left", async () => {
    const peer0 = await startPeer({ name: "peer0" });
    const log = new EventLog(peer0);
    const peer1 = await startPeer({ name: "peer1", seeds: [peer0.address] });
    await log.waitFor("member-joined peer1");
    peer1.updateInfo({ name: "renamed" });
    await log.waitFor("member-updated renamed");
    await peer1.stop();
    await log.waitFor("member-failed renamed");
    const again = await restartPeer(peer1.address, { name: "again", seeds: [peer0.address] });
    await log.waitFor("member-joined again");
    await again.leave();
    await log.waitFor("member-left again");

    expect(log.lines).toEqual([
      "member-joined peer1",
      "member-updated renamed",
      "member-failed renamed",
      "member-joined again",
      "member-left again",
    ]);
  });

  test("an event shows the member as it was at that moment", async () => {
    const peer0 = await startPeer({ name: "peer0" });
    const log = new EventLog(peer0);
    const peer1 = await startPeer({ name: "peer1", seeds: [peer0.address] });
    const joined = await log.waitFor("member-joined peer1");
    await peer1.stop();
    await log.waitFor("member-failed peer1");
    expect(joined).toMatchObject({
      member: { address: peer1.address, info: { name: "peer1" }, status: "live" },
    });
  });

  test("a peer's own updates are told to its own readers, and its start is not", async () => {
    const peer = await startPeer({ name: "old" });
    const log = new EventLog(peer);
    peer.updateInfo({ name: "new" });
    await log.waitFor("member-updated new");
    expect(log.lines).toEqual(["member-updated new"]);
  });

  test("only what happens from now on is told", async () => {
    const [peer0] = await startCluster(3);
    const log = new EventLog(peer0);
    peer0.updateInfo({ name: "a later event" });
    await log.waitFor("member-updated a later event");
    expect(log.lines).toHaveLength(1);
  });

  test("each of several readers gets every event, and one that breaks off disturbs nobody", async () => {
    const peer = await startPeer();
    const [first, second] = [new EventLog(peer), new EventLog(peer)];
    const brief = readUntil(peer, "update 1");
    updateTimes(peer, 3);

    const all = ["member-updated update 0", "member-updated update 1", "member-updated update 2"];
    await eventually(() => expect(first.lines).toEqual(all));
    await eventually(() => expect(second.lines).toEqual(all));
    expect(await brief).toEqual(["update 0", "update 1"]);
  });

  test("a reader that is too slow loses the oldest events, and is told how many", async () => {
    const peer = await startPeer({ limits: { maxQueuedEvents: 3 } });
    const slow = peer.events();
    const prompt = new EventLog(peer);
    // One at a time, so that the prompt reader keeps up.
    for (let index = 0; index < 10; index += 1) {
      peer.updateInfo({ name: `update ${index}` });
      await prompt.waitFor(`member-updated update ${index}`);
    }

    expect((await slow.next()).value).toEqual({ type: "events-dropped", count: 7 });
    for (const name of ["update 7", "update 8", "update 9"]) {
      expect((await slow.next()).value).toMatchObject({
        type: "member-updated",
        member: { info: { name } },
      });
    }
    expect(peer.stats().eventsDropped).toBe(7);
    expect(prompt.events).toHaveLength(10);
    // From here on it keeps up.
    peer.updateInfo({ name: "next" });
    expect((await slow.next()).value).toMatchObject({ member: { info: { name: "next" } } });
  });

  test.each(["stop", "leave"] as const)(
    "at %s readers get what still waits, then the end",
    async (end) => {
      const peer = await startPeer();
      const late = peer.events();
      const waiting = peer.events().next();
      peer.updateInfo({ name: "last words" });
      await peer[end]();

      expect(await waiting).toMatchObject({ done: false, value: { type: "member-updated" } });
      expect(await late.next()).toMatchObject({ done: false, value: { type: "member-updated" } });
      expect(await late.next()).toEqual({ done: true, value: undefined });
      expect(await late.next()).toEqual({ done: true, value: undefined });
    },
  );

  test("a reader that waits is freed by stop", async () => {
    const peer = await startPeer();
    const events = peer.events();
    const waiting = Promise.all([events.next(), events.next()]);
    await peer.stop();
    expect(await waiting).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
  });

  test("a reader that broke off gets nothing more, and drops nothing", async () => {
    const peer = await startPeer({ limits: { maxQueuedEvents: 1 } });
    const events = peer.events();
    updateTimes(peer, 1);
    for await (const _ of events) break;
    updateTimes(peer, 5);
    expect(await events.next()).toEqual({ done: true, value: undefined });
    expect(peer.stats().eventsDropped).toBe(0);
  });
});

async function readUntil(peer: Peer, name: string): Promise<string[]> {
  const names: string[] = [];
  for await (const event of peer.events()) {
    names.push(nameIn(event));
    if (nameIn(event) === name) break;
  }
  return names;
}

function nameIn(event: PeerEvent): string {
  return event.type === "events-dropped" ? event.type : event.member.info.name;
}

function updateTimes(peer: Peer, count: number): void {
  for (let index = 0; index < count; index += 1) peer.updateInfo({ name: `update ${index}` });
}
