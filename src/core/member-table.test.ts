// The members a peer knows: what each change does to the list, what it tells, and that a table with
// a shared base is no other than one that learnt the same members itself.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RecordSum } from "./fingerprint.js";
import { DEFAULT_LIMITS, type Limits } from "./limits.js";
import type { MemberEntry, MemberEvent } from "./member.js";
import { MemberBase } from "./member-base.js";
import { MemberTable } from "./member-table.js";
import type { Claim } from "./precedence.js";
import type { PeerRecord } from "./record.js";

const OWN = "10.0.0.1:7946";
const ALICE = "10.0.0.2:7946";
const BOB = "10.0.0.3:7946";
const CAROL = "10.0.0.4:7946";

function record(address: string, version: number, name = ""): PeerRecord {
  return { address, version, deleted: false, name };
}

function firstHand(of: PeerRecord): Claim {
  return { record: of, evidence: "first-hand" };
}

function table(limits: Partial<Limits> = {}, base?: MemberBase) {
  const events: MemberEvent[] = [];
  const members = new MemberTable({
    own: OWN,
    limits: { ...DEFAULT_LIMITS, ...limits },
    onEvent: (event) => events.push(event),
    base,
  });
  return { members, events };
}

function entryOf(members: MemberTable, address: string): MemberEntry {
  const entry = members.live(address);
  if (entry === undefined) throw new Error(`${address} is no live member`);
  return entry;
}

function recordsOf(members: MemberTable, withheld = ""): PeerRecord[] {
  const records: PeerRecord[] = [];
  members.appendRecords(records, ({ address }) => address === withheld);
  return records.sort((a, b) => (a.address < b.address ? -1 : 1));
}

describe("a member", () => {
  test("is listed, and told of once", () => {
    const { members, events } = table();
    expect(members.join(ALICE, firstHand(record(ALICE, 3, "alice")))).toBe(true);
    const member = { address: ALICE, info: { name: "alice" }, status: "live", version: 3 };
    expect(Array.from(members.snapshots("live"))).toEqual([member]);
    expect(events).toEqual([{ type: "member-joined", member }]);
    expect(recordsOf(members)).toEqual([record(ALICE, 3, "alice")]);
    expect(recordsOf(members, ALICE)).toEqual([]);
  });

  test("that fails is told of with the reason, and remembered as failed", () => {
    const { members, events } = table();
    members.join(ALICE, firstHand(record(ALICE, 3, "alice")));
    members.remove(ALICE, "connection refused", 50);
    const member = { address: ALICE, info: { name: "alice" }, status: "failed", version: 3 };
    expect(events.at(-1)).toEqual({
      type: "member-failed",
      member,
      reason: "connection refused",
    });
    expect(Array.from(members.snapshots("live"))).toEqual([]);
    expect(Array.from(members.snapshots("all"))).toEqual([member]);
    expect([members.liveCount, members.goneCount]).toEqual([0, 1]);
    expect(members.live(ALICE)).toBeUndefined();
    expect(members.get(ALICE)?.goneAtMs).toBe(50);
    expect(recordsOf(members)).toEqual([]);
  });

  test("that was said to leave has left, unless it has been heard of otherwise since", () => {
    for (const heardSince of [false, true]) {
      const { members, events } = table();
      members.join(ALICE, firstHand(record(ALICE, 3)));
      members.setSaidToLeave(entryOf(members, ALICE), true);
      if (heardSince) members.setSaidToLeave(entryOf(members, ALICE), false);
      members.remove(ALICE, "connection refused", 50);
      expect(events.at(-1)?.type).toBe(heardSince ? "member-failed" : "member-left");
    }
  });

  test("that is gone already is not removed again", () => {
    const { members, events } = table();
    members.join(ALICE, firstHand(record(ALICE, 3)));
    members.remove(ALICE, "connection refused", 50);
    members.remove(ALICE, "connection refused", 60);
    members.remove(BOB, "connection refused", 60);
    expect(events.length).toBe(2);
    expect(members.get(ALICE)?.goneAtMs).toBe(50);
  });

  test("whose name changes is told of, one whose version alone changes is not", () => {
    const { members, events } = table();
    members.join(ALICE, firstHand(record(ALICE, 3, "alice")));
    members.acceptRelayed(entryOf(members, ALICE), record(ALICE, 4, "alice"));
    expect(events.length).toBe(1);
    members.acceptRelayed(entryOf(members, ALICE), record(ALICE, 5, "renamed"));
    expect(events.at(-1)).toMatchObject({
      type: "member-updated",
      member: { info: { name: "renamed" }, version: 5 },
    });
    expect(recordsOf(members)).toEqual([record(ALICE, 5, "renamed")]);
  });

  test("is never ourselves", () => {
    const { members, events } = table();
    expect(members.join(OWN, firstHand(record(OWN, 3)))).toBe(false);
    expect([members.liveCount, events.length]).toEqual([0, 0]);
  });
});

