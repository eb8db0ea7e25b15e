// Which changes of what is held of a member are told to the application.

import { expect, test } from "vitest";
import { nativeRecord } from "../../../test/support/native-records.js";
import type { MemberEvent } from "../member.js";
import { Announcer } from "./announcer.js";
import type { Verdict } from "./member-record.js";

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
  ["failed", "left", ["member-left"]],
  ["left", "left", []],
  ["failed", "forgotten", []],
  ["left", "forgotten", []],
  ["failed", "live", ["member-joined"]],
  ["left", "live", ["member-joined"]],
] as const)("%s, then %s", (before, after, told) => {
  expect(toldOf(before, after)).toEqual(told);
});
