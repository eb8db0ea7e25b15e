// The rules by which a peer lives with others, originals among them: one core with made-up time and
// seeded chance, against a script of what the others say and do.

import { describe, expect, test } from "vitest";
import { LoneCore, record } from "../../test/support/lone-core.js";
import { DEFAULT_LIMITS } from "./limits.js";
import type { PeerRecord } from "./record.js";
import { DEFAULT_TIMING } from "./timing.js";

const ALICE = "10.0.0.2:7946";
const BOB = "10.0.0.3:7946";
const CAROL = "10.0.0.4:7946";
/** Peers of this project count from the seconds since 2024, originals from 0. */
const V = 60_000_000;
const MAX_INT32 = 2 ** 31 - 1;
const { maxVersion, maxVersionJump, maxVersionLead } = DEFAULT_LIMITS;
const { pingPeriodMs, reconnectPeriodMs, goneRetentionMs, leaveTimeoutMs } = DEFAULT_TIMING;
const LONG_PERIOD_MS = 3_600_000;

function addressesOf(records: readonly PeerRecord[]): string[] {
  return records.map((each) => each.address).sort();
}

function manyAddresses(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `10.9.0.1:${index + 1}`);
}

/** Knows somebody for a while, and nothing else happens for long. */
function knowing(member: PeerRecord): LoneCore {
  const peer = new LoneCore({ timing: { pingPeriodMs: LONG_PERIOD_MS } });
  peer.meet(member);
  // An address that has just been dialled rests.
  peer.advance(1_000);
  return peer;
}

describe("it sends only members that have answered it", () => {
  test("at first only itself", () => {
    const peer = new LoneCore();
    expect(peer.ask()).toEqual([peer.self]);
  });

  test("not an address that it has only heard of", () => {
    const peer = new LoneCore();
    peer.meet(record(ALICE, V));
    const answer = peer.ask(record(BOB, V));
    expect(addressesOf(answer)).toEqual(addressesOf([peer.self, record(ALICE, V)]));
    peer.advance(pingPeriodMs);
    expect(addressesOf(peer.exchangeWith(ALICE).records)).toEqual([peer.address]);
  });

  test("an address from the moment that it answered", () => {
    const peer = new LoneCore();
    peer.meet(record(ALICE, V, "alice"));
    peer.meet(record(BOB, V, "bob"));
    const expected = [peer.self, record(ALICE, V, "alice"), record(BOB, V, "bob")];
    expect(peer.ask()).toEqual(expected);
  });

  test("not a member that has failed", () => {
    const peer = new LoneCore();
    peer.meet(record(ALICE, V));
    peer.meet(record(BOB, V));
    peer.behave(ALICE, "refuses");
    peer.behave(BOB, () => [record(BOB, V), peer.self]);
    peer.advance(3 * pingPeriodMs);
    expect(peer.statusOf(ALICE)).toBe("failed");
    expect(addressesOf(peer.ask())).toEqual(addressesOf([peer.self, record(BOB, V)]));
    expect(addressesOf(peer.exchanges.at(-1)?.records ?? [])).not.toContain(ALICE);
  });
});

describe("it sends no address a record of itself that the address did not write", () => {
  test("no exchange that it begins brings the other its own record", () => {
    const peer = new LoneCore();
    for (const address of [ALICE, BOB, CAROL]) {
      peer.meet(record(address, V));
      peer.behave(address, () => [record(address, V), peer.self]);
    }
    peer.core.addSeed(ALICE, peer.now);
    // A reason to dial a member: a name that it did not write.
    peer.ask(record(BOB, V, "forged"));
    peer.advance(20 * pingPeriodMs);
    expect(peer.exchanges.length).toBeGreaterThan(20);
    for (const { address, records } of peer.exchanges) {
      expect(addressesOf(records)).not.toContain(address);
      if (address === CAROL) {
        expect(addressesOf(records)).toEqual(
          addressesOf([peer.self, record(ALICE, V), record(BOB, V)]),
        );
      }
    }
  });

  test("its answer withholds what an original that started anew would take for its own", () => {
    const peer = new LoneCore();
    peer.meet(record(ALICE, 3, "before its restart"));
    peer.meet(record(BOB, 5, "another original"));
    const answer = peer.ask(record(ALICE, 0), record(BOB, 5, "another original"));
    expect(addressesOf(answer)).toEqual(addressesOf([peer.self, record(BOB, 5)]));
  });

  test("its answer withholds nothing that an original holds already", () => {
    const peer = new LoneCore();
    peer.meet(record(ALICE, 3, "original"));
    expect(addressesOf(peer.ask(record(ALICE, 3, "original")))).toContain(ALICE);
    expect(addressesOf(peer.ask(record(ALICE, 4, "renamed")))).toContain(ALICE);
  });

  test("its answer tells a peer of its own kind what is said of it, since that one can refute", () => {
    const peer = new LoneCore();
    peer.meet(record(ALICE, V + 10, "before its restart"));
    expect(addressesOf(peer.ask(record(ALICE, V)))).toContain(ALICE);
  });
});

describe("it sends no deleted record", () => {
  test("of anybody, whatever it was told", () => {
    const peer = new LoneCore();
    for (const address of [ALICE, BOB, CAROL]) peer.meet(record(address, V));
    peer.behave(ALICE, "refuses");
    peer.behave(BOB, () => [record(BOB, V + 2), peer.self]);
    peer.behave(CAROL, () => [record(CAROL, V + 1, "", true)]);
    const deletions = [ALICE, BOB, CAROL, "10.0.0.9:7946"].map((address) =>
      record(address, V + 1, "", true),
    );
    const answers = [peer.ask(...deletions)];
    for (let period = 0; period < 10; period += 1) {
      peer.advance(pingPeriodMs);
      answers.push(peer.ask(...deletions));
    }
    const sent = [...answers, ...peer.exchanges.map((call) => call.records)].flat();
    expect(sent.filter((each) => each.deleted)).toEqual([]);
    expect(addressesOf(peer.ask())).toEqual(addressesOf([peer.self, record(BOB, V)]));
  });

  test("but its own when it leaves", () => {
    const peer = new LoneCore({ version: V, name: "me" });
    peer.meet(record(ALICE, V));
    peer.core.leave(peer.now);
    peer.settle();
    expect(peer.exchangeWith(ALICE).records).toEqual([record(peer.address, V + 1, "me", true)]);
    expect(peer.ask()).toContainEqual(record(peer.address, V + 1, "me", true));
  });
});

