// Completion in a shell: what the program offers, and that bash takes the script.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { gossip } from "../support/command.js";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** What is offered after these words. */
async function offered(...words: string[]): Promise<string[]> {
  const { code, stdout } = await gossip(["complete", "--", ...words]);
  expect(code).toBe(0);
  const lines = stdout.trim().split("\n");
  return lines.slice(0, -1).map((line) => line.split("\t")[0] ?? "");
}

describe("completion", () => {
  test("offers commands, flags and the values of flags", async () => {
    expect(await offered("fo")).toEqual(["forget"]);
    expect(await offered("info", "")).toEqual(["get", "set", "unset", "help"]);
    expect(await offered("members", "--s")).toEqual(["--status"]);
    expect(await offered("members", "--status", "")).toEqual([
      "live",
      "suspected",
      "failed",
      "left",
    ]);
    expect(await offered("agent", "--profile", "l")).toEqual(["lan", "local"]);
  });

  test.each(["bash", "zsh", "fish"])("has a script for %s", async (shell) => {
    const { code, stdout, stderr } = await gossip(["completion", shell]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/gossip complete --/);
  });

  test("works in bash", async () => {
    const { stdout: script } = await gossip(["completion", "bash"]);
    // What bash itself and its package of completions bring to an interactive shell.
    const shell = `
      compopt() { :; }
      _get_comp_words_by_ref() { cur=fo; prev=gossip; words=(gossip fo); cword=1; }
      gossip() { "$NODE" "$MAIN" "$@"; }
      source "$SCRIPT"
      complete -p gossip
      __gossip_complete
      echo "\${COMPREPLY[@]}"`;
    const folder = mkdtempSync(join(tmpdir(), "gossip-completion-"));
    const env = { ...process.env, NODE: process.execPath, MAIN, SCRIPT: join(folder, "script") };
    writeFileSync(env.SCRIPT, script);
    const { stdout, stderr } = spawnSync("bash", ["-c", shell], { encoding: "utf8", env });
    rmSync(folder, { recursive: true });
    expect(stderr).toBe("");
    expect(stdout.trim().split("\n")).toEqual([
      "complete -F __gossip_complete gossip",
      expect.stringMatching(/^forget/),
    ]);
  });
});
