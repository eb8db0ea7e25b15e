// Probes under way: which answer ends which, when one counts as missed, and what a broken link or a
// pause of the process makes of them.

import { describe, expect, test } from "vitest";
import { addressOf } from "../../../test/support/native-records.js";
import { LinkTable } from "./link-table.js";
import { newExchangeOutcomes, Prober } from "./prober.js";

const [OWN, BOB, CAROL] = [addressOf(1), addressOf(2), addressOf(3)];
const NOW = 1_000;
const FORGOTTEN_MS = 10_000;

function setup() {
  const links = new LinkTable(OWN, 16);
  return {
    prober: new Prober(),
    toBob: links.addOutbound(BOB, 0),
    toCarol: links.addOutbound(CAROL, 0),
  };
}

test("an answer ends the probe with its number, once, and only on the link it was sent on", () => {
  const { prober, toBob, toCarol } = setup();
  const probe = prober.begin(BOB, toBob, true, 500, NOW);
  expect(probe).toMatchObject({ address: BOB, linkId: toBob.id, sentAtMs: NOW, deadlineMs: 1_500 });
  expect(prober.end(probe.seq, toCarol.id)).toBeUndefined();
  expect(prober.end(probe.seq + 1, toBob.id)).toBeUndefined();
  expect(prober.end(probe.seq, toBob.id)).toBe(probe);
  expect(prober.end(probe.seq, toBob.id)).toBeUndefined();
  expect(prober.size).toBe(0);
});

test("a link is probed until the answer comes or is missed, whoever it leads to", () => {
  const { prober, toBob, toCarol } = setup();
  const { seq, isExchange } = prober.begin(BOB, toBob, false, 500, NOW);
  expect(isExchange).toBe(false);
  expect([prober.isProbingOn(toBob.id), prober.isProbingOn(toCarol.id)]).toEqual([true, false]);
  prober.end(seq, toBob.id);
  expect(prober.isProbingOn(toBob.id)).toBe(false);
  prober.begin(CAROL, toBob, true, 500, NOW);
  expect(prober.isProbingOn(toBob.id)).toBe(true);
  prober.takeMissed(NOW + 500);
  expect(prober.isProbingOn(toBob.id)).toBe(false);
});

test("no number is given twice", () => {
  const { prober, toBob } = setup();
  const numbers = [
    prober.begin(BOB, toBob, true, 500, NOW).seq,
    prober.nextSeq(),
    prober.begin(BOB, toBob, true, 500, NOW).seq,
    prober.nextSeq(),
  ];
  expect(new Set(numbers).size).toBe(4);
  // 0 is what records that nobody asked for have.
  expect(numbers).not.toContain(0);
});

describe("a probe whose time is over", () => {
  test("is missed at its deadline, once", () => {
    const { prober, toBob } = setup();
    const probe = prober.begin(BOB, toBob, true, 500, NOW);
    expect(prober.nextAtMs()).toBe(1_500);
    expect(prober.takeMissed(1_499)).toEqual([]);
    expect(prober.isProbing(BOB)).toBe(true);
    expect(prober.takeMissed(1_500)).toEqual([probe]);
    expect(prober.takeMissed(1_501)).toEqual([]);
    expect(prober.isProbing(BOB)).toBe(false);
    expect(prober.nextAtMs()).toBe(Number.POSITIVE_INFINITY);
  });

  test("is still ended by a late answer", () => {
    const { prober, toBob } = setup();
    const probe = prober.begin(BOB, toBob, true, 500, NOW);
    prober.takeMissed(1_500);
    expect(prober.end(probe.seq, toBob.id)).toMatchObject({ isMissed: true });
  });

  test("is forgotten in the end", () => {
    const { prober, toBob } = setup();
    const { seq } = prober.begin(BOB, toBob, true, 500, NOW);
    prober.takeMissed(NOW + FORGOTTEN_MS - 1);
    expect(prober.size).toBe(1);
    prober.takeMissed(NOW + FORGOTTEN_MS);
    expect(prober.size).toBe(0);
    expect(prober.end(seq, toBob.id)).toBeUndefined();
  });

  test("is missed also when nobody looked until it was to be forgotten", () => {
    const { prober, toBob } = setup();
    const probe = prober.begin(BOB, toBob, true, 500, NOW);
    expect(prober.takeMissed(NOW + FORGOTTEN_MS)).toEqual([probe]);
    expect(prober.size).toBe(0);
  });
});

