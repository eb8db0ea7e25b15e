// The CPU time of this process.

import { setTimeout } from "node:timers/promises";

/** CPU that this process spends in a stretch of time, in milliseconds. */
export async function cpuMsOver(durationMs: number): Promise<number> {
  const before = process.cpuUsage();
  await setTimeout(durationMs);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
