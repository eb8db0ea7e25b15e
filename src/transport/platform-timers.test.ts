import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { callSurely, nextTurn, pause, renewTimers, setTimeout } from "./platform-timers.js";

const real = globalThis.setTimeout;

afterEach(() => {
  vi.useRealTimers();
  renewTimers();
});

/** The timers that were taken become doubles, and the platform's are there again. */
function takeDoubles(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate"] });
  renewTimers();
  vi.useRealTimers();
}

describe("timers that were taken", () => {
  test("are those of the platform while there are doubles", async () => {
    vi.useFakeTimers();
    await new Promise((resolve) => setTimeout(resolve, 1));
    await nextTurn();
    await pause(1);
  });

  test("are what is there when they are taken anew", () => {
    expect(setTimeout).toBe(real);
    vi.useFakeTimers();
    renewTimers();
    expect(setTimeout).toBe(globalThis.setTimeout);
    expect(setTimeout).not.toBe(real);
  });
});

describe("what is called surely", () => {
  test("is called once, by those that were taken where these call", async () => {
    const onTime = vi.fn();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    callSurely(onTime);
    await pause(5);
    expect(onTime).toHaveBeenCalledTimes(1);
    vi.runAllTimers();
    expect(onTime).toHaveBeenCalledTimes(1);
    expect(setTimeout).toBe(real);
  });

  test("is called by those that are there now where the others do not, which are taken then", async () => {
    takeDoubles();
    expect(setTimeout).not.toBe(real);
    await new Promise<void>(callSurely);
    expect(setTimeout).toBe(real);
  });

  test("is not called once that is prevented", async () => {
    const onTime = vi.fn();
    callSurely(onTime)();
    await pause(5);
    expect(onTime).not.toHaveBeenCalled();
  });
});

test("the next turn comes, also where those that were taken do not call", async () => {
  takeDoubles();
  await nextTurn();
});

describe("a pause", () => {
  test("ends with its signal", async () => {
    const ender = new AbortController();
    const pausing = pause(3_600_000, ender.signal);
    ender.abort();
    await pausing;
    await pause(3_600_000, ender.signal);
  });

  test("leaves no timer behind that holds the process", async () => {
    const clear = vi.spyOn(globalThis, "clearTimeout");
    onTestFinished(() => void clear.mockRestore());
    renewTimers();
    const ender = new AbortController();
    const pausing = pause(3_600_000, ender.signal);
    ender.abort();
    await pausing;
    expect(clear).toHaveBeenCalledTimes(1);
  });
});