describe("its own version", () => {
  test("is at first the one that it was started with", () => {
    const peer = new LoneCore({ version: V, name: "me" });
    expect(peer.ask()).toEqual([record(peer.address, V, "me")]);
  });

  test("rises with each update, which the next exchanges carry", () => {
    const peer = new LoneCore({ version: V });
    peer.core.updateInfo({ name: "new" });
    expect(peer.ask()).toEqual([record(peer.address, V + 1, "new")]);
    expect(peer.core.self).toMatchObject({ info: { name: "new" }, version: V + 1 });
  });

  test("rises above what a caller says of it", () => {
    const peer = new LoneCore({ version: V, name: "me" });
    expect(peer.ask(record(peer.address, V + 7, "forged"))).toEqual([
      record(peer.address, V + 8, "me"),
    ]);
    expect(peer.core.counters.refutations).toBe(1);
  });

  test("rises above a deletion that an answer brings", () => {
    const peer = new LoneCore({ version: V, name: "me" });
    peer.ask(record(ALICE, V));
    peer.answer(ALICE, [record(ALICE, V), record(peer.address, V + 1, "me", true)]);
    expect(peer.self).toEqual(record(peer.address, V + 2, "me"));
  });

  test("stays when others say what it says itself, or what is older", () => {
    const peer = new LoneCore({ version: V, name: "me" });
    peer.ask(record(peer.address, V, "me"), record(peer.address, V - 1, "older", true));
    expect(peer.self.version).toBe(V);
    expect(peer.core.counters.refutations).toBe(0);
  });

  test.each([maxVersion + 1, MAX_INT32])("does not follow a forged version of %d", (forged) => {
    const peer = new LoneCore({ version: V });
    peer.ask(record(peer.address, forged), record(peer.address, forged, "", true));
    expect(peer.self.version).toBe(V);
    expect(peer.rejected("version-out-of-range")).toBe(2);
    peer.core.updateInfo({ name: "still free to write" });
    expect(peer.self).toEqual(record(peer.address, V + 1, "still free to write"));
  });

  test("rises by 2 when an answer does not list it: an original has deleted it", () => {
    const peer = new LoneCore({ version: V });
    peer.ask(record(ALICE, 0));
    peer.answer(ALICE, [record(ALICE, 0), record(BOB, 0)]);
    expect(peer.self.version).toBe(V + 2);
  });

  test("stays when the answer lists it", () => {
    const peer = new LoneCore({ version: V });
    peer.meet(record(ALICE, 0));
    expect(peer.self.version).toBe(V);
  });

  test("stays when part of the answer was dropped, since it may have been listed there", () => {
    const peer = new LoneCore({ version: V });
    peer.ask(record(ALICE, 0));
    peer.answer(ALICE, [record(ALICE, 0)], false);
    expect(peer.self.version).toBe(V);
  });

  test("stays when the answer does not even list the one that gave it", () => {
    const peer = new LoneCore({ version: V });
    peer.ask(record(ALICE, 0));
    peer.answer(ALICE, [record(BOB, 0)]);
    expect(peer.self.version).toBe(V);
  });

  test("does not run ahead of the clock where it is never listed", () => {
    const peer = new LoneCore({ version: V });
    peer.behave(ALICE, () => [record(ALICE, 0)]);
    peer.ask(record(ALICE, 0));
    const seconds = 1_000;
    peer.advance(seconds * 1_000);
    expect(peer.dialsOf(ALICE)).toBeGreaterThanOrEqual(seconds);
    expect(peer.self.version).toBeGreaterThan(V + seconds);
    expect(peer.self.version).toBeLessThanOrEqual(V + seconds + maxVersionLead);
  });
});

describe("immediate failure detection", () => {
  test("a member that refuses an exchange and then a ping has failed at once", () => {
    const peer = new LoneCore();
    peer.meet(record(ALICE, V, "alice"));
    peer.advance(pingPeriodMs);
    peer.refuse(ALICE);
    expect(peer.statusOf(ALICE)).toBe("live");
    peer.refuse(ALICE);
    expect(peer.statusOf(ALICE)).toBe("failed");
    expect(peer.listed()).toEqual([]);
    expect(peer.events.at(-1)).toEqual({
      type: "member-failed",
      member: { address: ALICE, info: { name: "alice" }, status: "failed", version: V },
      reason: "connection refused",
    });
  });

  test("an exchange that times out is judged by a ping: one that answers it has not failed", () => {
    const peer = new LoneCore();
    peer.meet(record(ALICE, 0, "an original that pings someone silent"));
    peer.behave(ALICE, "only pongs");
    peer.advance(60 * pingPeriodMs);
    expect(peer.statusOf(ALICE)).toBe("live");
    expect(peer.core.counters.pingsAnswered).toBeGreaterThanOrEqual(59);
    // The ping was contact, so that others have their turn too.
    peer.meet(record(BOB, V));
    peer.behave(BOB, () => [record(BOB, V), peer.self]);
    const before = peer.dialsOf(BOB);
    peer.advance(10 * pingPeriodMs);
    expect(peer.dialsOf(BOB)).toBe(before + 5);
  });

  test("one that answers neither has failed", () => {
    const peer = new LoneCore();
    peer.meet(record(ALICE, V));
    peer.advance(pingPeriodMs);
    peer.timeOut(ALICE);
    peer.timeOut(ALICE);
    expect(peer.statusOf(ALICE)).toBe("failed");
    expect(peer.core.counters).toMatchObject({
      exchangesFailed: 1,
      pingsStarted: 1,
      pingsFailed: 1,
      pingsAnswered: 0,
    });
  });

  test("a failure tells nothing of the other members", () => {
    const peer = new LoneCore();
    peer.meet(record(ALICE, V));
    peer.meet(record(BOB, V));
    peer.behave(ALICE, "refuses");
    peer.behave(BOB, () => [record(BOB, V), peer.self]);
    peer.advance(10 * pingPeriodMs);
    expect(addressesOf(peer.listed())).toEqual([BOB]);
  });
});

