// A folder of a test's own, removed when the test ends. Its path is short enough for sockets in it.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Makes an empty folder. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "gossip-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
