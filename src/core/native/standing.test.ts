// When a verdict on ourselves is contradicted at once, and when it costs time.

import { expect, test } from "vitest";
import { nativeRecord } from "../../../test/support/native-records.js";
import { DEFAULT_LIMITS } from "../limits.js";
import { History } from "./history.js";
import { newNativeCounters } from "./native-counters.js";
import { Roster } from "./roster.js";
import { type Saying, Standing } from "./standing.js";

const ME = "10.0.0.1:7946";
const WATCHERS = ["10.0.0.2:7946", "10.0.0.3:7946", "10.0.0.4:7946", "10.0.0.5:7946"] as const;
const [FIRST, SECOND] = WATCHERS;
const STRANGER = "10.0.9.9:7946";
const PERIOD_MS = 1_000;

/** A peer with four watchers, that answer it unless said otherwise. */
class Accused {
  readonly roster = new Roster({
    own: nativeRecord(ME),
    limits: DEFAULT_LIMITS,
    onChange: () => {},
  });
  readonly standing = new Standing({
    roster: this.roster,
    history: new History(() => {}),
    counters: newNativeCounters(),
    probe: () => {},
    setOwn: (record) => void this.roster.merge(record),
  });
  #now = 123_456;

  constructor() {
    for (const watcher of WATCHERS) this.roster.merge(nativeRecord(watcher));
    this.#pass();
  }

  get isOut(): boolean {
    return this.roster.own.verdict !== "live";
  }

  /** So many probes of members go unanswered. */
  misses(count: number, address: string = FIRST): void {
    for (let index = 0; index < count; index += 1) this.standing.onMissed(address, this.#now);
  }

  /** So many probes of members are answered in time. */
  isAnswered(count: number): void {
    for (let index = 0; index < count; index += 1) this.standing.onTimely(FIRST, this.#now);
  }

  /** Those say that we failed, as we are now. */
  hears(saying: Saying, ...from: readonly string[]): void {
    const claim = { ...this.roster.own, verdict: "failed" as const, expiresAt: 1_000_000 };
    for (const address of from) this.standing.onClaim(claim, saying, address, this.#now);
  }

  /** How many periods it takes to be back, with answers in time from now on. */
  periodsOut(): number {
    let periods = 0;
    for (; this.isOut && periods < 1_000; periods += 1) this.#pass();
    return periods;
  }

  #pass(): void {
    this.#now += PERIOD_MS;
    for (const watcher of WATCHERS) this.standing.onTimely(watcher, this.#now);
    this.standing.onPeriod(this.#now);
  }
}

test("what nobody agreed on is contradicted at once", () => {
  const accused = new Accused();
  accused.hears("accused", FIRST, SECOND);
  expect(accused.isOut).toBe(false);
  expect(accused.roster.own.incarnation).toBe(1);
});

test.each(["passed", "exchanged"] as const)(
  "a verdict that two watchers hold (%s) makes the next cost ten seconds, and the one after twenty",
  (saying) => {
    const accused = new Accused();
    accused.hears(saying, FIRST, SECOND);
    expect(accused.periodsOut()).toBeLessThanOrEqual(1);
    accused.hears("passed", FIRST, SECOND);
    expect(accused.periodsOut()).toBe(11);
    accused.hears("passed", FIRST, SECOND);
    expect(accused.periodsOut()).toBe(21);
  },
);

test.each([
  ["one watcher", [FIRST, FIRST]],
  ["one watcher and a stranger", [FIRST, STRANGER]],
] as const)("what %s says costs no time, however often", (_, from) => {
  const accused = new Accused();
  for (let count = 0; count < 5; count += 1) {
    accused.hears("passed", ...from);
    expect(accused.isOut).toBe(true);
    expect(accused.periodsOut()).toBeLessThanOrEqual(1);
  }
});

test("who saw itself that most of its probes went unanswered needs no second watcher", () => {
  const accused = new Accused();
  accused.misses(8);
  accused.hears("accused", FIRST);
  // It is back at once; but it has failed, and the next time shows it.
  expect(accused.isOut).toBe(false);
  accused.hears("passed", FIRST, SECOND);
  expect(accused.periodsOut()).toBe(11);
});

test.each([
  ["17 of the latest 32 unanswered, and then 15 answered, are", 0, 40, 15, 11],
  ["16 unanswered, and then 16 answered, are none", 0, 40, 16, 1],
  ["17 unanswered after those are", 40, 17, 0, 11],
  ["16 unanswered after those are none", 40, 16, 0, 1],
] as const)("trouble is most of the latest 32 probes: %s", (_, before, missed, after, periods) => {
  const accused = new Accused();
  accused.isAnswered(before);
  accused.misses(missed);
  accused.isAnswered(after);
  accused.hears("accused", FIRST);
  accused.hears("passed", FIRST, SECOND);
  expect(accused.periodsOut()).toBe(periods);
});

test.each([
  ["a few", 2, FIRST],
  ["many of one that is not listed", 30, STRANGER],
] as const)("%s unanswered probes are no failure of our own", (_, count, address) => {
  const accused = new Accused();
  accused.misses(count, address);
  accused.hears("accused", FIRST);
  accused.hears("passed", FIRST, SECOND);
  expect(accused.periodsOut()).toBeLessThanOrEqual(1);
});
