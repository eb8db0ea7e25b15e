// The calls under way: each ends once, and a member has one exchange of the rotation at a time.

import { expect, test } from "vitest";
import { type CallPurpose, Calls, type PendingCall } from "./calls.js";

function begin(calls: Calls, address: string, purpose: CallPurpose, isPing = false): PendingCall {
  return calls.begin({
    address,
    purpose,
    isPing,
    begunAtMs: 0,
    heldVersion: -1,
    saidToLeave: false,
  });
}

test("a call is under way from its beginning to its end", () => {
  const calls = new Calls();
  const call = begin(calls, "a", { type: "dial" });
  expect(call).toMatchObject({ address: "a", purpose: { type: "dial" }, isPing: false });
  expect(calls.size).toBe(1);
  expect(calls.end(call.callId)).toEqual(call);
  expect(calls.size).toBe(0);
});

test("a call ends only once, and one that never began does not end", () => {
  const calls = new Calls();
  const call = begin(calls, "a", { type: "dial" });
  calls.end(call.callId);
  expect(calls.end(call.callId)).toBeUndefined();
  expect(calls.end(12_345)).toBeUndefined();
  expect(calls.size).toBe(0);
});

test("calls are told apart, also of one address", () => {
  const calls = new Calls();
  const seed = begin(calls, "a", { type: "seed", seed: "name:1" });
  const ping = begin(calls, "a", { type: "seed", seed: "name:1" }, true);
  expect(seed.callId).not.toBe(ping.callId);
  expect(calls.end(seed.callId)?.isPing).toBe(false);
  expect(calls.end(ping.callId)?.isPing).toBe(true);
});

test("only calls of the rotation count as its own", () => {
  const calls = new Calls();
  const rotation = begin(calls, "a", { type: "rotation" });
  const dial = begin(calls, "b", { type: "dial" });
  begin(calls, "a", { type: "leave" });
  expect(calls.rotationCount).toBe(1);
  expect(calls.isInRotation("a")).toBe(true);
  expect(calls.isInRotation("b")).toBe(false);
  calls.end(dial.callId);
  expect(calls.rotationCount).toBe(1);
  calls.end(rotation.callId);
  expect(calls.rotationCount).toBe(0);
  expect(calls.isInRotation("a")).toBe(false);
  expect(calls.size).toBe(1);
});
