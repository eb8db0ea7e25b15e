// A roster after whatever came in: its sums are those of its records, its neighbours those that a
// search among all finds, and its counts within their limits.

import { describe, expect, test } from "vitest";
import { addressOf, changed, nativeRecord } from "../../../test/support/native-records.js";
import { seededRandom } from "../../../test/support/seeded-random.js";
import { DEFAULT_LIMITS, type Limits } from "../limits.js";
import { type Random, randomIndex } from "../random.js";
import { NativeBase } from "./member-base.js";
import type { MemberRecord } from "./member-record.js";
import { hashOf } from "./record-hash.js";
import { FULL_MESH_MEMBERS, NeighbourSearch, ringPositions } from "./rings.js";
import { Roster, type RosterChange } from "./roster.js";
import type { RosterEntry } from "./roster-entry.js";
import { KEPT_SYMBOLS, RosterSum } from "./roster-sum.js";
import { Sketch } from "./sketch.js";

const OWN = nativeRecord(addressOf(0), { name: "own" });

interface Setup {
  readonly limits?: Partial<Limits>;
  readonly base?: NativeBase;
  readonly own?: MemberRecord;
  readonly changes?: RosterChange[];
}

function rosterOf({ limits = {}, base, own = OWN, changes = [] }: Setup = {}): Roster {
  const onChange = (change: RosterChange) => void changes.push(change);
  return new Roster({ own, limits: { ...DEFAULT_LIMITS, ...limits }, base, onChange });
}

function entryOf(roster: Roster, address: string): RosterEntry {
  const entry = roster.get(address);
  if (entry === undefined) throw new Error(`${address} is not held`);
  return entry;
}

function isListed({ record, isUnreachable }: RosterEntry): boolean {
  return record.verdict === "live" && !isUnreachable;
}

/** The neighbours of a member by a search among all. */
function searchedAmongAll(roster: Roster, address: string): Set<string> {
  const listed = [...roster.entries()].filter(isListed);
  const eligible = listed.filter((entry) => !entry.isSuspected && entry.address !== address);
  if (listed.length <= FULL_MESH_MEMBERS) return new Set(eligible.map((entry) => entry.address));
  const search = new NeighbourSearch(entryOf(roster, address));
  for (const entry of eligible) search.offer(entry);
  return search.addresses;
}

/** Everything that a roster keeps up to date, against what its entries make of it. */
function expectConsistent(roster: Roster): void {
  const entries = [...roster.entries()];
  const records = entries.map(({ record }) => record);
  expect(new Set(entries.map(({ address }) => address)).size).toBe(entries.length);
  for (const entry of entries) expect(roster.get(entry.address)).toBe(entry);
  const sum = new RosterSum();
  for (const record of records) sum.add(record);
  expect(roster.fingerprint).toEqual(sum.fingerprint);
  expect(roster.symbols(KEPT_SYMBOLS)).toEqual(sum.sketch.symbols);
  const long = new Sketch(100);
  for (const record of records) long.add(hashOf(record).item);
  expect(roster.symbols(100)).toEqual(long.symbols);
  expect(roster.symbols(10)).toEqual(long.symbols.slice(0, 10));
  expect(roster.liveCount).toBe(entries.filter(isListed).length);
  expect(roster.goneCount).toBe(records.filter(({ verdict }) => verdict !== "live").length);
  const mayBeBack = entries.filter(
    ({ record, isUnreachable }) => record.verdict === "failed" || isUnreachable,
  );
  expect(roster.failed().sort()).toEqual(mayBeBack.map(({ address }) => address).sort());
  expect(roster.neighbours()).toEqual(searchedAmongAll(roster, OWN.address));
}

/** Something that happens to one of so many members, all the same whatever roster it happens to. */
function randomStep(members: number, random: Random): (roster: Roster) => void {
  const address = addressOf(1 + randomIndex(members - 1, random));
  const chance = random();
  const flag = random() < 0.5;
  if (chance < 0.2) return (roster) => roster.setSuspected(address, flag);
  if (chance < 0.3) return (roster) => roster.setUnreachable(address, flag);
  if (chance < 0.34) return (roster) => roster.forgetExpired(100);
  const seed = random() * 2 ** 32;
  return (roster) => {
    const held = roster.get(address)?.record;
    roster.merge(held === undefined ? nativeRecord(address) : changed(held, seededRandom(seed)));
  };
}

function recordsUpTo(members: number): MemberRecord[] {
  return Array.from({ length: members }, (_, index) =>
    index === 0 ? OWN : nativeRecord(addressOf(index)),
  );
}

