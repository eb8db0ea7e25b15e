import { describe, expect, test, vi } from "vitest";
import { LOST_AFTER_MS, WakeUp } from "./wake-up.js";

/** A clock and timers that the test lets run, or not. */
class TestTimers {
  readonly set: { readonly atMs: number; readonly run: () => void }[] = [];
  nowMs = 1_000;

  readonly now = (): number => this.nowMs;

  readonly setTimer = (run: () => void, delayMs: number): (() => void) => {
    const timer = { atMs: this.nowMs + delayMs, run };
    this.set.push(timer);
    return () => {
      const index = this.set.indexOf(timer);
      if (index >= 0) this.set.splice(index, 1);
    };
  };

  get times(): number[] {
    return this.set.map(({ atMs }) => atMs);
  }
}

function makeWakeUp() {
  const timers = new TestTimers();
  const onWake = vi.fn();
  return { timers, onWake, wakeUp: new WakeUp(timers, onWake) };
}

describe("a wake-up", () => {
  test("comes at the time that was set last, once", () => {
    const { timers, onWake, wakeUp } = makeWakeUp();
    wakeUp.set(1_500);
    wakeUp.set(1_200.5);
    wakeUp.set(1_200.5);
    expect(timers.times).toEqual([1_201]);
    timers.set[0]?.run();
    expect(onWake).toHaveBeenCalledTimes(1);
  });

  test("does not come when none is set any more", () => {
    const { timers, wakeUp } = makeWakeUp();
    wakeUp.set(1_500);
    wakeUp.set(undefined);
    expect(timers.times).toEqual([]);
    wakeUp.set(1_500);
    wakeUp.cancel();
    expect(timers.times).toEqual([]);
  });

  test("that is late by less than is taken for lost is waited for", () => {
    const { timers, wakeUp } = makeWakeUp();
    wakeUp.set(1_500);
    timers.nowMs = 1_500 + LOST_AFTER_MS - 1;
    wakeUp.set(1_500);
    wakeUp.check();
    expect(timers.times).toEqual([1_500]);
  });

  test("that is later is set a second time, beside the first, whichever of both comes", () => {
    for (const comes of [0, 1]) {
      const { timers, onWake, wakeUp } = makeWakeUp();
      wakeUp.set(1_500);
      timers.nowMs = 1_500 + LOST_AFTER_MS;
      wakeUp.set(1_500);
      wakeUp.check();
      expect(timers.times).toEqual([1_500, timers.nowMs]);
      timers.set[comes]?.run();
      expect(onWake).toHaveBeenCalledTimes(1);
      expect(timers.times).toEqual([]);
    }
  });

  test("that is lost a second time is set once more, and surely where that can be", () => {
    const { timers, onWake, wakeUp } = makeWakeUp();
    const surely = vi.fn((run: () => void) => timers.setTimer(run, 7));
    Object.assign(timers, { callSurely: surely });
    wakeUp.set(1_500);
    timers.nowMs = 1_500 + LOST_AFTER_MS;
    wakeUp.check();
    timers.nowMs += LOST_AFTER_MS - 1;
    wakeUp.check();
    expect(surely).toHaveBeenCalledTimes(1);
    timers.nowMs += 1;
    wakeUp.check();
    expect(surely).toHaveBeenCalledTimes(2);
    expect(timers.times).toEqual([1_500, timers.nowMs + 7]);
    timers.set[1]?.run();
    expect(onWake).toHaveBeenCalledTimes(1);
    expect(timers.times).toEqual([]);
  });

  test("that was due long ago when it was set has as long as any other", () => {
    const { timers, wakeUp } = makeWakeUp();
    wakeUp.set(-10_000);
    wakeUp.check();
    expect(timers.times).toEqual([timers.nowMs]);
  });
});
