// What a command has to say and cannot write, it fails with, in one line.

import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

test.each([
  ["its help", ["--help"]],
  ["what it found", ["simulate", "--seed", "3"]],
  ["a script", ["completion", "bash"]],
])("%s that does not fit on the disk is told of in a line", (_what, argv) => {
  const full = openSync("/dev/full", "w");
  const { status, stderr } = spawnSync(process.execPath, [MAIN, ...argv], {
    stdio: ["ignore", full, "pipe"],
    encoding: "utf8",
  });
  closeSync(full);
  expect(stderr).toMatch(/^gossip: the output cannot be written: ENOSPC.*\n$/);
  expect(status).toBe(1);
});