describe("an address that others relay", () => {
  test("is dialled, and listed once it answered, as it describes itself", () => {
    const peer = new LoneCore();
    peer.ask(record(ALICE, V, "what others say"));
    expect(peer.listed()).toEqual([]);
    expect(peer.core.sizes.live).toBe(1);
    peer.answer(ALICE, [record(ALICE, V + 1, "alice"), peer.self]);
    expect(peer.listed()).toEqual([record(ALICE, V + 1, "alice")]);
    expect(peer.events).toEqual([
      {
        type: "member-joined",
        member: { address: ALICE, info: { name: "alice" }, status: "live", version: V + 1 },
      },
    ]);
  });

  test("is found in the answers of members as well", () => {
    const peer = new LoneCore();
    peer.meet(record(ALICE, V), record(BOB, V, "bob"));
    expect(peer.member(BOB)).toBeUndefined();
    peer.answer(BOB, [record(BOB, V, "bob"), peer.self]);
    expect(peer.member(BOB)).toEqual(record(BOB, V, "bob"));
  });

  test.each(["refuses", "is silent"] as const)("that %s is never listed", (behaviour) => {
    const peer = new LoneCore();
    peer.behave(ALICE, behaviour);
    for (let minute = 0; minute < 10; minute += 1) {
      peer.ask(record(ALICE, V + minute));
      peer.advance(60_000);
    }
    expect(peer.statusOf(ALICE)).toBeUndefined();
    expect(peer.events).toEqual([]);
    expect(peer.core.sizes).toMatchObject({ live: 1, gone: 0, candidates: 0, calls: 0 });
  });

  test("that answers a ping only is listed as others describe it: it may be busy", () => {
    const peer = new LoneCore();
    peer.ask(record(ALICE, 3, "older"));
    peer.ask(record(ALICE, 4, "newer"));
    peer.ask(record(ALICE, 2, "oldest"));
    peer.timeOut(ALICE);
    peer.pong(ALICE);
    expect(peer.listed()).toEqual([record(ALICE, 4, "newer")]);
  });

  test("that refuses is not pinged as well: nobody is there", () => {
    const peer = new LoneCore();
    peer.ask(record(ALICE, V));
    peer.refuse(ALICE);
    expect(peer.callsTo(ALICE)).toEqual([]);
    expect(peer.core.counters.pingsStarted).toBe(0);
  });

  test("as deleted is not even dialled", () => {
    const peer = new LoneCore();
    peer.ask(record(ALICE, V, "", true));
    peer.advance(60_000);
    expect(peer.exchanges).toEqual([]);
  });

  test("is dialled ever more rarely when it does not answer, and never more than once at a time", () => {
    const peer = new LoneCore();
    peer.ask(record(ALICE, V));
    peer.ask(record(ALICE, V));
    expect(peer.callsTo(ALICE).length).toBe(1);
    peer.behave(ALICE, "refuses");
    for (let second = 0; second < 3_600; second += 1) {
      peer.ask(record(ALICE, V));
      peer.advance(1_000);
    }
    // The longest back-off is a minute, and half of it when chance wants it so.
    expect(peer.dialsOf(ALICE)).toBeLessThanOrEqual(125);
    expect(peer.dialsOf(ALICE)).toBeGreaterThanOrEqual(60);
  });
});

describe("what a member says of itself when it is dialled is true", () => {
  test("whatever version was held before", () => {
    const peer = new LoneCore();
    peer.meet(record(ALICE, 7, "before its restart"));
    peer.behave(ALICE, () => [record(ALICE, 0, "after its restart"), peer.self]);
    peer.advance(pingPeriodMs);
    expect(peer.listed()).toEqual([record(ALICE, 0, "after its restart")]);
    expect(peer.events.at(-1)).toMatchObject({ type: "member-updated" });
  });

  test("but nothing that comes by a call of another is first-hand", () => {
    const peer = new LoneCore();
    peer.meet(record(ALICE, 7, "alice"));
    peer.ask(record(ALICE, 0, "older"), record(ALICE, 7, "forged"));
    expect(peer.listed()).toEqual([record(ALICE, 7, "alice")]);
  });

  function fallen(): LoneCore {
    const peer = new LoneCore();
    peer.meet(record(ALICE, 7, "before"));
    peer.advance(pingPeriodMs);
    peer.answer(ALICE, [record(ALICE, 0, "after"), peer.self]);
    return peer;
  }

  test.each([1, 6, 7])(
    "after a fall from 7 to 0, a relayed version %d is only a reason to dial it",
    (version) => {
      const peer = fallen();
      const before = peer.dialsOf(ALICE);
      peer.ask(record(ALICE, version, "relayed"));
      expect(peer.member(ALICE)).toEqual(record(ALICE, 0, "after"));
      expect(peer.dialsOf(ALICE)).toBe(before + 1);
      peer.answer(ALICE, [record(ALICE, 1, "its own update"), peer.self]);
      expect(peer.member(ALICE)).toEqual(record(ALICE, 1, "its own update"));
    },
  );

  test("after a fall from 7 to 0, a relayed version 8 is news", () => {
    const peer = fallen();
    const before = peer.dialsOf(ALICE);
    peer.ask(record(ALICE, 8, "relayed"));
    expect(peer.member(ALICE)).toEqual(record(ALICE, 8, "relayed"));
    expect(peer.dialsOf(ALICE)).toBe(before);
  });

  test("the ceiling outlives a failure in between", () => {
    const peer = new LoneCore();
    peer.meet(record(ALICE, 7, "before"));
    peer.advance(pingPeriodMs);
    peer.refuse(ALICE);
    peer.refuse(ALICE);
    expect(peer.statusOf(ALICE)).toBe("failed");
    peer.ask(record(ALICE, 0, "after"));
    peer.answer(ALICE, [record(ALICE, 0, "after"), peer.self]);
    peer.ask(record(ALICE, 7, "before"));
    expect(peer.member(ALICE)).toEqual(record(ALICE, 0, "after"));
  });

  test("the ceiling is gone once the member itself is above it", () => {
    const peer = fallen();
    peer.ask(record(ALICE, 3, "relayed"));
    peer.answer(ALICE, [record(ALICE, 9, "its own update"), peer.self]);
    peer.ask(record(ALICE, 10, "relayed"));
    expect(peer.member(ALICE)).toEqual(record(ALICE, 10, "relayed"));
  });

  test("what is relayed below the ceiling for ever is a reason to dial it at a bounded rate", () => {
    const peer = fallen();
    peer.behave(ALICE, () => [record(ALICE, 0, "after"), peer.self]);
    const others = (): number =>
      peer.exchanges.filter((call) => call.purpose.type !== "rotation").length;
    const before = others();
    for (let time = 0; time < 36_000; time += 1) {
      peer.ask(record(ALICE, 5, "relayed"));
      peer.advance(100);
    }
    expect(peer.member(ALICE)).toEqual(record(ALICE, 0, "after"));
    expect(others() - before).toBeLessThanOrEqual(130);
    expect(others() - before).toBeGreaterThanOrEqual(60);
  });
});

