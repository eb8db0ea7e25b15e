import { expect, test } from "vitest";
import { memberDetail } from "../../test/support/member-detail.js";
import { MemberMessages } from "./member-messages.js";

const MEMBER = memberDetail();

test("a member that did not change keeps its message", () => {
  const messages = new MemberMessages();
  const [first] = messages.ofList([MEMBER]);
  const [second] = messages.ofList([{ ...MEMBER }]);
  expect(second).toBe(first);
});

test.each([
  ["its info", { version: 2, info: { name: "b" } }],
  ["its status", { status: "failed" }],
  ["a suspicion", { isSuspected: true }],
  ["its round trip", { roundTripMs: 1 }],
  ["its incarnation", { incarnation: 1 }],
  ["its start", { startedAtMs: 1_001 }],
  ["our clock", { knownSinceMs: 2_001 }],
] as const)("a change of %s makes another", (_what, change) => {
  const messages = new MemberMessages();
  const [first] = messages.ofList([MEMBER]);
  const [second] = messages.ofList([{ ...MEMBER, ...change }]);
  expect(second).not.toEqual(first);
});

test("a member that is gone from the list is forgotten", () => {
  const messages = new MemberMessages();
  const [first] = messages.ofList([MEMBER]);
  messages.ofList([]);
  const [again] = messages.ofList([MEMBER]);
  expect(again).not.toBe(first);
});
