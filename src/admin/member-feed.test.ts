import { expect, test, vi } from "vitest";
import { memberDetail } from "../../test/support/member-detail.js";
import { useFakeTimers } from "../../test/transport/fake-timers.js";
import type { MemberDetail } from "../core/member.js";
import { MemberFeed } from "./member-feed.js";

const MAX_PART_BYTES = 262_144;
/** What a member counts for beside its name. */
const MEMBER_BYTES = 200;
const NEVER = new AbortController().signal;

const LIMITS = { maxLoggedChanges: 10, refreshPeriodMs: 1_000 };

function member(number: number, nameBytes = 0): MemberDetail {
  return memberDetail({
    address: `10.0.0.${number}:7946`,
    info: { name: "x".repeat(nameBytes) },
  });
}

function feedOf(members: readonly MemberDetail[]): MemberFeed {
  const detail = (address: string) => members.find((each) => each.address === address);
  return new MemberFeed({ details: () => members, detail }, "e", LIMITS);
}

test.each([
  [0, true],
  [1, false],
])(
  "members that take %i bytes more than a part may are told in one part: %s",
  async (more, isOne) => {
    const half = MAX_PART_BYTES / 2 - MEMBER_BYTES;
    const feed = feedOf([member(1, half), member(2, half + more)]);
    const { value } = await feed.watch("", NEVER).next();
    expect(value?.kind).toMatchObject({ case: "snapshot", value: { first: true, last: isOne } });
    expect(value?.kind.value?.members).toHaveLength(isOne ? 2 : 1);
  },
);

test("a watched list is looked at once in refreshPeriodMs, and not when nobody watches", () => {
  useFakeTimers();
  const members = vi.fn(() => []);
  const feed = new MemberFeed({ details: members, detail: () => undefined }, "e", LIMITS);
  const gone = new AbortController();
  void feed.watch("", gone.signal).next();
  expect(members).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(LIMITS.refreshPeriodMs - 1);
  expect(members).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(members).toHaveBeenCalledTimes(2);
  gone.abort();
  vi.advanceTimersByTime(10 * LIMITS.refreshPeriodMs);
  expect(members).toHaveBeenCalledTimes(2);
});