describe("an absurd version", () => {
  test("of a member is not believed, and a reason to dial it", () => {
    const peer = knowing(record(ALICE, V, "alice"));
    peer.ask(record(ALICE, V + maxVersionJump + 1, "forged"));
    expect(peer.member(ALICE)).toEqual(record(ALICE, V, "alice"));
    expect(peer.rejected("version-jump")).toBe(1);
    peer.answer(ALICE, [record(ALICE, V, "alice"), peer.self]);
    expect(peer.member(ALICE)).toEqual(record(ALICE, V, "alice"));
  });

  test("of a member is true when the member itself says so", () => {
    const peer = knowing(record(ALICE, 5, "an original"));
    peer.ask(record(ALICE, V, "now one of ours"));
    peer.answer(ALICE, [record(ALICE, V, "now one of ours"), peer.self]);
    expect(peer.member(ALICE)).toEqual(record(ALICE, V, "now one of ours"));
  });

  test("within the jump is believed, and the member can outdo it", () => {
    const peer = knowing(record(ALICE, V, "alice"));
    peer.ask(record(ALICE, V + maxVersionJump, "forged"));
    expect(peer.member(ALICE)).toEqual(record(ALICE, V + maxVersionJump, "forged"));
    peer.ask(record(ALICE, V + maxVersionJump + 1, "alice"));
    expect(peer.member(ALICE)).toEqual(record(ALICE, V + maxVersionJump + 1, "alice"));
  });

  test.each([maxVersion + 1, MAX_INT32])("of %d locks no member", (forged) => {
    const peer = knowing(record(ALICE, V, "alice"));
    peer.ask(record(ALICE, forged, "forged"), record(ALICE, forged, "", true));
    expect(peer.member(ALICE)).toEqual(record(ALICE, V, "alice"));
    expect(peer.rejected("version-out-of-range")).toBeGreaterThanOrEqual(1);
    peer.answer(ALICE, [record(ALICE, V, "alice"), peer.self]);
    peer.ask(record(ALICE, V + 1, "renamed"));
    expect(peer.member(ALICE)).toEqual(record(ALICE, V + 1, "renamed"));
  });

  test.each([maxVersion + 1, MAX_INT32])("of %d locks no address that is new to us", (forged) => {
    const peer = new LoneCore();
    peer.ask(record(ALICE, forged, "forged"));
    expect(peer.rejected("version-out-of-range")).toBe(1);
    peer.answer(ALICE, [record(ALICE, V, "alice"), peer.self]);
    expect(peer.member(ALICE)).toEqual(record(ALICE, V, "alice"));
    peer.ask(record(ALICE, V + 1, "renamed"));
    expect(peer.member(ALICE)).toEqual(record(ALICE, V + 1, "renamed"));
  });

  test.each([maxVersion + 1, MAX_INT32])(
    "of %d locks no new address that only answers a ping",
    (forged) => {
      const peer = new LoneCore();
      peer.behave(ALICE, "only pongs");
      peer.ask(record(ALICE, forged, "forged"));
      expect(peer.listed()).toEqual([]);
      for (let second = 0; second < 10; second += 1) {
        peer.advance(1_000);
        peer.ask(record(ALICE, forged, "forged"), record(ALICE, V, "alice"));
      }
      expect(peer.listed()).toEqual([record(ALICE, V, "alice")]);
    },
  );

  test("of a gone member does not bring it back", () => {
    const peer = new LoneCore();
    peer.meet(record(ALICE, V, "alice"));
    peer.behave(ALICE, "refuses");
    peer.advance(pingPeriodMs);
    for (const version of [V + maxVersionJump + 1, MAX_INT32]) peer.ask(record(ALICE, version));
    peer.advance(10_000);
    expect(peer.statusOf(ALICE)).toBe("failed");
  });
});

describe("a relayed deletion", () => {
  test("is believed only after a dial: a member that answers stays", () => {
    const peer = knowing(record(ALICE, V, "alice"));
    peer.ask(record(ALICE, V + 1, "alice", true));
    expect(peer.statusOf(ALICE)).toBe("live");
    peer.answer(ALICE, [record(ALICE, V + 2, "alice"), peer.self]);
    expect(peer.listed()).toEqual([record(ALICE, V + 2, "alice")]);
    expect(peer.events.map((event) => event.type)).toEqual(["member-joined"]);
  });

  test("is believed when the member does not answer: it has left", () => {
    const peer = knowing(record(ALICE, V, "alice"));
    peer.ask(record(ALICE, V + 1, "alice", true));
    peer.refuse(ALICE);
    peer.refuse(ALICE);
    expect(peer.statusOf(ALICE)).toBe("left");
    expect(peer.events.at(-1)).toMatchObject({ type: "member-left", member: { address: ALICE } });
  });

  test("is believed when the member says so itself", () => {
    const peer = knowing(record(ALICE, V, "alice"));
    peer.ask(record(ALICE, V + 1, "alice", true));
    peer.answer(ALICE, [record(ALICE, V + 1, "alice", true), peer.self]);
    expect(peer.statusOf(ALICE)).toBe("left");
  });

  test("that the member has outlived is not brought up when it fails later", () => {
    const peer = knowing(record(ALICE, V, "alice"));
    peer.ask(record(ALICE, V + 1, "alice", true));
    peer.answer(ALICE, [record(ALICE, V + 2, "alice"), peer.self]);
    peer.behave(ALICE, "refuses");
    peer.advance(2 * LONG_PERIOD_MS);
    expect(peer.statusOf(ALICE)).toBe("failed");
  });

  test("that is no newer than what is held is nothing", () => {
    const peer = knowing(record(ALICE, V, "alice"));
    peer.ask(record(ALICE, V, "alice", true), record(ALICE, V - 1, "alice", true));
    expect(peer.callsTo(ALICE)).toEqual([]);
  });

  test("that is repeated for ever is a reason to dial at a bounded rate", () => {
    const peer = knowing(record(ALICE, V, "alice"));
    peer.behave(ALICE, () => [record(ALICE, V, "alice"), peer.self]);
    for (let time = 0; time < 36_000; time += 1) {
      peer.ask(record(ALICE, V + 1, "alice", true));
      peer.advance(100);
    }
    const dials = peer.exchanges.filter((call) => call.purpose.type === "dial");
    expect(dials.length).toBeLessThanOrEqual(130);
    expect(peer.statusOf(ALICE)).toBe("live");
  });
});

