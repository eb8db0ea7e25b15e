// Leaving the process: peers that have stopped leave no timer, socket or promise behind.

import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Leftovers } from "../support/hundred-peers.js";

const SCRIPT = fileURLToPath(new URL("../support/hundred-peers.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** A busy machine takes a good part of it to start and join that many peers. */
const END_BOUND_MS = 120_000;

test(
  "a hundred peers started and stopped in one process leave nothing in it",
  async () => {
    const child = spawn(process.execPath, ["--import", "tsx", SCRIPT], {
      cwd: ROOT,
      env: { ...process.env, TSX_TSCONFIG_PATH: "tsconfig.json" },
      stdio: ["ignore", "pipe", "pipe"],
      // What it left behind may keep it from ending.
      timeout: END_BOUND_MS,
      killSignal: "SIGKILL",
    });
    const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);

    expect(errors).toBe("");
    const leftovers = JSON.parse(output) as Leftovers;
    expect(leftovers.peers).toBeGreaterThanOrEqual(100);
    expect(leftovers.promises).toBeGreaterThan(300);
    expect(remaining(leftovers)).toEqual([]);
    expect(leftovers.pending).toEqual([]);
    expect(leftovers.unexpected).toEqual([]);
    // It was not told to end: nothing kept it alive.
    expect(await exited).toBe(0);
  },
  2 * END_BOUND_MS,
);

/** What there is after and was not before; the loader's own work may have ended in between. */
function remaining({ resourcesBefore, resourcesAfter }: Leftovers): string[] {
  const known = [...resourcesBefore];
  return resourcesAfter.filter((resource) => {
    const index = known.indexOf(resource);
    if (index >= 0) known.splice(index, 1);
    return index < 0;
  });
}
