// Trials: ten probes, one soon after the other, and what their outcome makes of a member; and the same by
// its other watchers.

import { beforeEach, describe, expect, test } from "vitest";
import { addressOf } from "../../../test/support/native-records.js";
import { Trials } from "./trials.js";

const BOB = addressOf(2);
const START_MS = 1_000;
const PROBES = 10;
const STEP_MS = 350;
const LATE = 5;
const REST_MS = 30_000;
const LAST_RESULT_MS = 5_000;

let done: string[];
let isListed: boolean;
let questions: Map<string, number>;
let trials: Trials;

beforeEach(() => {
  done = [];
  isListed = true;
  questions = new Map();
  trials = new Trials({
    probe: (address, now) => void done.push(`probe ${address} at ${now}`),
    answer: ({ linkId, seq }, finding, late) =>
      void done.push(`answer ${linkId}:${seq} ${finding} ${late}`),
    onOwnTrial: (address) => void done.push(`own trial of ${address}`),
    askWatchers: (address, probes) => {
      done.push(`ask about ${address}, ${probes} probes`);
      return questions;
    },
    convict: (address) => void done.push(`convict ${address}`),
    isListed: () => isListed,
  });
});

function doneNow(): string[] {
  return done.splice(0);
}

/** Sends all probes of a trial, of which so many are late; returns when the last was answered. */
function hold(late: number, begin = START_MS): number {
  for (let probe = 0; probe < PROBES; probe += 1) {
    const now = begin + probe * STEP_MS;
    trials.onTimeout(now);
    trials.onResult(BOB, probe >= late, now + 1);
  }
  return begin + (PROBES - 1) * STEP_MS + 1;
}

test("a trial is ten probes, 350 ms apart", () => {
  trials.beginOwn(BOB, START_MS);
  expect(trials.nextAtMs()).toBe(START_MS);
  trials.onTimeout(START_MS);
  trials.onTimeout(START_MS + STEP_MS - 1);
  expect(doneNow()).toEqual([`probe ${BOB} at ${START_MS}`]);
  expect(trials.nextAtMs()).toBe(START_MS + STEP_MS);
  for (let at = START_MS + STEP_MS; at < START_MS + 20 * STEP_MS; at += 50) trials.onTimeout(at);
  const expected = Array.from(
    { length: PROBES - 1 },
    (_, index) => START_MS + (index + 1) * STEP_MS,
  );
  expect(doneNow().slice(0, PROBES)).toEqual(expected.map((at) => `probe ${BOB} at ${at}`));
});

describe("on our own account", () => {
  test.each([
    ["has the others asked when half of the probes were late", LATE, [`own trial of ${BOB}`]],
    ["has no consequence when fewer were", LATE - 1, []],
  ])("%s", (_, late, expected) => {
    trials.beginOwn(BOB, START_MS);
    hold(late);
    expect(doneNow().filter((what) => !what.startsWith("probe"))).toEqual(expected);
    expect(trials.nextAtMs()).toBe(Number.POSITIVE_INFINITY);
  });

  test("is not repeated before the member was left in peace for a while", () => {
    trials.beginOwn(BOB, START_MS);
    const endedAt = hold(0);
    doneNow();
    trials.beginOwn(BOB, endedAt + REST_MS - 1);
    trials.onTimeout(endedAt + REST_MS - 1);
    expect(doneNow()).toEqual([]);
    trials.beginOwn(BOB, endedAt + REST_MS);
    trials.onTimeout(endedAt + REST_MS);
    expect(doneNow()).toEqual([`probe ${BOB} at ${endedAt + REST_MS}`]);
  });

  test("and forgotten, it has no consequence", () => {
    trials.beginOwn(BOB, START_MS);
    trials.forget(BOB);
    hold(PROBES);
    expect(doneNow()).not.toContain(`own trial of ${BOB}`);
  });
});

describe("for others", () => {
  test.each([
    ["silent", LATE],
    ["answered", LATE - 1],
  ])("the outcome is %s with %i late, and told to each that asked", (finding, late) => {
    trials.serve(BOB, { linkId: 1, seq: 7 }, START_MS);
    trials.serve(BOB, { linkId: 2, seq: 9 }, START_MS);
    hold(late);
    const told = doneNow().filter((what) => !what.startsWith("probe"));
    expect(told).toEqual([`answer 1:7 ${finding} ${late}`, `answer 2:9 ${finding} ${late}`]);
  });

  test("a trial is held even while we leave the member in peace ourselves", () => {
    trials.beginOwn(BOB, START_MS);
    const endedAt = hold(0);
    doneNow();
    trials.serve(BOB, { linkId: 1, seq: 7 }, endedAt);
    hold(PROBES, endedAt);
    expect(doneNow()).toContain(`answer 1:7 silent ${PROBES}`);
  });

  test("not more may ask than have to", () => {
    for (let seq = 0; seq < 1_000; seq += 1) trials.serve(BOB, { linkId: 1, seq }, START_MS);
    hold(0);
    expect(doneNow().filter((what) => what.startsWith("answer")).length).toBe(32);
  });
});

