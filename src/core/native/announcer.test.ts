// Which changes of what is held of a member are told to the application.

import { describe, expect, test } from "vitest";
import { nativeRecord } from "../../../test/support/native-records.js";
import type { MemberEvent } from "../member.js";
import { Announcer } from "./announcer.js";
import type { Verdict } from "./member-record.js";
import type { Roster } from "./roster.js";

const ADDRESS = "127.0.0.1:1";

function toldOf(before: Verdict, after: Verdict): string[] {
  const events: MemberEvent[] = [];
  const announcer = new Announcer((event) => void events.push(event));
  const change = {
    address: ADDRESS,
    before: nativeRecord(ADDRESS, { verdict: before }),
    after: nativeRecord(ADDRESS, { verdict: after }),
    wasListed: before === "live",
    isListed: after === "live",
  };
  announcer.onChange(change, "");
  return events.map(({ type }) => type);
}

test.each([
  ["live", "failed", ["member-failed"]],
  ["live", "left", ["member-left"]],
  // Nobody was told that it failed: it was so before we came.
  ["failed", "left", []],
  ["left", "left", []],
  ["failed", "forgotten", []],
  ["left", "forgotten", []],
  ["failed", "live", ["member-joined"]],
  ["left", "live", ["member-joined"]],
] as const)("%s, then %s", (before, after, told) => {
  expect(toldOf(before, after)).toEqual(told);
});

/** What is told of a row of changes and steps. */
function storyOf(act: (announcer: Announcer, change: (was: Told, is: Told) => void) => void) {
  const events: MemberEvent[] = [];
  const announcer = new Announcer((event) => void events.push(event));
  const change = (was: Told, is: Told): void => {
    announcer.onChange(
      {
        address: ADDRESS,
        before: nativeRecord(ADDRESS, was),
        after: nativeRecord(ADDRESS, is),
        wasListed: was.verdict === "live",
        isListed: is.verdict === "live",
      },
      "",
    );
  };
  act(announcer, change);
  return events.map(({ type }) => type);
}

type Told = { readonly verdict: Verdict; readonly incarnation?: number };

const LIVE: Told = { verdict: "live" };
const FAILED: Told = { verdict: "failed" };

test("who failed before our eyes, and had left, is told of as having left", () => {
  const told = storyOf((_announcer, change) => {
    change(LIVE, FAILED);
    change(FAILED, { verdict: "left" });
    change({ verdict: "left" }, { verdict: "left" });
  });
  expect(told).toEqual(["member-failed", "member-left"]);
});

describe("a suspicion", () => {
  const roster = { get: () => ({ record: nativeRecord(ADDRESS, LIVE) }) } as unknown as Roster;
  const suspect = (announcer: Announcer) =>
    announcer.onStep(ADDRESS, { type: "suspected", reason: "it does not answer" }, roster);
  const clear = (announcer: Announcer) =>
    announcer.onStep(ADDRESS, { type: "cleared", reason: "it answered" }, roster);

  test("is told of once, until it is over", () => {
    const told = storyOf((announcer) => {
      suspect(announcer);
      suspect(announcer);
      clear(announcer);
      clear(announcer);
      suspect(announcer);
    });
    expect(told).toEqual(["member-suspected", "suspicion-cleared", "member-suspected"]);
  });

  test("that the member refutes is over, and one that it does not is not", () => {
    const told = storyOf((announcer, change) => {
      suspect(announcer);
      change(LIVE, LIVE);
      change(LIVE, { verdict: "live", incarnation: 1 });
      change(LIVE, { verdict: "live", incarnation: 2 });
    });
    expect(told).toEqual(["member-suspected", "suspicion-cleared"]);
  });

  test("ends with the member", () => {
    const told = storyOf((announcer, change) => {
      suspect(announcer);
      change(LIVE, FAILED);
      change(FAILED, LIVE);
      suspect(announcer);
    });
    expect(told).toEqual([
      "member-suspected",
      "member-failed",
      "member-joined",
      "member-suspected",
    ]);
  });
});
