// Exchanges of two peers: whatever their lists differ in, both hold the same afterwards, by as few
// messages as it takes, and a peer that was asked for too many lists names others.

import { describe, expect, test, vi } from "vitest";
import { ExchangePair, ExchangeSide } from "../../../test/support/exchange-pair.js";
import { addressOf, changed, nativeRecord } from "../../../test/support/native-records.js";
import { seededRandom } from "../../../test/support/seeded-random.js";
import { type Random, randomIndex } from "../random.js";
import type { MemberRecord } from "./member-record.js";
import { checkOf } from "./sketch.js";

const [ONE, TWO] = [nativeRecord(addressOf(0)), nativeRecord(addressOf(1))];
const NOW = 1_000;
const MEMBERS = 1_000;
const SETTLED_MS = 10_000;

function newPair(): ExchangePair {
  // A copy, as a network makes one: what is changed later does not change what was sent.
  const one = new ExchangeSide(ONE, TWO.address);
  const two = new ExchangeSide(TWO, ONE.address);
  return new ExchangePair(one, two, (frame) => structuredClone(frame));
}

function fill({ roster }: ExchangeSide, members: number): void {
  roster.merge(ONE);
  roster.merge(TWO);
  for (let index = 2; index < members; index += 1) roster.merge(nativeRecord(addressOf(index)));
}

/** Changes so many members on one side, on the other, or on both, each in its own way. */
function differ({ one, two }: ExchangePair, count: number, random: Random): void {
  const indexes = new Set<number>();
  while (indexes.size < count) indexes.add(2 + randomIndex(MEMBERS - 2, random));
  for (const index of indexes) {
    const sides = [[one], [two], [one, two]][randomIndex(3, random)] ?? [];
    for (const { roster } of sides) {
      roster.merge(changed(roster.get(addressOf(index))?.record ?? ONE, random));
    }
  }
}

function sorted({ roster }: ExchangeSide): MemberRecord[] {
  return roster.records().sort((a, b) => (a.address < b.address ? -1 : 1));
}

function expectEqual({ one, two }: ExchangePair): void {
  expect(two.roster.fingerprint).toEqual(one.roster.fingerprint);
  expect(sorted(two)).toEqual(sorted(one));
}

describe("whatever the lists differ in, one exchange makes them equal", () => {
  test.each([
    [1, 20],
    [10, 20],
    [30, 10],
    [100, 5],
    [300, 3],
    [900, 2],
  ])("%i records of a thousand", (count, runs) => {
    for (let run = 0; run < runs; run += 1) {
      const pair = newPair();
      const random = seededRandom(1_000 * run + count);
      fill(pair.one, MEMBERS);
      fill(pair.two, MEMBERS);
      differ(pair, count, random);
      // Members that only one of both has heard of.
      const newcomers = Math.min(20, count);
      for (let index = 0; index < newcomers; index += 1) {
        const side = random() < 0.5 ? pair.one : pair.two;
        side.roster.merge(nativeRecord(addressOf(MEMBERS + index)));
      }
      pair.exchange(NOW);
      expectEqual(pair);
      expect(pair.one.exchanges.isBusy(pair.one.link, NOW)).toBe(false);
      expect(pair.exchange(NOW).frames).toEqual(["probe", "same"]);
    }
  });

  test("also where each side knows better in another respect", () => {
    const pair = newPair();
    fill(pair.one, 20);
    fill(pair.two, 20);
    const held = nativeRecord(addressOf(5));
    pair.one.roster.merge({ ...held, version: 2, name: "renamed" });
    pair.two.roster.merge({ ...held, verdict: "failed", expiresAt: 100 });
    pair.exchange(NOW);
    expectEqual(pair);
    const both = { verdict: "failed", name: "renamed" };
    expect(pair.two.roster.get(held.address)?.record).toMatchObject(both);
  });

  test("when one knows nobody but itself, in whichever direction", () => {
    for (const joins of ["one", "two"] as const) {
      const pair = newPair();
      fill(joins === "one" ? pair.two : pair.one, MEMBERS);
      const { frames } = pair.exchange(NOW);
      expect(frames.slice(0, 2)).toEqual(["probe", "whole-list"]);
      expectEqual(pair);
      expect(pair.two.counters.wholeListsSent).toBe(1);
    }
  });

  test("also when something changes on either side meanwhile: with the next one", () => {
    const pair = newPair();
    fill(pair.one, 50);
    fill(pair.two, 50);
    differ(pair, 0, seededRandom(1));
    pair.two.roster.merge(nativeRecord(addressOf(5), { version: 2 }));
    pair.one.roster.merge(nativeRecord(addressOf(6), { version: 2 }));
    const { exchanges, link, sent, roster } = pair.one;
    const { fingerprint } = roster;
    pair.two.receive({ type: "probe", seq: 900, fingerprint }, NOW);
    roster.merge(nativeRecord(addressOf(6), { version: 3 }));
    pair.two.roster.merge(nativeRecord(addressOf(5), { version: 3 }));
    for (const frame of pair.two.sent.splice(0)) pair.one.receive(frame, NOW);
    for (const frame of sent.splice(0)) pair.two.receive(frame, NOW);
    exchanges.onLinkEnded(link);
    pair.exchange(NOW);
    expectEqual(pair);
  });
});

