// Waiting for a condition: tests poll for what they expect, up to a bound, and never wait for time
// to pass.

import { vi } from "vitest";

const POLL_EVERY_MS = 20;

/** Repeats `assertion` until it no longer throws; fails with what it threw last. */
export function eventually<T>(assertion: () => T | Promise<T>, boundMs = 20_000): Promise<T> {
  return vi.waitFor(assertion, { timeout: boundMs, interval: POLL_EVERY_MS });
}