// Around the size from which on not all link to all, and well beyond it.
describe.each([2, 9, 11, 12, 40])("of %i members", (members) => {
  test.each(["alone", "on a shared list"])("%s, all agrees after each step", (kind) => {
    const base = kind === "alone" ? undefined : new NativeBase(recordsUpTo(members));
    const random = seededRandom(members);
    for (let run = 0; run < 4; run += 1) {
      const roster = rosterOf(base === undefined ? {} : { base });
      expectConsistent(roster);
      for (let step = 0; step < 60; step += 1) {
        const version = roster.listVersion;
        const before = roster.neighbours();
        randomStep(members, random)(roster);
        expectConsistent(roster);
        // Whoever keeps links looks at this number alone.
        if (roster.listVersion === version) expect(roster.neighbours()).toEqual(before);
      }
    }
  });

  test("with and without a shared list the same comes out", () => {
    const records = recordsUpTo(members);
    const shared = rosterOf({ base: new NativeBase(records) });
    const alone = rosterOf();
    for (const record of records) alone.merge(record);
    const random = seededRandom(100 + members);
    for (let step = 0; step < 200; step += 1) {
      const happen = randomStep(members, random);
      happen(shared);
      happen(alone);
      expect(shared.fingerprint).toEqual(alone.fingerprint);
      for (const { address } of alone.entries()) {
        const around = entryOf(shared, address);
        expect(shared.neighboursOf(around)).toEqual(alone.neighboursOf(entryOf(alone, address)));
      }
    }
  });
});

test("a roster on a shared list leaves that list, and the others on it, as they were", () => {
  const base = new NativeBase(recordsUpTo(20));
  const [one, two] = [rosterOf({ base }), rosterOf({ base })];
  const untouched = two.records();
  const random = seededRandom(7);
  for (let step = 0; step < 200; step += 1) randomStep(20, random)(one);
  expect(one.fingerprint).not.toEqual(two.fingerprint);
  expect(two.records()).toEqual(untouched);
  expectConsistent(two);
  expect([...base.entries.values()].every((entry) => isListed(entry) && !entry.isSuspected)).toBe(
    true,
  );
});

test("two members at one place of a ring are told apart by their addresses, on a shared list too", () => {
  // Two addresses of one place on the first ring, and one just beside them.
  const seen = new Map<number, number>();
  let twins: readonly [number, number] | undefined;
  for (let index = 1; twins === undefined; index += 1) {
    const position = ringPositions(addressOf(index))[0] ?? 0;
    const other = seen.get(position);
    if (other !== undefined) twins = [other, index];
    seen.set(position, index);
  }
  const others = Array.from({ length: 300 }, (_, index) => index + 1).filter(
    (index) => !twins.includes(index),
  );
  for (const order of [twins, twins.toReversed()]) {
    const members = [...order, ...others].map((index) => nativeRecord(addressOf(index)));
    const shared = rosterOf({ base: new NativeBase([OWN, ...members]) });
    for (const { address } of members) {
      const around = entryOf(shared, address);
      expect(shared.neighboursOf(around)).toEqual(searchedAmongAll(shared, address));
    }
  }
});

test("peers whose lists agree agree on who watches whom, whatever came to them in which order", () => {
  const random = seededRandom(5);
  const records = recordsUpTo(60).map((record) =>
    random() < 0.3 ? changed(record, random) : record,
  );
  const [first, second] = [records[0], records[1]];
  if (first === undefined || second === undefined) throw new Error("there are sixty");
  const one = rosterOf({ own: first });
  const two = rosterOf({ own: second });
  for (const record of records) one.merge(record);
  for (const record of records.toReversed()) {
    two.merge(nativeRecord(record.address));
    two.merge(record);
  }
  expect(two.fingerprint).toEqual(one.fingerprint);
  for (const { address } of records) {
    const watchers = one.neighboursOf(entryOf(one, address));
    expect(two.neighboursOf(entryOf(two, address))).toEqual(watchers);
    expect(watchers.has(address)).toBe(false);
    expect(watchers.size).toBeGreaterThan(4);
  }
  // Who links to whom is the same question.
  const isNeighbour = one.neighbours().has(second.address);
  expect(two.neighbours().has(first.address)).toBe(isNeighbour);
});

describe("what changes is told", () => {
  test("with what was held and what is, listed or not", () => {
    const changes: RosterChange[] = [];
    const roster = rosterOf({ changes });
    changes.length = 0;
    const address = addressOf(1);
    const live = nativeRecord(address);
    const failed = { ...live, verdict: "failed" as const, expiresAt: 100 };
    expect(roster.merge(live)).toBe(live);
    expect(roster.merge({ ...live })).toBeUndefined();
    expect(roster.merge(failed)).toEqual(failed);
    expect(roster.merge(live)).toBeUndefined();
    roster.forgetExpired(100);
    expect(changes).toEqual([
      { address, before: undefined, after: live, wasListed: false, isListed: true },
      { address, before: live, after: failed, wasListed: true, isListed: false },
      { address, before: failed, after: undefined, wasListed: false, isListed: false },
    ]);
  });

  test("when a member is out of reach, which no fingerprint shows, and when there is news of it", () => {
    const changes: RosterChange[] = [];
    const roster = rosterOf({ changes });
    const address = addressOf(1);
    const live = nativeRecord(address);
    roster.merge(live);
    const { fingerprint } = roster;
    changes.length = 0;
    roster.setUnreachable(address, true);
    expect(roster.fingerprint).toEqual(fingerprint);
    expect([roster.live(address), roster.liveCount]).toEqual([undefined, 1]);
    roster.merge({ ...live, version: 2 });
    expect(roster.live(address)?.record.version).toBe(2);
    expect(changes.map(({ wasListed, isListed }) => [wasListed, isListed])).toEqual([
      [true, false],
      [false, true],
    ]);
  });
});