describe("a gone member", () => {
  function withGone(behaviour: "refuses" | "is silent" = "refuses"): LoneCore {
    const peer = new LoneCore();
    peer.meet(record(ALICE, V, "alice"));
    peer.behave(ALICE, behaviour);
    peer.advance(pingPeriodMs);
    expect(peer.statusOf(ALICE)).toBe("failed");
    return peer;
  }

  test("is not brought back by what others say", () => {
    const peer = withGone();
    for (let second = 0; second < 60; second += 1) {
      peer.ask(record(ALICE, V + second, "alice"));
      peer.advance(1_000);
    }
    expect(peer.statusOf(ALICE)).toBe("failed");
    expect(peer.listed()).toEqual([]);
  });

  test("comes back on its own word, at whatever version", () => {
    for (const version of [0, V - 1, V, V + 1, MAX_INT32]) {
      const peer = withGone();
      peer.behave(ALICE, () => [record(ALICE, version, "alice is back"), peer.self]);
      peer.advance(10_000);
      expect(peer.listed()).toEqual([record(ALICE, version, "alice is back")]);
      expect(peer.events.map((event) => event.type)).toEqual([
        "member-joined",
        "member-failed",
        "member-joined",
      ]);
    }
  });

  test("comes back though nobody else knows of it, within seconds", () => {
    const peer = withGone();
    peer.advance(600_000);
    peer.behave(ALICE, () => [record(ALICE, V + 600, "alice"), peer.self]);
    peer.advance(5_000 + reconnectPeriodMs);
    expect(peer.statusOf(ALICE)).toBe("live");
  });

  test("comes back at once when others say that it lives, once it has rested", () => {
    // It is not asked by itself, so that only what others say can make the peer dial it.
    const peer = new LoneCore({ timing: { reconnectPeriodMs: LONG_PERIOD_MS } });
    peer.meet(record(ALICE, V, "alice"));
    peer.behave(ALICE, "refuses");
    peer.advance(60_000);
    peer.behave(ALICE, () => [record(ALICE, V + 60, "alice"), peer.self]);
    expect(peer.statusOf(ALICE)).toBe("failed");
    peer.ask(record(ALICE, V + 60, "alice"));
    expect(peer.listed()).toEqual([record(ALICE, V + 60, "alice")]);
  });

  test("that answers only a ping comes back as it was", () => {
    const peer = withGone("is silent");
    peer.behave(ALICE, "only pongs");
    peer.advance(10_000);
    expect(peer.listed()).toEqual([record(ALICE, V, "alice")]);
  });

  test("said to live is a reason to dial it, at a bounded rate", () => {
    const peer = withGone();
    const before = peer.dialsOf(ALICE);
    for (let time = 0; time < 6_000; time += 1) {
      peer.ask(record(ALICE, V + 1, "alice"));
      peer.advance(100);
    }
    const dials = peer.dialsOf(ALICE) - before;
    // In 600 s, with a back-off of 2.5 s to 5 s after the first ones.
    expect(dials).toBeLessThanOrEqual(250);
    expect(dials).toBeGreaterThanOrEqual(110);
  });

  test("is dialled with no word of it too, one of all every 2 s at most", () => {
    const peer = new LoneCore();
    for (const address of manyAddresses(50)) {
      peer.meet(record(address, V));
      peer.behave(address, "refuses");
    }
    peer.advance(60 * pingPeriodMs);
    expect(peer.core.sizes).toMatchObject({ live: 1, gone: 50 });
    const before = peer.exchanges.length;
    peer.advance(200 * reconnectPeriodMs);
    const dialled = peer.exchanges.slice(before);
    expect(dialled.length).toBeLessThanOrEqual(200);
    expect(dialled.length).toBeGreaterThan(150);
    expect(new Set(dialled.map((call) => call.address)).size).toBeGreaterThan(40);
  });

  test("is forgotten after the retention, and not dialled any more", () => {
    const peer = withGone();
    peer.advance(goneRetentionMs - 10_000);
    expect(peer.statusOf(ALICE)).toBe("failed");
    peer.advance(10_000 + reconnectPeriodMs);
    expect(peer.statusOf(ALICE)).toBeUndefined();
    const before = peer.exchanges.length;
    peer.advance(600_000);
    expect(peer.exchanges.length).toBe(before);
  });
});

describe("an alias is never a member", () => {
  test("an address behind which another answers is not listed, and that other is", () => {
    const peer = new LoneCore();
    const alias = "alias.example:7946";
    peer.behave(ALICE, () => [record(ALICE, V, "alice"), peer.self]);
    peer.behave(alias, () => [record(ALICE, V, "alice"), peer.self]);
    peer.ask(record(alias, V, "forged"));
    expect(addressesOf(peer.listed())).toEqual([ALICE]);
    expect(peer.rejected("alias")).toBe(1);
    expect(peer.statusOf(alias)).toBeUndefined();
  });

  test("an alias that is relayed for ever is dialled ever more rarely", () => {
    const peer = new LoneCore();
    const alias = "alias.example:7946";
    peer.behave(alias, () => [record(peer.address, V, "me")]);
    for (let second = 0; second < 3_600; second += 1) {
      peer.ask(record(alias, V));
      peer.advance(1_000);
    }
    expect(peer.dialsOf(alias)).toBeLessThanOrEqual(125);
    expect(peer.listed()).toEqual([]);
  });

  test("a seed given by an alias leads to the member behind it", () => {
    const peer = new LoneCore();
    peer.behave("127.0.0.1:7946", () => [record(ALICE, V, "alice")]);
    peer.behave(ALICE, () => [record(ALICE, V, "alice"), peer.self]);
    peer.core.addSeed("127.0.0.1:7946", peer.now);
    peer.settle();
    expect(addressesOf(peer.listed())).toEqual([ALICE]);
    expect(peer.others).toContainEqual({ type: "seed-answered", seed: "127.0.0.1:7946" });
  });

  test("our own address under another name does not list us twice", () => {
    const peer = new LoneCore({ version: V });
    peer.behave("localhost:7946", () => [peer.self]);
    peer.ask(record("localhost:7946", V));
    expect(peer.core.sizes.live).toBe(1);
    expect(peer.self.version).toBe(V);
  });

  test("a member that no longer lists itself stays: an original may have been told to be deleted", () => {
    const peer = new LoneCore();
    peer.meet(record(ALICE, 3, "an original"));
    peer.behave(ALICE, () => [record(BOB, 0), peer.self]);
    peer.behave(BOB, "refuses");
    peer.advance(10 * pingPeriodMs);
    expect(peer.listed()).toEqual([record(ALICE, 3, "an original")]);
  });
});

