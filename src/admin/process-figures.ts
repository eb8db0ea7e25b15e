// What the process needs, as figures beside those of the peer: all of it, not the peer's part alone.

import type { EventLoopDelay } from "./event-loop-delay.js";

/** CPU time since the start, memory at present, and how late the process gets to what it has to do. */
export function processFigures(delay: EventLoopDelay): Record<string, number> {
  const { user, system } = process.cpuUsage();
  return {
    "process.cpuSeconds": (user + system) / 1_000_000,
    "process.residentBytes": process.memoryUsage.rss(),
    "process.eventLoopDelayMs": delay.p99Ms,
  };
}