describe("as few messages as it takes", () => {
  test("equal lists end with the answer, and so does a probe that only asks for one", () => {
    const pair = newPair();
    fill(pair.one, MEMBERS);
    fill(pair.two, MEMBERS);
    expect(pair.exchange(NOW)).toEqual({ frames: ["probe", "same"], rounds: 2 });
    pair.one.roster.merge(nativeRecord(addressOf(5), { version: 2 }));
    pair.two.receive({ type: "probe", seq: 900, fingerprint: undefined }, NOW);
    expect(pair.two.sent.pop()).toMatchObject({ seq: 900, comparison: { type: "same" } });
    expect(pair.two.counters.differencesFound).toBe(0);
  });

  test("what only the beginner has goes at once, and what the other has is asked for", () => {
    const pair = newPair();
    fill(pair.one, MEMBERS);
    fill(pair.two, MEMBERS);
    pair.one.roster.merge(nativeRecord(addressOf(MEMBERS)));
    expect(pair.exchange(NOW).frames).toEqual(["probe", "different", "records"]);
    pair.two.roster.merge(nativeRecord(addressOf(MEMBERS + 1)));
    const { frames } = pair.exchange(NOW);
    expect(frames).toEqual(["probe", "different", "records-request", "records"]);
  });

  test("a larger difference takes more symbols, and one larger still the whole list", () => {
    const pair = newPair();
    fill(pair.one, MEMBERS);
    fill(pair.two, MEMBERS);
    const random = seededRandom(3);
    differ(pair, 60, random);
    const { frames } = pair.exchange(NOW);
    expect(frames.slice(0, 4)).toEqual(["probe", "different", "symbols-request", "symbols"]);
    expect(frames.slice(4, 5)).toEqual(["records-request"]);
    expect(pair.two.counters.wholeListsSent).toBe(0);
    expectEqual(pair);
    differ(pair, 400, random);
    pair.exchange(NOW);
    expectEqual(pair);
    expect(pair.two.counters.wholeListsSent).toBe(1);
  });
});

describe("a busy peer", () => {
  test("names a few live others in place of one list too many, until it has time again", () => {
    const pair = newPair();
    fill(pair.two, 20_000);
    for (let index = 2; index < 10_000; index += 1) {
      pair.two.roster.merge({
        ...nativeRecord(addressOf(index)),
        verdict: "failed",
        expiresAt: 100,
      });
    }
    const { fingerprint } = pair.one.roster;
    const ask = (now: number) => {
      pair.two.receive({ type: "probe", seq: 1, fingerprint }, now);
      const [answer] = pair.two.sent.splice(0);
      if (answer?.type !== "probe-answer") throw new Error("a probe is answered");
      return answer;
    };
    // Fifty thousand records in a second: two and a half of these lists.
    const types = [1, 2, 3, 4].map(() => ask(NOW).comparison.type);
    expect(types).toEqual(["whole-list", "whole-list", "whole-list", "busy"]);
    pair.one.receive(ask(NOW), NOW);
    const named = pair.one.named ?? [];
    expect(new Set(named).size).toBe(8);
    for (const address of named) expect(pair.two.roster.live(address)).toBeDefined();
    expect(named).not.toContain(TWO.address);
    expect(pair.one.exchanges.isBusy(pair.one.link, NOW)).toBe(false);
    expect(ask(NOW + 1_000).comparison.type).toBe("whole-list");
  });
});

describe("one exchange at a time is held on a link", () => {
  function begun(): ExchangePair {
    const pair = newPair();
    fill(pair.one, 20);
    fill(pair.two, 20);
    pair.two.roster.merge(nativeRecord(addressOf(5), { version: 2 }));
    const { fingerprint } = pair.one.roster;
    pair.two.receive({ type: "probe", seq: 7, fingerprint }, NOW);
    for (const frame of pair.two.sent.splice(0)) pair.one.receive(frame, NOW);
    return pair;
  }

  test("until it is settled, took too long, or the link is gone", () => {
    const { one } = begun();
    expect(one.exchanges.isBusy(one.link, NOW + SETTLED_MS - 1)).toBe(true);
    expect(one.exchanges.isBusy(one.link, NOW + SETTLED_MS)).toBe(false);
    const other = begun().one;
    other.exchanges.onLinkEnded(other.link);
    expect(other.exchanges.isBusy(other.link, NOW)).toBe(false);
  });

  test("and records of another do not end it, but are taken in", () => {
    const { one } = begun();
    const record = nativeRecord(addressOf(30));
    one.receive({ type: "records", seq: 0, records: [record], last: true }, NOW);
    expect(one.roster.get(record.address)?.record).toEqual(record);
    expect(one.exchanges.isBusy(one.link, NOW)).toBe(true);
    one.sent.splice(0);
    one.receive({ type: "symbols", seq: 8, from: 0, symbols: [] }, NOW);
    expect(one.sent).toEqual([]);
    one.receive({ type: "records", seq: 7, records: [], last: false }, NOW);
    expect(one.exchanges.isBusy(one.link, NOW)).toBe(true);
    one.receive({ type: "records", seq: 7, records: [], last: true }, NOW);
    expect(one.exchanges.isBusy(one.link, NOW)).toBe(false);
  });
});

test("forged symbols, however many, are answered with a request for the whole list at worst", () => {
  const { one } = newPair();
  fill(one, 50);
  const forged = Array.from({ length: 100_000 }, (_, index) => ({
    high: index,
    low: 1,
    check: checkOf(index, 1),
    count: 1,
  }));
  const symbols = vi.spyOn(one.roster, "symbols");
  one.receive(
    { type: "probe-answer", seq: 7, comparison: { type: "different", symbols: forged } },
    NOW,
  );
  expect(one.sent.splice(0)).toMatchObject([{ type: "symbols-request", seq: 7 }]);
  one.receive({ type: "symbols", seq: 7, from: 0, symbols: forged }, NOW);
  expect(one.sent.splice(0)).toMatchObject([{ type: "records-request", seq: 7, all: true }]);
  // As many of our own as were asked for, and no more: each is a pass over all records.
  expect(Math.max(...symbols.mock.calls.map(([length]) => length))).toBeLessThanOrEqual(512);
});