describe("the ceiling", () => {
  test.each([
    ["without a fall there is none", [3, 5], -1],
    ["a fall makes the version before it the ceiling", [7, 0], 7],
    ["a second, lower fall leaves it where it is", [7, 2, 0], 7],
    ["below it, it stays", [7, 0, 6, 7], 7],
    ["above it, it is gone", [7, 0, 8], -1],
  ])("%s", (_, versions, ceiling) => {
    const { members } = table();
    const [first = 0, ...later] = versions;
    members.join(ALICE, firstHand(record(ALICE, first)));
    for (const version of later) {
      const entry = entryOf(members, ALICE);
      members.adoptFirstHand(entry, record(ALICE, version), entry.claim.record.version);
    }
    expect(entryOf(members, ALICE).ceiling).toBe(ceiling);
  });

  test("another name at the version that was held is a fall too", () => {
    const { members } = table();
    members.join(ALICE, firstHand(record(ALICE, 7, "before")));
    members.adoptFirstHand(entryOf(members, ALICE), record(ALICE, 7, "after"), 7);
    expect(entryOf(members, ALICE).ceiling).toBe(7);
  });

  test("a member that comes back lower than it went has one", () => {
    const { members } = table();
    members.join(ALICE, firstHand(record(ALICE, 7)));
    members.remove(ALICE, "connection refused", 50);
    members.join(ALICE, firstHand(record(ALICE, 0)));
    expect(entryOf(members, ALICE).ceiling).toBe(7);
    expect(members.goneCount).toBe(0);
  });
});

describe("what a member said of itself", () => {
  function heardMeanwhile(): MemberTable {
    const { members } = table();
    members.join(ALICE, firstHand(record(ALICE, 3, "when we asked")));
    members.acceptRelayed(entryOf(members, ALICE), record(ALICE, 5, "meanwhile"));
    return members;
  }

  test.each([3, 4])("at version %d was overtaken by what left it later", (version) => {
    const members = heardMeanwhile();
    members.adoptFirstHand(entryOf(members, ALICE), record(ALICE, version, "answer"), 3);
    expect(recordsOf(members)).toEqual([record(ALICE, 5, "meanwhile")]);
    expect(entryOf(members, ALICE).ceiling).toBe(-1);
  });

  test("below what we held when we asked is a fall all the same", () => {
    const members = heardMeanwhile();
    members.adoptFirstHand(entryOf(members, ALICE), record(ALICE, 2, "answer"), 3);
    expect(recordsOf(members)).toEqual([record(ALICE, 2, "answer")]);
    expect(entryOf(members, ALICE).ceiling).toBe(5);
  });
});

describe("its limits", () => {
  test("one place of the members is our own", () => {
    const { members } = table({ maxMembers: 3 });
    expect(members.join(ALICE, firstHand(record(ALICE, 1)))).toBe(true);
    expect(members.isFull).toBe(false);
    expect(members.join(BOB, firstHand(record(BOB, 1)))).toBe(true);
    expect(members.isFull).toBe(true);
    expect(members.join(CAROL, firstHand(record(CAROL, 1)))).toBe(false);
    members.remove(ALICE, "connection refused", 50);
    expect(members.join(CAROL, firstHand(record(CAROL, 1)))).toBe(true);
  });

  test("of the gone the one that went first is forgotten first", () => {
    const { members } = table({ maxGoneMembers: 2 });
    for (const [index, address] of [CAROL, ALICE, BOB].entries()) {
      members.join(address, firstHand(record(address, 1)));
      members.remove(address, "connection refused", index);
    }
    expect(Array.from(members.snapshots("all"), (member) => member.address)).toEqual([ALICE, BOB]);
  });

  test("without a place for the gone none is remembered", () => {
    const { members } = table({ maxGoneMembers: 0 });
    members.join(ALICE, firstHand(record(ALICE, 1)));
    members.remove(ALICE, "connection refused", 50);
    expect(members.goneCount).toBe(0);
    expect(members.get(ALICE)).toBeUndefined();
  });

  test("those that went long ago are forgotten, and one that came back is not", () => {
    const { members } = table();
    for (const [index, address] of [ALICE, BOB, CAROL].entries()) {
      members.join(address, firstHand(record(address, 1)));
      members.remove(address, "connection refused", index * 100);
    }
    members.join(ALICE, firstHand(record(ALICE, 2)));
    members.forgetGoneBefore(200);
    expect(members.get(BOB)).toBeUndefined();
    expect(members.get(CAROL)?.status).toBe("failed");
    expect(members.live(ALICE)).toBeDefined();
  });
});

