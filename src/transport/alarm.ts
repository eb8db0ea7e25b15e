// A timer for a time of day, such as the end of a certificate: it goes by the clock also when that is
// set, and when the time is further away than a timer can wait. It keeps no process alive.

import { clearTimeout, setTimeout } from "./platform-timers.js";

/** How often the clock is looked at. */
const LOOK_PERIOD_MS = 60_000;

/** Calls `onTime` once when the clock shows `atMs` or more; the returned function prevents it. */
export function setAlarm(atMs: number, onTime: () => void): () => void {
  let timer: NodeJS.Timeout;
  const look = (): void => {
    const leftMs = atMs - Date.now();
    if (leftMs <= 0) onTime();
    else timer = setTimeout(look, Math.min(leftMs, LOOK_PERIOD_MS)).unref();
  };
  timer = setTimeout(look, Math.min(Math.max(0, atMs - Date.now()), LOOK_PERIOD_MS)).unref();
  return () => clearTimeout(timer);
}
