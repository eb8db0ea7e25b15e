// The time of day for what is told as "2 minutes ago": it ticks once a second while the page is seen.

import { signal } from "@preact/signals";

const TICK_MS = 1_000;

/** Milliseconds since 1970. */
export const nowMs = signal(Date.now());

/** Lets the clock tick until `stop` ends it. */
export function startClock(stop: AbortSignal): void {
  const timer = setInterval(() => {
    if (!document.hidden) nowMs.value = Date.now();
  }, TICK_MS);
  stop.addEventListener("abort", () => clearInterval(timer));
}
