// Looks at a member: what is done for each, how it ends, and who is told.

import { beforeEach, describe, expect, test } from "vitest";
import { addressOf } from "../../../test/support/native-records.js";
import { type Asker, Checks } from "./checks.js";

const [BOB, CAROL] = [addressOf(2), addressOf(3)];
const NOW = 1_000;
const SECOND_KNOCK_MS = 50;
const MAX_CHECK_MS = 5_000;
const MAX_ASKERS = 32;

let done: string[];
let told: (readonly Asker[])[];
let checks: Checks;

beforeEach(() => {
  done = [];
  told = [];
  checks = new Checks({
    probe: (address) => void done.push(`probe ${address}`),
    knock: (address) => void done.push(`knock ${address}`),
    onFinding: (address, finding, askers) => {
      done.push(`${finding} ${address}`);
      told.push(askers);
    },
  });
});

/** What was done since the last call. */
function doneNow(): string[] {
  return done.splice(0);
}

function asker(seq: number): Asker {
  return { linkId: 1, seq };
}

test("a look is a probe, and its answer ends it", () => {
  checks.begin(BOB, undefined, NOW);
  expect(doneNow()).toEqual([`probe ${BOB}`]);
  expect([checks.has(BOB), checks.has(CAROL), checks.size]).toEqual([true, false, 1]);
  checks.onAnswered(CAROL, NOW);
  expect(doneNow()).toEqual([]);
  checks.onAnswered(BOB, NOW);
  expect(doneNow()).toEqual([`answered ${BOB}`]);
  checks.onAnswered(BOB, NOW);
  checks.onMissed(BOB, NOW);
  expect(doneNow()).toEqual([]);
  expect(checks.size).toBe(0);
});

test("a probe that is missed ends it too", () => {
  checks.begin(BOB, undefined, NOW);
  checks.onMissed(BOB, NOW);
  expect(doneNow()).toEqual([`probe ${BOB}`, `silent ${BOB}`]);
});

test("one look serves all who ask meanwhile, each once", () => {
  checks.begin(BOB, asker(1), NOW);
  checks.begin(BOB, undefined, NOW);
  checks.begin(BOB, asker(2), NOW);
  expect(doneNow()).toEqual([`probe ${BOB}`]);
  checks.onAnswered(BOB, NOW);
  expect(told).toEqual([[asker(1), asker(2)]]);
  checks.begin(BOB, asker(3), NOW);
  checks.onMissed(BOB, NOW);
  expect(told[1]).toEqual([asker(3)]);
});

test.each([MAX_ASKERS, MAX_ASKERS + 1])("so many may ask, and not more, of %i", (count) => {
  for (let seq = 0; seq < count; seq += 1) checks.begin(BOB, asker(seq), NOW);
  checks.onMissed(BOB, NOW);
  expect(told[0]?.length).toBe(MAX_ASKERS);
});

describe("a link that breaks", () => {
  test("makes a look of its own: a closed port is one that refuses twice, 50 ms apart", () => {
    checks.onLinkBroken(BOB, NOW);
    expect(doneNow()).toEqual([`knock ${BOB}`]);
    checks.onKnock(BOB, "refused", NOW + 1);
    expect(checks.nextAtMs()).toBe(NOW + 1 + SECOND_KNOCK_MS);
    checks.onTimeout(NOW + SECOND_KNOCK_MS);
    expect(doneNow()).toEqual([]);
    checks.onTimeout(NOW + 1 + SECOND_KNOCK_MS);
    expect(doneNow()).toEqual([`knock ${BOB}`]);
    // Not again before the outcome.
    checks.onTimeout(NOW + 1_000);
    expect(doneNow()).toEqual([]);
    checks.onKnock(BOB, "refused", NOW + 1_000);
    expect(doneNow()).toEqual([`refused ${BOB}`]);
    checks.onKnock(BOB, "refused", NOW + 1_000);
    expect(doneNow()).toEqual([]);
  });

  test("is looked at once, however many do", () => {
    checks.begin(BOB, asker(1), NOW);
    checks.onLinkBroken(BOB, NOW);
    checks.onLinkBroken(BOB, NOW);
    expect(doneNow()).toEqual([`probe ${BOB}`, `knock ${BOB}`]);
    checks.onKnock(BOB, "silent", NOW);
    expect(doneNow()).toEqual([`silent ${BOB}`]);
    expect(told).toEqual([[asker(1)]]);
  });

  test("in front of an open port is opened anew, twice", () => {
    for (const _time of [1, 2]) {
      checks.onLinkBroken(BOB, NOW);
      checks.onKnock(BOB, "accepted", NOW);
      expect(doneNow()).toEqual([`knock ${BOB}`, `probe ${BOB}`]);
    }
    checks.onLinkBroken(BOB, NOW);
    expect(doneNow()).toEqual([`silent ${BOB}`]);
  });

  test("between two refusals the port may open again: that is no closed port", () => {
    checks.onLinkBroken(BOB, NOW);
    checks.onKnock(BOB, "refused", NOW);
    checks.onTimeout(NOW + SECOND_KNOCK_MS);
    checks.onKnock(BOB, "accepted", NOW + SECOND_KNOCK_MS);
    expect(doneNow()).toEqual([`knock ${BOB}`, `knock ${BOB}`, `probe ${BOB}`]);
    checks.onAnswered(BOB, NOW + SECOND_KNOCK_MS);
    expect(doneNow()).toEqual([`answered ${BOB}`]);
  });
});

describe("a probe that went down with its link", () => {
  test("is sent again on another one", () => {
    checks.begin(BOB, undefined, NOW);
    checks.onLost(CAROL, NOW);
    checks.onLost(BOB, NOW);
    expect(doneNow()).toEqual([`probe ${BOB}`, `probe ${BOB}`]);
  });

  test("is not while its port is knocked at", () => {
    checks.onLinkBroken(BOB, NOW);
    checks.onLost(BOB, NOW);
    expect(doneNow()).toEqual([`knock ${BOB}`]);
  });
});

describe("a look that nothing comes of", () => {
  test("ends after a while, as silent", () => {
    checks.begin(BOB, asker(1), NOW);
    checks.begin(CAROL, undefined, NOW + 1);
    expect(checks.nextAtMs()).toBe(NOW + MAX_CHECK_MS);
    doneNow();
    checks.onTimeout(NOW + MAX_CHECK_MS - 1);
    expect(doneNow()).toEqual([]);
    checks.onTimeout(NOW + MAX_CHECK_MS);
    expect(doneNow()).toEqual([`silent ${BOB}`]);
    expect(checks.nextAtMs()).toBe(NOW + 1 + MAX_CHECK_MS);
  });

  test("is given the time in which this process stood still", () => {
    checks.begin(BOB, undefined, NOW);
    checks.onLinkBroken(CAROL, NOW);
    checks.onKnock(CAROL, "refused", NOW);
    doneNow();
    checks.delayBy(60_000);
    expect(checks.nextAtMs()).toBe(NOW + SECOND_KNOCK_MS + 60_000);
    checks.onTimeout(NOW + 60_000);
    expect(doneNow()).toEqual([]);
    checks.onTimeout(NOW + 60_000 + MAX_CHECK_MS);
    expect(doneNow()).toEqual([`silent ${BOB}`, `silent ${CAROL}`]);
    expect(checks.nextAtMs()).toBe(Number.POSITIVE_INFINITY);
  });
});
