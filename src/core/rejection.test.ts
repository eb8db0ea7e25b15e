// What was not taken in, and why: a million bad records make one line of a bounded length, not a
// million.

import { expect, test } from "vitest";
import { REJECTION_REASONS, RejectionCounter } from "./rejection.js";

test("nothing was rejected at first", () => {
  expect(new RejectionCounter().take()).toEqual([]);
});

test("each reason is counted, with its first example", () => {
  const rejections = new RejectionCounter();
  rejections.add("address-malformed", "first");
  rejections.add("name-too-long", "10.0.0.1:7946");
  rejections.add("address-malformed", "second");
  rejections.add("too-many-records", "an exchange", 500);
  rejections.add("too-many-records", "an exchange", 20);
  expect(rejections.take()).toEqual([
    { reason: "address-malformed", count: 2, example: "first" },
    { reason: "name-too-long", count: 1, example: "10.0.0.1:7946" },
    { reason: "too-many-records", count: 520, example: "an exchange" },
  ]);
});

test("what was taken is counted anew", () => {
  const rejections = new RejectionCounter();
  rejections.add("alias", "10.0.0.1:7946");
  rejections.take();
  expect(rejections.take()).toEqual([]);
  rejections.add("alias", "10.0.0.2:7946");
  expect(rejections.take()).toEqual([{ reason: "alias", count: 1, example: "10.0.0.2:7946" }]);
});

test("a long example is cut short", () => {
  const rejections = new RejectionCounter();
  rejections.add("address-too-long", "a".repeat(2 ** 20));
  expect(rejections.take()).toEqual([
    { reason: "address-too-long", count: 1, example: "a".repeat(80) },
  ]);
});

test("a million rejections are as many entries as there are reasons", () => {
  const rejections = new RejectionCounter();
  for (let index = 0; index < 1_000_000; index += 1) {
    const reason = REJECTION_REASONS[index % REJECTION_REASONS.length];
    if (reason !== undefined) rejections.add(reason, `10.0.0.1:${index}`);
  }
  const taken = rejections.take();
  expect(taken.map((each) => each.reason).sort()).toEqual([...REJECTION_REASONS].sort());
  expect(taken.reduce((sum, each) => sum + each.count, 0)).toBe(1_000_000);
});
