// A folder of a test's own, removed when the test ends. Its path is short enough for sockets in it.

import { execFileSync } from "node:child_process";
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Makes an empty folder. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "gossip-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Makes a named pipe, which nobody has opened. */
export function makePipe(path: string): void {
  execFileSync("mkfifo", [path]);
}

/** Leaves a socket at a path that nobody listens on, as kill -9 does. */
export async function leaveSocket(path: string): Promise<void> {
  // Bound, and then moved, so that its end does not remove it.
  const server = createServer().listen(`${path}-made`);
  await new Promise((resolve) => server.once("listening", resolve));
  renameSync(`${path}-made`, path);
  await new Promise((resolve) => server.close(resolve));
}
