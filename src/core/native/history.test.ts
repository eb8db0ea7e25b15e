// The steps kept of each member: the latest ones, of those members that there is news of.

import { expect, test } from "vitest";
import { addressOf } from "../../../test/support/native-records.js";
import { History } from "./history.js";

const ADDRESS = addressOf(1);
const MAX_STEPS = 32;
const MAX_SUBJECTS = 256;

test("steps are kept in order, each with its time, by member", () => {
  const history = new History();
  history.add(ADDRESS, { type: "probe-missed" }, 10);
  history.add(addressOf(2), { type: "out-of-reach" }, 11);
  history.add(ADDRESS, { type: "suspected", reason: "it does not answer" }, 12);
  expect(history.of(ADDRESS)).toEqual([
    { type: "probe-missed", atMs: 10 },
    { type: "suspected", reason: "it does not answer", atMs: 12 },
  ]);
  expect(history.of(addressOf(2))).toEqual([{ type: "out-of-reach", atMs: 11 }]);
  expect(history.of(addressOf(3))).toEqual([]);
});

test("of one member the latest are kept", () => {
  const history = new History();
  for (let at = 0; at < 100; at += 1) history.add(ADDRESS, { type: "probe-missed" }, at);
  const times = history.of(ADDRESS).map(({ atMs }) => atMs);
  expect(times).toEqual(Array.from({ length: MAX_STEPS }, (_, index) => 100 - MAX_STEPS + index));
});

test("of too many members that with the oldest news is forgotten", () => {
  const history = new History();
  const add = (index: number) => history.add(addressOf(index), { type: "probe-missed" }, index);
  for (let index = 0; index < MAX_SUBJECTS; index += 1) add(index);
  // News of the first make the second the one with the oldest.
  add(0);
  add(MAX_SUBJECTS);
  const kept = (index: number) => history.of(addressOf(index)).length;
  expect([kept(0), kept(1), kept(2), kept(MAX_SUBJECTS)]).toEqual([2, 0, 1, 1]);
});