describe("what it holds is bounded", () => {
  test("members: what does not fit is counted, and fits when another is gone", () => {
    const peer = new LoneCore({ limits: { maxMembers: 3 } });
    for (const address of [ALICE, BOB, CAROL]) {
      peer.behave(address, () => [record(address, V), peer.self]);
      peer.ask(record(address, V));
    }
    expect(addressesOf(peer.listed())).toEqual([ALICE, BOB]);
    expect(peer.core.sizes.live).toBe(3);
    expect(peer.rejected("members-full")).toBeGreaterThanOrEqual(1);
    peer.behave(ALICE, "refuses");
    peer.advance(2 * pingPeriodMs);
    peer.ask(record(CAROL, V));
    peer.advance(2 * pingPeriodMs);
    expect(addressesOf(peer.listed())).toEqual([BOB, CAROL]);
  });

  test("members: also when all were dialled before there were too many", () => {
    const peer = new LoneCore({ limits: { maxMembers: 3 } });
    const all = manyAddresses(10);
    peer.ask(...all.map((address) => record(address, V)));
    for (const address of all) peer.answer(address, [record(address, V), peer.self]);
    expect(peer.core.sizes.live).toBe(3);
    expect(peer.rejected("members-full")).toBe(8);
  });

  test("candidates: a flood of invented addresses takes no more than its place", () => {
    const peer = new LoneCore({ limits: { maxCandidates: 100, maxDials: 4 } });
    for (let exchange = 0; exchange < 100; exchange += 1) {
      const ports = Array.from({ length: 1_000 }, (_, index) => index + 1);
      peer.ask(...ports.map((port) => record(`invented-${exchange}.example:${port}`, V)));
    }
    expect(peer.core.sizes.candidates).toBe(100);
    expect(peer.core.sizes.calls).toBe(4);
    expect(peer.rejected("candidates-full")).toBe(100 * 1_000 - 100 - 4);
    expect(peer.listed()).toEqual([]);
  });

  test("gone members: the one that went first is forgotten first", () => {
    const peer = new LoneCore({ limits: { maxGoneMembers: 2 } });
    for (const address of [ALICE, BOB, CAROL]) {
      peer.meet(record(address, V));
      peer.behave(address, "refuses");
      peer.advance(pingPeriodMs);
      expect(peer.statusOf(address)).toBe("failed");
    }
    expect(peer.core.sizes.gone).toBe(2);
    expect(peer.statusOf(ALICE)).toBeUndefined();
    expect(peer.statusOf(CAROL)).toBe("failed");
  });

  test("seeds", () => {
    const peer = new LoneCore({ limits: { maxSeeds: 1 } });
    expect(peer.core.addSeed(ALICE, peer.now)).toBe(true);
    expect(peer.core.addSeed(BOB, peer.now)).toBe(false);
    expect(peer.core.sizes.seeds).toBe(1);
  });

  test("exchanges under way: so many members that do not answer hold up nobody else", () => {
    const peer = new LoneCore({ limits: { maxExchanges: 3 } });
    for (const address of manyAddresses(10)) peer.meet(record(address, V));
    peer.advance(60 * pingPeriodMs);
    expect(peer.core.sizes.calls).toBe(3);
    expect(new Set(peer.exchanges.slice(10).map((call) => call.address)).size).toBe(3);
  });
});

describe("the rate of its dials is bounded", () => {
  test("a flood of invented addresses makes it dial no more than the limits allow", () => {
    const limits = { maxDials: 8, maxDialsPerSecond: 20 };
    const peer = new LoneCore({ limits });
    const invented = manyAddresses(5_000);
    for (const address of invented) peer.behave(address, "refuses");
    const startMs = peer.now;
    for (let time = 0; time < 100; time += 1) {
      const part = invented.slice(time * 50, (time + 1) * 50);
      peer.ask(...part.map((address) => record(address, V)));
      peer.advance(100);
    }
    const dials = peer.exchanges.length;
    expect(dials).toBeLessThanOrEqual(20 + 10 * 20);
    expect(dials).toBeGreaterThanOrEqual(200);
    expect(peer.core.counters.dialsStarted).toBe(dials);
    for (let fromMs = startMs; fromMs < peer.now; fromMs += 50) {
      const inSecond = peer.exchanges.filter(
        (call) => call.atMs >= fromMs && call.atMs < fromMs + 1_000,
      );
      expect(inSecond.length).toBeLessThanOrEqual(40);
    }
  });

  test("so many dials are under way at once, and one that ends lets the next begin", () => {
    const peer = new LoneCore({ limits: { maxDials: 3 } });
    peer.ask(...manyAddresses(10).map((address) => record(address, V)));
    expect(peer.core.sizes.calls).toBe(3);
    const [first] = peer.exchanges;
    peer.refuse(first?.address ?? "");
    expect(peer.core.sizes.calls).toBe(3);
    expect(peer.exchanges.length).toBe(4);
  });
});

