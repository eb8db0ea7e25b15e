import { expect, test } from "vitest";
import type { MemberDetail } from "../core/member.js";
import { MemberMessages } from "./member-messages.js";

const MEMBER: MemberDetail = {
  address: "10.0.0.1:7946",
  info: { name: "a" },
  status: "live",
  version: 1,
  isSelf: false,
  dialect: "native",
  isSuspected: false,
  startedAtMs: 1_000,
  incarnation: 0,
  knownSinceMs: 2_000,
  changedAtMs: 3_000,
  roundTripMs: undefined,
};

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
