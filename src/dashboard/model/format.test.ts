import { expect, test } from "vitest";
import { bytes, counted, duration, milliseconds, UNKNOWN } from "./format.js";

test.each([
  [-5, "0 s"],
  [59_999, "59 s"],
  [60_000, "1 min"],
  [61_000, "1 min 1 s"],
  [3_600_000 * 3 + 60_000 * 20, "3 h 20 min"],
  [86_400_000 * 2, "2 d"],
])("%d ms are %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test.each([
  [undefined, UNKNOWN],
  [0.415, "0.41 ms"],
  [3.26, "3.3 ms"],
  [12.4, "12 ms"],
  [1_340, "1.3 s"],
])("a round trip of %s is %s", (ms, text) => {
  expect(milliseconds(ms)).toBe(text);
});

test("bytes are told in their unit, and counts with their word", () => {
  expect([999, 1_500, 2.5e6, 3e9].map(bytes)).toEqual(["999 B", "1.5 kB", "2.5 MB", "3.0 GB"]);
  expect([counted(1, "link"), counted(1_200, "link")]).toEqual(["1 link", "1,200 links"]);
});