describe("the rotation", () => {
  test("begins one exchange a period, with the member untouched for longest", () => {
    const peer = new LoneCore();
    const all = manyAddresses(5);
    for (const address of all) {
      peer.meet(record(address, V));
      peer.behave(address, () => [record(address, V), peer.self]);
      peer.advance(1);
    }
    const before = peer.exchanges.length;
    peer.advance(20 * pingPeriodMs);
    const turns = peer.exchanges.slice(before).map((call) => call.address);
    expect(turns.length).toBe(20);
    expect(turns).toEqual([...all, ...all, ...all, ...all]);
    for (const [index, call] of peer.exchanges.slice(before).entries()) {
      const previousMs = peer.exchanges[before + index - 1]?.atMs ?? 0;
      if (index > 0) expect(call.atMs - previousMs).toBeCloseTo(pingPeriodMs, 3);
    }
  });

  test("counts as contact only the answers to its own requests", () => {
    const peer = new LoneCore();
    for (const address of [ALICE, BOB]) {
      peer.meet(record(address, V));
      peer.behave(address, () => [record(address, V), peer.self]);
      peer.advance(1);
    }
    const before = peer.exchanges.length;
    // Alice's turn is first, though she calls all the time.
    for (let time = 0; time < 100; time += 1) peer.ask(record(ALICE, V));
    peer.advance(pingPeriodMs);
    expect(peer.exchanges[before]?.address).toBe(ALICE);
  });

  test("begins at a random moment, so that peers started together do not act together", () => {
    const firstMs = Array.from({ length: 20 }, (_, seed) => new LoneCore({ seed })).map((peer) => {
      const startMs = peer.now;
      peer.meet(record(ALICE, V));
      peer.advance(pingPeriodMs);
      return (peer.exchanges[1]?.atMs ?? Number.NaN) - startMs;
    });
    expect(new Set(firstMs).size).toBe(20);
    expect(Math.min(...firstMs)).toBeLessThan(0.25 * pingPeriodMs);
    expect(Math.max(...firstMs)).toBeGreaterThan(0.75 * pingPeriodMs);
  });

  test("goes on with one exchange after the process stood still, not with all that it missed", () => {
    const peer = new LoneCore();
    peer.meet(record(ALICE, V));
    peer.behave(ALICE, () => [record(ALICE, V), peer.self]);
    const before = peer.exchanges.length;
    peer.now += 3_600_000;
    peer.core.onTimeout(peer.now);
    peer.settle();
    expect(peer.exchanges.length).toBe(before + 1);
    peer.advance(10 * pingPeriodMs);
    expect(peer.exchanges.length).toBe(before + 11);
  });

  test("is quiet without members", () => {
    const peer = new LoneCore();
    peer.advance(600_000);
    expect(peer.exchanges).toEqual([]);
  });
});

describe("seeds", () => {
  test("are dialled for ever, and found however late they come up", () => {
    const peer = new LoneCore();
    peer.behave(ALICE, "refuses");
    peer.core.addSeed(ALICE, peer.now);
    peer.settle();
    expect(peer.others).toContainEqual({
      type: "seed-failed",
      seed: ALICE,
      reason: "connection refused",
    });
    peer.advance(24 * 3_600_000);
    peer.behave(ALICE, () => [record(ALICE, V, "alice"), peer.self]);
    peer.advance(5_000);
    expect(peer.listed()).toEqual([record(ALICE, V, "alice")]);
    const before = peer.dialsOf(ALICE);
    peer.behave(ALICE, "refuses");
    peer.advance(60_000);
    expect(peer.dialsOf(ALICE) - before).toBeGreaterThan(10);
  });

  test("that answer are dialled again now and then, so that a healed split is seen", () => {
    const peer = new LoneCore();
    const alias = "127.0.0.1:7946";
    peer.behave(alias, () => [record(ALICE, V)]);
    peer.behave(ALICE, "refuses");
    peer.core.addSeed(alias, peer.now);
    peer.settle();
    peer.advance(600_000);
    expect(peer.dialsOf(alias)).toBeGreaterThanOrEqual(16);
    expect(peer.dialsOf(alias)).toBeLessThanOrEqual(28);
  });

  test("by name are looked up anew at each try, and every address is dialled", () => {
    const peer = new LoneCore();
    for (const address of [ALICE, BOB]) {
      peer.behave(address, () => [record(address, V), peer.self]);
    }
    peer.core.addSeed("gossip.example:7946", peer.now);
    peer.settle();
    expect(peer.others).toEqual([{ type: "lookup-seed", seed: "gossip.example:7946" }]);
    peer.resolve("gossip.example:7946", ALICE, BOB);
    expect(addressesOf(peer.listed())).toEqual([ALICE, BOB]);
    peer.advance(60_000);
    expect(peer.others.filter((effect) => effect.type === "lookup-seed").length).toBe(2);
  });

  test("by a name that is not found are tried again", () => {
    const peer = new LoneCore();
    peer.core.addSeed("gossip.example:7946", peer.now);
    peer.settle();
    peer.resolve("gossip.example:7946");
    expect(peer.others.at(-1)).toEqual({
      type: "seed-failed",
      seed: "gossip.example:7946",
      reason: "no such name",
    });
    peer.advance(5_000);
    expect(peer.others.at(-1)).toEqual({ type: "lookup-seed", seed: "gossip.example:7946" });
  });

  test("by a name with very many addresses are dialled at so many", () => {
    const peer = new LoneCore({ limits: { maxAddressesPerSeed: 5, maxDials: 2 } });
    peer.core.addSeed("gossip.example:7946", peer.now);
    peer.settle();
    peer.resolve("gossip.example:7946", ...manyAddresses(100));
    expect(peer.core.sizes.calls).toBe(2);
    for (const address of manyAddresses(5)) peer.refuse(address);
    expect(peer.exchanges.length).toBe(5);
  });

  test("that are this peer itself are answered without a dial", () => {
    const peer = new LoneCore();
    peer.core.addSeed(peer.address, peer.now);
    peer.settle();
    expect(peer.others).toEqual([{ type: "seed-answered", seed: peer.address }]);
    peer.core.addSeed("gossip.example:7946", peer.now);
    peer.settle();
    peer.resolve("gossip.example:7946", peer.address);
    expect(peer.others.at(-1)).toEqual({ type: "seed-answered", seed: "gossip.example:7946" });
    expect(peer.exchanges).toEqual([]);
  });

  test("are dialled soon after a member went: they may know more", () => {
    const peer = new LoneCore();
    peer.behave(BOB, () => [record(BOB, V), peer.self]);
    peer.core.addSeed(BOB, peer.now);
    peer.meet(record(ALICE, V));
    peer.behave(ALICE, "refuses");
    peer.advance(3 * pingPeriodMs);
    expect(peer.statusOf(ALICE)).toBe("failed");
    const seedDials = (): number =>
      peer.exchanges.filter((call) => call.purpose.type === "seed").length;
    const before = seedDials();
    peer.advance(5_000);
    expect(seedDials()).toBeGreaterThan(before);
  });
});

