// The timers and the clock of the platform, as they were when this file was loaded. A test of an
// application may put doubles in their place for a while: what was set on those never comes once they
// are taken back, and their clock jumps. What runs beside such a test takes all of them from here.

import { performance } from "node:perf_hooks";
import process from "node:process";
import * as timers from "node:timers";

export let { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate } = timers;
export let { queueMicrotask } = globalThis;
export let { nextTick } = process;

/** Milliseconds on a clock that never jumps; where it begins does not matter. */
export const monotonicMs: () => number = performance.now.bind(performance);

/** Takes the timers that are there now: those of before have been found not to call back any more. */
export function renewTimers(): void {
  ({ setTimeout, clearTimeout, setInterval, clearInterval, setImmediate } = globalThis);
  ({ queueMicrotask } = globalThis);
  ({ nextTick } = process);
}

/**
 * Calls soon, and once: by the timers that were taken, or where these do not call any more by those that
 * are there now, which are taken then. The returned function prevents it.
 */
export function callSurely(onTime: () => void): () => void {
  const first = setTimeout(call, 0);
  const second = globalThis.setTimeout(() => {
    renewTimers();
    call();
  }, 0);
  const cancel = (): void => {
    clearTimeout(first);
    globalThis.clearTimeout(second);
  };
  function call(): void {
    cancel();
    onTime();
  }
  return cancel;
}

/** The next turn of the event loop, also where the timers that were taken do not call any more. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
    if (globalThis.setImmediate !== setImmediate) globalThis.setImmediate(resolve);
  });
}

/** Resolves after that time, or when the signal is given before. */
export function pause(durationMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, durationMs);
    signal?.addEventListener("abort", end);
  });
}
