import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { eventually } from "../../test/support/eventually.js";
import { commandCheck } from "./command-check.js";

const NEVER = new AbortController().signal;

/** The process of that id, if it is there. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("a check by a command", () => {
  test("passes when the command ends with 0", async () => {
    expect(await commandCheck("test 1 = 1")(NEVER)).toEqual({ type: "passing" });
  });

  test.each([
    ["exit 3", "exit code 3"],
    ["echo first; echo last >&2; exit 1", "exit code 1: last"],
    ["kill -TERM $$", "ended by SIGTERM"],
    ["gossip-no-such-command 2>/dev/null", "exit code 127"],
  ])("fails with the end of the command and its last words: %s", async (command, reason) => {
    expect(await commandCheck(command)(NEVER)).toEqual({ type: "failing", reason });
  });

  test("keeps only the end of what the command says", async () => {
    const command = "i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i+1)); done; exit 1";
    const result = await commandCheck(command)(NEVER);
    expect(result).toEqual({ type: "failing", reason: "exit code 1: 0123456789" });
  });

  test("ends the command, and what that has started, when it is told to", async () => {
    const folder = mkdtempSync(join(tmpdir(), "gossip-check-"));
    const file = join(folder, "pids");
    const ender = new AbortController();
    const check = commandCheck(
      `sleep 600 & echo "$! $$" > ${file}.new; mv ${file}.new ${file}; wait`,
    );
    const result = check(ender.signal);
    const pids = await eventually(() => readFileSync(file, "utf8").trim().split(" ").map(Number));
    expect(pids.map(isRunning)).toEqual([true, true]);
    ender.abort();
    expect(await result).toEqual({ type: "failing", reason: "ended by SIGKILL" });
    await eventually(() => expect(pids.map(isRunning)).toEqual([false, false]));
    rmSync(folder, { recursive: true });
  });

  test("ends when the command has, also while what that has started still runs", async () => {
    // Were it waited for, the time of the test would end first.
    expect(await commandCheck("sleep 600 & true")(NEVER)).toEqual({ type: "passing" });
  });
});
