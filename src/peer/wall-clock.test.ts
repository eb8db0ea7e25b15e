// The offset between the two clocks: steady while they run on, and anew once the wall clock was set.

import { expect, test } from "vitest";
import { realEnvironment } from "./environment.js";
import { WallClock } from "./wall-clock.js";

function newClocks(): { clocks: { wallMs: number; nowMs: number }; clock: WallClock } {
  const clocks = { wallMs: 1_000_000, nowMs: 400 };
  const environment = {
    // Nothing is sent here.
    ...realEnvironment(undefined as never),
    now: () => clocks.nowMs,
    wallClockMs: () => clocks.wallMs,
  };
  return { clocks, clock: new WallClock(environment) };
}

test("small differences between two readings do not change it", () => {
  const { clocks, clock } = newClocks();
  expect(clock.offsetMs).toBe(999_600);
  clocks.nowMs += 50.4;
  clocks.wallMs += 49;
  expect(clock.offsetMs).toBe(999_600);
});

test("a wall clock that was set does", () => {
  const { clocks, clock } = newClocks();
  clocks.wallMs -= 3_600_000;
  expect(clock.offsetMs).toBe(999_600 - 3_600_000);
});
