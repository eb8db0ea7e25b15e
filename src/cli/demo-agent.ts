// One agent of the demo: a process of its own, whose log says which members it lists.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { GossipError } from "../core/errors.js";
import type { MemberEvent } from "../core/member.js";

const MAIN = fileURLToPath(new URL("./main.js", import.meta.url));
const PING_PERIOD = "200ms";

/** The lines of the agent's log that the demo reads. */
type LogLine = { readonly msg: string; readonly address: string } | MemberEvent;

/** A running agent, as the demo sees it from outside. */
export interface DemoAgent {
  readonly name: string;
  readonly address: string;
  readonly pid: number;
  /** The names of the members that it lists, itself included, by address. */
  readonly members: ReadonlyMap<string, string>;
  readonly isRunning: boolean;
  /** Ends it without warning. */
  kill(): void;
  /** Tells it to leave, and waits until it has. */
  leave(): Promise<void>;
}

/** Starts an agent; resolves once it listens. */
export async function startDemoAgent(
  name: string,
  listen: string,
  seeds: readonly string[],
): Promise<DemoAgent> {
  const flags = ["--listen", listen, "--name", name, "--ping-period", PING_PERIOD];
  const seedFlags = seeds.flatMap((seed) => ["--seed", seed]);
  const adminFlags = ["--admin", "none"];
  const logFlags = ["--log-format", "json", "--log-level", "info"];
  const child = spawn(
    process.execPath,
    [MAIN, "agent", ...flags, ...seedFlags, ...adminFlags, ...logFlags],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const members = new Map<string, string>();
  const address = await readLog(child, name, members);
  return {
    name,
    address,
    pid: child.pid ?? 0,
    members,
    get isRunning() {
      return child.exitCode === null && child.signalCode === null;
    },
    kill: () => child.kill("SIGKILL"),
    async leave() {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** Follows the agent's log, and resolves with its address once it has started. */
function readLog(child: ChildProcess, name: string, members: Map<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => {
      reject(
        new GossipError("LISTEN_FAILED", `the agent ${name} ended with ${code} as it started`),
      );
    });
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on("line", (text) => {
      const line = JSON.parse(text) as LogLine;
      if ("member" in line) onMemberEvent(line, members);
      else if (line.msg === "started") {
        members.set(line.address, name);
        resolve(line.address);
      }
    });
  });
}

function onMemberEvent(event: MemberEvent, members: Map<string, string>): void {
  const { address, info } = event.member;
  switch (event.type) {
    case "member-joined":
    case "member-updated":
      members.set(address, info.name);
      break;
    case "member-failed":
    case "member-left":
      members.delete(address);
      break;
    case "member-suspected":
    case "suspicion-cleared":
    case "self-refuted":
      break;
    default:
      event satisfies never;
  }
}
