import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { setAlarm } from "./alarm.js";
import { renewTimers } from "./platform-timers.js";

const LOOK_PERIOD_MS = 60_000;
const HOUR_MS = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers();
  renewTimers();
});

afterEach(() => {
  vi.useRealTimers();
  renewTimers();
});

test("an alarm goes off once, at its time", () => {
  const onTime = vi.fn();
  setAlarm(Date.now() + HOUR_MS, onTime);
  vi.advanceTimersByTime(HOUR_MS - 1);
  expect(onTime).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onTime).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(HOUR_MS);
  expect(onTime).toHaveBeenCalledTimes(1);
});

test("a clock that is set is noticed at the next look, a minute after the one before", () => {
  const onTime = vi.fn();
  setAlarm(Date.now() + HOUR_MS, onTime);
  vi.setSystemTime(Date.now() + HOUR_MS);
  vi.advanceTimersByTime(LOOK_PERIOD_MS - 1);
  expect(onTime).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onTime).toHaveBeenCalledTimes(1);
});

test("an alarm that is prevented does not go off", () => {
  const onTime = vi.fn();
  setAlarm(Date.now() + HOUR_MS, onTime)();
  vi.advanceTimersByTime(2 * HOUR_MS);
  expect(onTime).not.toHaveBeenCalled();
});
