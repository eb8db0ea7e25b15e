// The time of day as a peer knows it: what lies too far ahead of it, and when it was wrong itself.

import { describe, expect, test } from "vitest";
import { nativeRecord } from "../../../test/support/native-records.js";
import { Calendar } from "./calendar.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START = 1_000 * DAY_MS;

function calendar(): Calendar {
  return new Calendar(START, DAY_MS, 0);
}

describe("the clocks of others", () => {
  test.each([
    ["one, by who has nobody else", [3 * DAY_MS], true, 3 * DAY_MS],
    ["one, not by who has others", [3 * DAY_MS], false, 0],
    ["two, not by who has others", [3 * DAY_MS, 3 * DAY_MS], false, 0],
    ["most of three", [0, 3 * DAY_MS, 4 * DAY_MS], false, 3 * DAY_MS],
    ["half of four, not", [0, 1, 3 * DAY_MS, 4 * DAY_MS], false, 0],
    ["nobody, where there is none", [], true, 0],
    ["no one who is ahead by hours alone", [11 * HOUR_MS], true, 0],
    ["no one who is behind", [-3 * DAY_MS, -3 * DAY_MS, -3 * DAY_MS], false, 0],
  ])("are believed of %s", (_, leadsMs, isAlone, expectedMs) => {
    const days = calendar();
    days.compare(
      leadsMs.map((leadMs) => START + leadMs),
      isAlone,
    );
    expect(days.wallMs(0)).toBe(START + expectedMs);
    expect(days.wallMs(HOUR_MS)).toBe(START + expectedMs + HOUR_MS);
  });

  test("once believed, make those records credible that were from the far future", () => {
    const days = calendar();
    const record = nativeRecord("10.0.0.9:7946", { generation: START + 3 * DAY_MS });
    expect(days.faultOf(record, false, 0)).toBe("generation-out-of-range");
    days.compare([START + 3 * DAY_MS], true);
    expect(days.faultOf(record, false, 0)).toBeUndefined();
  });
});

test("a generation is believed up to a day ahead, and of ourselves up to two", () => {
  const days = calendar();
  const faultOf = (leadMs: number, isOwn: boolean) =>
    days.faultOf(nativeRecord("10.0.0.9:7946", { generation: START + leadMs }), isOwn, 0);
  expect(faultOf(DAY_MS, false)).toBeUndefined();
  expect(faultOf(DAY_MS + 1, false)).toBe("generation-out-of-range");
  expect(faultOf(2 * DAY_MS, true)).toBeUndefined();
  expect(faultOf(2 * DAY_MS + 1, true)).toBe("generation-out-of-range");
});