describe("leaving", () => {
  function withMembers(count: number, maxDials: number): LoneCore {
    const peer = new LoneCore({ version: V, name: "me", limits: { maxDials } });
    for (const address of manyAddresses(count)) peer.meet(record(address, V));
    return peer;
  }

  test("tells every live member once, so many at a time, and then ends", () => {
    const peer = withMembers(10, 3);
    const before = peer.exchanges.length;
    peer.core.leave(peer.now);
    peer.settle();
    expect(peer.core.sizes.calls).toBe(3);
    for (const address of manyAddresses(10)) {
      peer.behave(address, () => [record(address, V), record(peer.address, V + 1, "me", true)]);
    }
    const told = peer.exchanges.slice(before);
    expect(addressesOf(told.map((call) => record(call.address, V)))).toEqual(
      manyAddresses(10).sort(),
    );
    for (const call of told) {
      expect(call.purpose.type).toBe("leave");
      expect(call.records).toEqual([record(peer.address, V + 1, "me", true)]);
    }
    expect(peer.others).toEqual([{ type: "leave-ended", told: 10, untold: 0 }]);
    expect(peer.core.nextTimeoutMs(peer.now)).toBeUndefined();
  });

  test("with nobody to tell it ends at once", () => {
    const peer = new LoneCore();
    peer.core.leave(peer.now);
    peer.settle();
    expect(peer.others).toEqual([{ type: "leave-ended", told: 0, untold: 0 }]);
  });

  test("does not tell those that are gone or only heard of", () => {
    const peer = withMembers(1, 16);
    peer.meet(record(ALICE, V));
    peer.behave(ALICE, "refuses");
    peer.behave(manyAddresses(1)[0] ?? "", () => [record(manyAddresses(1)[0] ?? "", V), peer.self]);
    peer.advance(3 * pingPeriodMs);
    peer.ask(record(BOB, V));
    const before = peer.exchanges.length;
    peer.core.leave(peer.now);
    peer.settle();
    expect(peer.exchanges.slice(before).map((call) => call.address)).toEqual(manyAddresses(1));
  });

  test("counts those that it could not tell, and does not ping them", () => {
    const peer = withMembers(3, 16);
    peer.core.leave(peer.now);
    peer.settle();
    const [first = "", second = "", third = ""] = manyAddresses(3);
    peer.refuse(first);
    peer.timeOut(second);
    peer.answer(third, [record(third, V)]);
    expect(peer.others).toEqual([{ type: "leave-ended", told: 1, untold: 2 }]);
    expect(peer.core.counters.pingsStarted).toBe(0);
  });

  test("ends when its time is over, whatever the others do", () => {
    const peer = withMembers(5, 2);
    peer.core.leave(peer.now);
    peer.settle();
    expect(peer.core.nextTimeoutMs(peer.now)).toBe(peer.now + leaveTimeoutMs);
    peer.advance(leaveTimeoutMs - 1);
    // A wake-up that comes too early changes nothing.
    peer.core.onTimeout(peer.now);
    peer.settle();
    expect(peer.others).toEqual([]);
    peer.advance(1);
    expect(peer.others).toEqual([{ type: "leave-ended", told: 0, untold: 5 }]);
    peer.advance(60_000);
    expect(peer.others.length).toBe(1);
  });

  test("twice is once", () => {
    const peer = withMembers(2, 16);
    peer.core.leave(peer.now);
    peer.core.leave(peer.now);
    peer.settle();
    expect(peer.core.sizes.calls).toBe(2);
    expect(peer.self.version).toBe(V + 1);
  });

  test("begins nothing else any more, and answers all the same", () => {
    const peer = withMembers(2, 16);
    peer.core.addSeed(CAROL, peer.now);
    peer.core.leave(peer.now);
    peer.settle();
    const before = peer.exchanges.length;
    peer.refuse(CAROL);
    const answer = peer.ask(record(ALICE, V), record(BOB, V, "", true));
    peer.advance(leaveTimeoutMs - 1);
    expect(peer.exchanges.length).toBe(before);
    expect(answer).toContainEqual(record(peer.address, V + 1, "me", true));
    expect(peer.core.self.status).toBe("left");
  });
});

describe("the driver's side of it", () => {
  test("a wake-up that comes too early does nothing", () => {
    const peer = new LoneCore();
    peer.meet(record(ALICE, V));
    peer.behave(ALICE, () => [record(ALICE, V), peer.self]);
    peer.core.addSeed(BOB, peer.now);
    peer.settle();
    peer.refuse(BOB);
    const before = peer.exchanges.length;
    for (let step = 0; step < 100; step += 1) {
      const nextMs = peer.core.nextTimeoutMs(peer.now) ?? Number.POSITIVE_INFINITY;
      if (nextMs <= peer.now) break;
      peer.core.onTimeout(peer.now);
      peer.settle();
      expect(peer.core.nextTimeoutMs(peer.now)).toBe(nextMs);
      peer.now += (nextMs - peer.now) / 2;
    }
    expect(peer.exchanges.length).toBe(before);
  });

  test("the end of a call that is not under way changes nothing", () => {
    const peer = new LoneCore();
    peer.meet(record(ALICE, V));
    const { callId } = peer.exchanges[0] ?? { callId: 0 };
    const counters = { ...peer.core.counters };
    for (const id of [callId, 12_345]) {
      const records = [record(ALICE, V + 9, "late"), record(BOB, V)];
      peer.core.handle({ type: "exchange-answer", callId: id, records, complete: true }, peer.now);
      peer.core.handle({ type: "pong", callId: id }, peer.now);
      const reason = "late";
      peer.core.handle({ type: "call-failed", callId: id, timedOut: true, reason }, peer.now);
    }
    expect(peer.core.takeEffects()).toEqual([]);
    expect(peer.core.counters).toEqual(counters);
    expect(peer.listed()).toEqual([record(ALICE, V)]);
  });

  test("effects are given once", () => {
    const peer = new LoneCore();
    peer.core.updateInfo({ name: "new" });
    expect(peer.core.takeEffects().length).toBe(1);
    expect(peer.core.takeEffects()).toEqual([]);
  });

  test("what it counts adds up", () => {
    const peer = new LoneCore();
    peer.meet(record(ALICE, V), record(BOB, V));
    peer.refuse(BOB);
    peer.behave(ALICE, "only pongs");
    peer.advance(pingPeriodMs);
    peer.ask(record(ALICE, V), record(peer.address, V));
    expect(peer.core.counters).toEqual({
      exchangesStarted: 3,
      exchangesAnswered: 1,
      exchangesFailed: 2,
      pingsStarted: 1,
      pingsAnswered: 1,
      pingsFailed: 0,
      exchangesServed: 2,
      recordsReceived: 6,
      dialsStarted: 2,
      refutations: 1,
    });
  });
});
