// An agent whose log nobody reads: it does what it has to do all the same, and ends when it is told to.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { gossip } from "../support/command.js";
import { eventually } from "../support/eventually.js";
import { testFolder } from "../support/folder.js";
import { freePorts } from "../support/hosts.js";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
/** Ctrl-S, which holds a terminal's output, and Ctrl-Q, which lets it go on. */
const [HOLD, GO_ON] = ["\u0013", "\u0011"];

const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
});

interface Ports {
  readonly flags: readonly string[];
  readonly admin: string;
}

async function onFreePorts(): Promise<Ports> {
  const [listen, admin] = await freePorts(2);
  const flags = ["--listen", `127.0.0.1:${listen}`, "--admin", `127.0.0.1:${admin}`];
  return { flags, admin: `127.0.0.1:${admin}` };
}

/** The agent does what it is asked, and logs it. */
async function rename(admin: string, name: string): Promise<void> {
  const { code, stderr } = await gossip(["info", "set", "--name", name, "--admin", admin]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
}

/** A pipe that holds as much as it can, open at both ends. */
function fullPipe(): number {
  const path = join(testFolder(), "pipe");
  expect(spawnSync("mkfifo", [path]).status).toBe(0);
  const pipe = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const filler = Buffer.alloc(4_096, "\n");
  expect(() => {
    for (;;) writeSync(pipe, filler);
  }).toThrow("EAGAIN");
  return pipe;
}

/** What is in it. */
function drained(pipe: number): string {
  const chunk = Buffer.alloc(65_536);
  let text = "";
  try {
    for (;;) text += chunk.toString("utf8", 0, readSync(pipe, chunk));
  } catch {
    return text;
  }
}

test.each(["json", "pretty"])("goes on while a pipe is full, in the format %s", async (format) => {
  const { flags, admin } = await onFreePorts();
  const pipe = fullPipe();
  const argv = [MAIN, "agent", ...flags, "--log-format", format];
  const agent = spawn(process.execPath, argv, { stdio: ["ignore", pipe, "inherit"] });
  children.add(agent);
  await eventually(() => rename(admin, "a"));
  await rename(admin, "b");
  let text = drained(pipe);
  await eventually(() => {
    text += drained(pipe);
    expect(text).toContain("update info");
  });
  agent.kill("SIGTERM");
  expect(await once(agent, "exit")).toEqual([0, null]);
  closeSync(pipe);
});

test("ends though a pipe is full", async () => {
  const { flags, admin } = await onFreePorts();
  const pipe = fullPipe();
  const agent = spawn(process.execPath, [MAIN, "agent", ...flags], {
    stdio: ["ignore", pipe, "inherit"],
  });
  children.add(agent);
  await eventually(() => rename(admin, "a"));
  agent.kill("SIGTERM");
  expect(await once(agent, "exit")).toEqual([0, null]);
  closeSync(pipe);
});

test("goes on when nobody is left to read a pipe", async () => {
  const { flags, admin } = await onFreePorts();
  const agent = spawn(process.execPath, [MAIN, "agent", ...flags], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.add(agent);
  await eventually(() => rename(admin, "a"));
  agent.stdout?.destroy();
  await rename(admin, "b");
  await rename(admin, "c");
  agent.kill("SIGTERM");
  expect(await once(agent, "exit")).toEqual([0, null]);
});

test("goes on when its disk is full", async () => {
  const { flags, admin } = await onFreePorts();
  const full = openSync("/dev/full", "w");
  const agent = spawn(process.execPath, [MAIN, "agent", ...flags], {
    stdio: ["ignore", full, "inherit"],
  });
  children.add(agent);
  await eventually(() => rename(admin, "a"));
  agent.kill("SIGTERM");
  expect(await once(agent, "exit")).toEqual([0, null]);
  closeSync(full);
});

test("goes on while somebody holds its terminal", async () => {
  const { flags, admin } = await onFreePorts();
  const command = [process.execPath, MAIN, "agent", ...flags].join(" ");
  const terminal = spawn("script", ["-qfec", command, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.add(terminal);
  let text = "";
  terminal.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  await eventually(() => expect(text).toContain("admin service on"));
  terminal.stdin.write(HOLD);
  await rename(admin, "a");
  expect(text).not.toContain("update info");
  terminal.stdin.write(GO_ON);
  await eventually(() => expect(text).toContain("update info"));
  const ended = once(terminal, "exit");
  await gossip(["leave", "--admin", admin]);
  expect(await ended).toEqual([0, null]);
});