test("a gone member is picked at random, each as likely as any other", () => {
  const { members } = table();
  expect(members.pickGone(() => 0)).toBeUndefined();
  for (const address of [ALICE, BOB, CAROL]) {
    members.join(address, firstHand(record(address, 1)));
    members.remove(address, "connection refused", 0);
  }
  const picked = [0, 0.34, 0.67, 0.999].map((chance) => members.pickGone(() => chance));
  expect(picked).toEqual([ALICE, BOB, CAROL, CAROL]);
});

describe("a base", () => {
  const shared = [OWN, ALICE, BOB].map((address) => record(address, 5, "shared"));
  interface Step {
    readonly type: "join" | "adopt" | "accept" | "mark" | "remove" | "forget";
    readonly address: string;
    readonly version: number;
    readonly name: string;
    readonly askedVersion: number;
  }
  const steps: fc.Arbitrary<Step> = fc.record({
    type: fc.constantFrom("join", "adopt", "accept", "mark", "remove", "forget"),
    address: fc.constantFrom(ALICE, BOB, CAROL),
    version: fc.nat({ max: 9 }),
    name: fc.constantFrom("shared", "other"),
    askedVersion: fc.integer({ min: -1, max: 9 }),
  });

  function act(members: MemberTable, step: Step): void {
    const { type, address, version, name, askedVersion } = step;
    const entry = members.live(address);
    const said = record(address, version, name);
    if (type === "join" && entry === undefined) members.join(address, firstHand(said));
    if (type === "forget") members.forgetGoneBefore(version);
    if (entry === undefined) return;
    if (type === "adopt") members.adoptFirstHand(entry, said, askedVersion);
    if (type === "accept") members.acceptRelayed(entry, said);
    if (type === "mark") members.setSaidToLeave(entry, true);
    if (type === "remove") members.remove(address, "connection refused", version);
  }

  function stateOf(members: MemberTable) {
    const entries = [ALICE, BOB, CAROL].map((address) => members.get(address));
    const addresses = members.liveAddresses().sort();
    const { liveCount, goneCount, isFull } = members;
    const fingerprint = members.fingerprint(record(OWN, 1));
    const records = recordsOf(members);
    return { entries, addresses, liveCount, goneCount, isFull, fingerprint, records };
  }

  function expectFingerprintOfRecords(members: MemberTable): void {
    const sum = new RecordSum();
    for (const each of recordsOf(members)) sum.add(each);
    const own = record(OWN, 1);
    expect(members.fingerprint(own)).toEqual(sum.fingerprintWith(own));
  }

  test("makes no difference to a table that would have learnt the same, in any history", () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 30 }), (history) => {
        const based = table({ maxMembers: 4 }, new MemberBase(shared));
        const learnt = table({ maxMembers: 4 });
        for (const each of shared) learnt.members.join(each.address, firstHand(each));
        learnt.events.length = 0;
        expect(stateOf(based.members)).toEqual(stateOf(learnt.members));
        for (const each of history) {
          act(based.members, each);
          act(learnt.members, each);
          expect(stateOf(based.members)).toEqual(stateOf(learnt.members));
          expectFingerprintOfRecords(based.members);
        }
        expect(based.events).toEqual(learnt.events);
      }),
    );
  });

  test("is not changed by a table that shares it", () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 30 }), (history) => {
        const base = new MemberBase(shared);
        const { members } = table({}, base);
        for (const each of history) act(members, each);
        expect(stateOf(table({}, base).members)).toEqual(
          stateOf(table({}, new MemberBase(shared)).members),
        );
      }),
    );
  });
});