describe("results", () => {
  test("of probes that were not sent, or of no trial, do not count", () => {
    trials.onResult(BOB, false, START_MS);
    trials.serve(BOB, { linkId: 1, seq: 7 }, START_MS);
    for (let extra = 0; extra < 20; extra += 1) trials.onResult(BOB, false, START_MS);
    hold(0);
    expect(doneNow()).toContain("answer 1:7 answered 0");
  });

  test("that never come are not waited for, and say nothing", () => {
    trials.serve(BOB, { linkId: 1, seq: 7 }, START_MS);
    for (let probe = 0; probe < PROBES; probe += 1) {
      trials.onTimeout(START_MS + probe * STEP_MS);
      if (probe < 3) trials.onResult(BOB, false, START_MS + probe * STEP_MS);
    }
    const endAt = START_MS + (PROBES - 1) * STEP_MS + LAST_RESULT_MS;
    expect(trials.nextAtMs()).toBe(endAt);
    doneNow();
    trials.onTimeout(endAt - 1);
    expect(doneNow()).toEqual([]);
    trials.onTimeout(endAt);
    expect(doneNow()).toEqual(["answer 1:7 answered 3"]);
    expect(trials.nextAtMs()).toBe(Number.POSITIVE_INFINITY);
  });
});

test("time in which this process stood still is added", () => {
  trials.beginOwn(BOB, START_MS);
  trials.onTimeout(START_MS);
  trials.delayBy(60_000);
  expect(trials.nextAtMs()).toBe(START_MS + STEP_MS + 60_000);
});

describe("all watchers together", () => {
  const watchers = new Set(["a", "b", "c", "d"]);

  beforeEach(() => {
    questions = new Map([...watchers].map((watcher, index) => [watcher, 100 + index]));
    trials.beginJoint(BOB, watchers, START_MS);
  });

  test("convict when half of them find the member late, and not before", () => {
    expect(doneNow()).toEqual([`ask about ${BOB}, ${PROBES} probes`]);
    expect(trials.onEvidence("a", 100, LATE, START_MS)).toBe(true);
    expect(trials.onEvidence("b", 101, LATE - 1, START_MS)).toBe(true);
    expect(doneNow()).toEqual([]);
    expect(trials.onEvidence("c", 102, PROBES, START_MS)).toBe(true);
    expect(doneNow()).toEqual([`convict ${BOB}`]);
    expect(trials.onEvidence("d", 103, PROBES, START_MS)).toBe(false);
  });

  test("each counts once, and only with the number that it was asked by", () => {
    doneNow();
    expect(trials.onEvidence("a", 101, PROBES, START_MS)).toBe(false);
    expect(trials.onEvidence("stranger", 100, PROBES, START_MS)).toBe(false);
    expect(trials.onEvidence("a", 100, PROBES, START_MS)).toBe(true);
    expect(trials.onEvidence("a", 100, PROBES, START_MS)).toBe(false);
    expect(doneNow()).toEqual([]);
  });

  test("do not convict who is not listed any more", () => {
    doneNow();
    isListed = false;
    trials.onEvidence("a", 100, PROBES, START_MS);
    trials.onEvidence("b", 101, PROBES, START_MS);
    expect(doneNow()).toEqual([]);
  });

  test("have twice the time of a trial, and what comes later is nobody's", () => {
    const endAt = START_MS + 2 * PROBES * STEP_MS;
    expect(trials.nextAtMs()).toBe(endAt);
    trials.onTimeout(endAt - 1);
    expect(trials.onEvidence("a", 100, PROBES, endAt - 1)).toBe(true);
    trials.onTimeout(endAt);
    expect(trials.onEvidence("b", 101, PROBES, endAt)).toBe(false);
    expect(doneNow()).not.toContain(`convict ${BOB}`);
  });

  test("keep us from another trial of our own meanwhile", () => {
    doneNow();
    trials.beginOwn(BOB, START_MS);
    trials.onTimeout(START_MS);
    expect(doneNow()).toEqual([]);
    trials.forget(BOB);
    trials.beginOwn(BOB, START_MS);
    trials.onTimeout(START_MS);
    expect(doneNow()).toEqual([`probe ${BOB} at ${START_MS}`]);
  });
});
