// What two calls at once, an alias, a ping alone and a burst of writes must not lead to: cases that
// each needed a rule of its own in the core.

import { expect, test } from "vitest";
import { LoneCore, record } from "../../test/support/lone-core.js";

const ALICE = "10.0.0.2:7946";
const V = 60_000_000;

test("a relayed deletion that the member has outlived by a ping is not brought up when it fails later", () => {
  const peer = new LoneCore({ timing: { pingPeriodMs: 3_600_000 } });
  peer.meet(record(ALICE, 0, "a busy original"));
  peer.advance(1_000);
  peer.ask(record(ALICE, 1, "a busy original", true));
  peer.timeOut(ALICE);
  peer.pong(ALICE);
  expect(peer.statusOf(ALICE)).toBe("live");
  peer.behave(ALICE, "refuses");
  peer.advance(2 * 3_600_000);
  expect(peer.statusOf(ALICE)).toBe("failed");
});

test("a member that answers as live a call from before it said that it leaves has left when it fails", () => {
  const peer = new LoneCore();
  peer.meet(record(ALICE, V, "alice"));
  peer.advance(1_000);
  const begunBefore = peer.exchangeWith(ALICE);
  peer.ask(record(ALICE, V + 1, "alice", true));
  peer.core.handle(
    {
      type: "exchange-answer",
      callId: begunBefore.callId,
      records: [record(ALICE, V, "alice"), peer.self],
      complete: true,
    },
    peer.now,
  );
  expect(peer.statusOf(ALICE)).toBe("live");
  peer.behave(ALICE, "refuses");
  peer.advance(60_000);
  expect(peer.statusOf(ALICE)).toBe("left");
});

test("so has one whose ping follows a failed call from before it said that it leaves", () => {
  const peer = new LoneCore();
  peer.meet(record(ALICE, V, "alice"));
  peer.advance(1_000);
  peer.refuse(ALICE);
  peer.ask(record(ALICE, V + 1, "alice", true));
  const ping = peer.callsTo(ALICE).find((call) => call.type === "call-ping");
  peer.core.handle({ type: "pong", callId: ping?.callId ?? 0 }, peer.now);
  expect(peer.statusOf(ALICE)).toBe("live");
  peer.behave(ALICE, "refuses");
  peer.advance(60_000);
  expect(peer.statusOf(ALICE)).toBe("left");
});

test("one that answers a call from after it was said to leave has outlived that", () => {
  const peer = new LoneCore();
  peer.meet(record(ALICE, V, "alice"));
  peer.ask(record(ALICE, V + 1, "alice", true));
  peer.behave(ALICE, () => [record(ALICE, V, "alice"), peer.self]);
  peer.advance(60_000);
  peer.behave(ALICE, "refuses");
  peer.advance(60_000);
  expect(peer.statusOf(ALICE)).toBe("failed");
});

test("a call that began before the member last answered says nothing when it fails", () => {
  const peer = new LoneCore();
  peer.ask(record(ALICE, V, "alice"));
  peer.core.addSeed(ALICE, peer.now);
  peer.settle();
  const [dial, seed] = peer.callsTo(ALICE);
  if (dial === undefined || seed === undefined) throw new Error("two calls");
  // The dial is silent; meanwhile the peer starts, and answers the seed call that began later.
  peer.core.handle(
    { type: "call-failed", callId: dial.callId, timedOut: true, reason: "x" },
    peer.now,
  );
  peer.settle();
  const ping = peer.callsTo(ALICE).find((call) => call.type === "call-ping");
  peer.core.handle(
    {
      type: "exchange-answer",
      callId: seed.callId,
      records: [record(ALICE, V, "alice"), peer.self],
      complete: true,
    },
    peer.now + 500,
  );
  peer.core.handle(
    { type: "call-failed", callId: ping?.callId ?? 0, timedOut: true, reason: "x" },
    peer.now + 1_000,
  );
  expect(peer.statusOf(ALICE)).toBe("live");
});

test("a seed that is an alias of an original is not sent that original's own record", () => {
  const peer = new LoneCore();
  peer.meet(record(ALICE, 7, "before its restart"));
  peer.core.addSeed("alias.of.alice:7946", peer.now);
  peer.settle();
  peer.resolve("alias.of.alice:7946", "127.0.0.1:7946");
  expect(peer.exchangeWith("127.0.0.1:7946").records.map((each) => each.address)).not.toContain(
    ALICE,
  );
});

test("a leave heard of within half a second of the join is noticed before the next turn", () => {
  const peer = new LoneCore({ timing: { pingPeriodMs: 3_600_000 } });
  peer.meet(record(ALICE, V, "alice"));
  peer.behave(ALICE, "refuses");
  peer.ask(record(ALICE, V + 1, "alice", true));
  peer.advance(60_000);
  expect(peer.statusOf(ALICE)).toBe("left");
});

test("unlisted rises also after many updates in a short time", () => {
  const peer = new LoneCore({ version: V });
  for (let i = 0; i < 100; i += 1) peer.core.updateInfo({ name: `${i}` });
  peer.ask(record(ALICE, 0));
  peer.answer(ALICE, [record(ALICE, 0)]);
  expect(peer.self.version).toBe(V + 102);
});