test("the first of several deadlines is the next", () => {
  const { prober, toBob, toCarol } = setup();
  prober.begin(BOB, toBob, true, 900, NOW);
  const first = prober.begin(CAROL, toCarol, true, 500, NOW);
  expect(prober.nextAtMs()).toBe(1_500);
  expect(prober.takeMissed(1_600)).toEqual([first]);
  expect(prober.nextAtMs()).toBe(1_900);
  expect([prober.isProbing(BOB), prober.isProbing(CAROL)]).toEqual([true, false]);
});

test("a link that is gone takes its probes with it, the missed ones too", () => {
  const { prober, toBob, toCarol } = setup();
  const missed = prober.begin(BOB, toBob, true, 100, NOW);
  prober.takeMissed(1_200);
  const pending = prober.begin(BOB, toBob, true, 500, 1_200);
  const other = prober.begin(CAROL, toCarol, true, 500, 1_200);
  expect(prober.endAllOn(toBob.id)).toEqual([missed, pending]);
  expect(prober.size).toBe(1);
  expect(prober.end(other.seq, toCarol.id)).toBe(other);
});

test("a probe with much time is not forgotten before it is missed", () => {
  const { prober, toBob } = setup();
  const probe = prober.begin(BOB, toBob, true, 2 * FORGOTTEN_MS, NOW);
  expect(prober.takeMissed(NOW + FORGOTTEN_MS)).toEqual([]);
  expect(prober.takeMissed(NOW + 2 * FORGOTTEN_MS)).toEqual([probe]);
});

describe("the outcome of an exchange", () => {
  test("is what the answer says, where it came in time", () => {
    const { prober, toBob } = setup();
    const exchange = prober.begin(BOB, toBob, true, 500, NOW);
    const probe = prober.begin(BOB, toBob, false, 500, NOW);
    for (const { seq } of [exchange, probe]) {
      const ended = prober.end(seq, toBob.id);
      if (ended !== undefined) prober.noteOutcome(ended, "different");
    }
    expect(prober.exchangeOutcomes).toEqual({ ...newExchangeOutcomes(), different: 1 });
  });

  test("is that it was not answered, once, though the answer comes late or the link goes", () => {
    const { prober, toBob } = setup();
    const late = prober.begin(BOB, toBob, true, 500, NOW);
    prober.begin(BOB, toBob, true, 500, NOW);
    prober.takeMissed(NOW + 500);
    prober.end(late.seq, toBob.id);
    prober.noteOutcome(late, "same");
    prober.begin(BOB, toBob, true, 500, NOW + 500);
    prober.begin(BOB, toBob, false, 500, NOW + 500);
    prober.endAllOn(toBob.id);
    expect(prober.exchangeOutcomes).toEqual({ ...newExchangeOutcomes(), unanswered: 3 });
  });
});

describe("a pause of the process", () => {
  test("is added to the time of those that wait", () => {
    const { prober, toBob } = setup();
    const probe = prober.begin(BOB, toBob, true, 500, NOW);
    prober.delayBy(3_000);
    expect(prober.takeMissed(4_499)).toEqual([]);
    expect(prober.takeMissed(4_500)).toEqual([probe]);
  });

  test("longer than a probe is remembered does not lose its answer", () => {
    const { prober, toBob } = setup();
    const probe = prober.begin(BOB, toBob, true, 500, NOW);
    prober.delayBy(60_000);
    expect(prober.takeMissed(NOW + 60_000)).toEqual([]);
    expect(prober.end(probe.seq, toBob.id)).toBe(probe);
  });
});
