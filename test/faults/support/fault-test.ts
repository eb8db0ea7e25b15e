// A test of one fault: a cluster of its own, and a row of the table that is printed at the end.

import { test } from "vitest";
import { type ClusterSetup, FaultCluster } from "./fault-cluster.js";

/** What a test tells the table. */
interface FaultRow {
  readonly fault: string;
  /** What was done and seen, in lines. */
  readonly story: readonly string[];
}

declare module "vitest" {
  interface TaskMeta {
    faultRow?: FaultRow;
  }
}

/** Agents on so many hosts, unless a test needs more. */
const HOSTS = 6;
/** A fault of a minute, and what comes before and after it, on a busy machine. */
const TEST_TIMEOUT_MS = 240_000;

/** Declares a test of a fault; it runs beside the others of its file. */
export function faultTest(
  fault: string,
  setup: Partial<ClusterSetup>,
  run: (cluster: FaultCluster) => Promise<void>,
): void {
  test.concurrent(fault, { timeout: TEST_TIMEOUT_MS }, async ({ task }) => {
    const cluster = await FaultCluster.start({ hosts: HOSTS, ...setup });
    let hasPassed = false;
    try {
      await run(cluster);
      hasPassed = true;
    } finally {
      const where = hasPassed ? [] : [`FAILED; the agents' logs: ${cluster.folder}`];
      task.meta.faultRow = { fault, story: [...cluster.sightings.story(), ...where] };
      await cluster.end({ keepsLogs: !hasPassed });
    }
  });
}