describe("limits", () => {
  const limits = { maxMembers: 5, maxGoneMembers: 3 };
  const gone = (index: number, expiresAt: number) =>
    nativeRecord(addressOf(index), { verdict: "failed", expiresAt });

  test("no more live members are listed than there may be, and those that are held change on", () => {
    const roster = rosterOf({ limits });
    for (let index = 1; index < 10; index += 1) roster.merge(nativeRecord(addressOf(index)));
    expect([roster.liveCount, roster.isFull]).toEqual([5, true]);
    expect(roster.get(addressOf(5))).toBeUndefined();
    expect(roster.merge(nativeRecord(addressOf(1), { version: 2 }))).toBeDefined();
    expect(roster.merge(gone(1, 100))).toBeDefined();
    expect([roster.liveCount, roster.isFull]).toEqual([4, false]);
    expect(roster.merge(nativeRecord(addressOf(5)))).toBeDefined();
    // What is gone takes no room of the live ones.
    expect(roster.merge(gone(6, 100))).toBeDefined();
    expectConsistent(roster);
  });

  test("one that comes back finds no room where others took its place", () => {
    const roster = rosterOf({ limits });
    for (let index = 1; index < 5; index += 1) roster.merge(nativeRecord(addressOf(index)));
    roster.merge(gone(1, 100));
    roster.merge(nativeRecord(addressOf(5)));
    expect(roster.merge(nativeRecord(addressOf(1), { incarnation: 1 }))).toBeUndefined();
    expect(roster.liveCount).toBe(5);
    roster.merge(gone(2, 100));
    expect(roster.merge(nativeRecord(addressOf(1), { incarnation: 1 }))).toBeDefined();
  });

  test("of too many that are gone those are forgotten that expire first, whatever their order", () => {
    const records = [gone(1, 130), gone(2, 110), gone(3, 120), gone(4, 110), gone(5, 130)];
    for (const order of [records, records.toReversed()]) {
      const roster = rosterOf({ limits });
      for (const record of order) roster.merge(record);
      roster.forgetExcess();
      expect(roster.failed().sort()).toEqual([addressOf(1), addressOf(3), addressOf(5)]);
      roster.forgetExcess();
      expect(roster.goneCount).toBe(3);
      expectConsistent(roster);
    }
  });

  test("what was forgotten as too many is not learnt again, unless there is room", () => {
    const roster = rosterOf({ limits });
    for (const index of [1, 2, 3, 4, 5]) roster.merge(gone(index, 100 + 10 * index));
    roster.forgetExcess();
    expect(roster.merge(gone(2, 120))).toBeUndefined();
    expect(roster.merge(gone(1, 110))).toBeUndefined();
    expect(roster.merge(gone(6, 160))).toBeDefined();
    roster.forgetExcess();
    // Of a live one it is news that it is gone, and then it is one too many.
    roster.merge(nativeRecord(addressOf(7)));
    expect(roster.merge(gone(7, 90))).toBeDefined();
    roster.forgetExcess();
    expect(roster.merge(gone(3, 130))).toBeUndefined();
    roster.merge(nativeRecord(addressOf(6), { incarnation: 1 }));
    expect(roster.merge(gone(2, 120))).toBeDefined();
    expectConsistent(roster);
  });

  test("what has expired is forgotten, and what has not is kept", () => {
    const roster = rosterOf();
    for (const record of [gone(1, 99), gone(2, 100), gone(3, 101)]) roster.merge(record);
    roster.merge(nativeRecord(addressOf(4)));
    roster.forgetExpired(100);
    const addresses = roster.records().map(({ address }) => address);
    expect(addresses).toEqual([OWN.address, addressOf(3), addressOf(4)]);
    expectConsistent(roster);
  });

  test("its owner is never forgotten, not even after it left", () => {
    const roster = rosterOf({ limits: { maxGoneMembers: 0 } });
    roster.merge({ ...OWN, verdict: "left", expiresAt: 10 });
    roster.forgetExpired(100);
    roster.forgetExcess();
    expect(roster.own.verdict).toBe("left");
  });
});
