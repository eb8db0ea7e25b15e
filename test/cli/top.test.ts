// `gossip top` on a terminal, which is played by a pipe: what it draws, how it ends, and that the
// terminal is as it was.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { EventType, MemberStatus } from "../../src/gen/gossip/admin/v1/admin_pb.js";
import { eventually } from "../support/eventually.js";
import { type ScriptedAdmin, serveAdmin } from "../support/scripted-admin.js";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const SHOWN_CURSOR = "\u001b[?25h";
const HIDDEN_CURSOR = "\u001b[?25l";

/** Makes the pipes look like a terminal, and says on standard error when keys are read one by one. */
const TERMINAL = `data:text/javascript,${encodeURIComponent(`
  const { stdin, stdout, stderr } = process;
  Object.assign(stdout, { isTTY: true, columns: 100, rows: 20 });
  stderr.isTTY = true;
  stdin.isTTY = true;
  stdin.setRawMode = (isRaw) => {
    process._rawDebug("raw " + isRaw);
    return stdin;
  };
`)}`;

function startTop(admin: ScriptedAdmin) {
  const flags = ["top", "--admin", admin.address, "--interval", "20ms"];
  const child = spawn(process.execPath, ["--import", TERMINAL, MAIN, ...flags]);
  const text = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    text.stdout += part;
  });
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    text.stderr += part;
  });
  const closed = once(child, "close") as Promise<[number | null]>;
  return { child, text, closed };
}

describe("gossip top on a terminal", () => {
  test.each<[string, (child: ReturnType<typeof spawn>) => void]>([
    ["q", (child) => child.stdin?.write("q")],
    ["Ctrl-C", (child) => child.stdin?.write("\u0003")],
    ["SIGTERM", (child) => child.kill("SIGTERM")],
  ])("draws what changes until %s, and restores the terminal", async (_key, end) => {
    let status = MemberStatus.LIVE;
    const member = { address: "127.0.0.1:7947", info: { name: "b" } };
    await using admin = await serveAdmin({
      listMembers: () => ({ members: [{ ...member, status }] }),
      getStats: () => ({}),
      async *watchEvents() {
        yield { event: { type: EventType.JOINED, member } };
        await new Promise(() => {});
      },
    });
    const { child, text, closed } = startTop(admin);
    const drawn = (): string => stripVTControlCharacters(text.stdout);
    await eventually(() => expect(drawn()).toMatch(/127\.0\.0\.1:7947 +b +live/));
    await eventually(() => expect(drawn()).toMatch(/joined +127\.0\.0\.1:7947 \(b\)/));
    status = MemberStatus.SUSPECTED;
    await eventually(() => expect(drawn()).toMatch(/127\.0\.0\.1:7947 +b +suspected/));
    expect(text.stderr).toContain("raw true\n");
    expect(text.stderr).toContain(HIDDEN_CURSOR);
    expect(text.stderr).not.toContain(SHOWN_CURSOR);
    end(child);
    expect((await closed)[0]).toBe(0);
    const { stderr } = text;
    expect(stderr).toContain("raw false\n");
    expect(stderr.lastIndexOf(SHOWN_CURSOR)).toBeGreaterThan(stderr.lastIndexOf(HIDDEN_CURSOR));
  });

  test("says that the agent does not answer any more, and goes on", async () => {
    let admin = await serveAdmin({ listMembers: () => ({ counts: {} }), getStats: () => ({}) });
    const { child, text, closed } = startTop(admin);
    await eventually(() => expect(text.stdout).toContain("0 live"));
    await admin[Symbol.asyncDispose]();
    const address = admin.address;
    await eventually(() => expect(text.stdout).toContain(`no agent answers at ${address}`));
    const port = Number(address.split(":")[1]);
    admin = await serveAdmin(
      { listMembers: () => ({ counts: { live: 3 } }), getStats: () => ({}) },
      port,
    );
    await eventually(() => expect(text.stdout).toContain("3 live"));
    child.stdin.write("q");
    expect((await closed)[0]).toBe(0);
    await admin[Symbol.asyncDispose]();
  });
});
