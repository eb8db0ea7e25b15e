// `gossip demo` as people start it: the story that it tells, the page that it serves meanwhile, and
// that nothing of it is left.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { gossip } from "../support/command.js";
import { eventually } from "../support/eventually.js";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const BOUND_MS = 60_000;
const STEPS = ["join", "update", "crash", "return", "leave"];

/** Makes the pipe look like a terminal. */
const TERMINAL = `data:text/javascript,${encodeURIComponent("process.stdout.isTTY = true;")}`;

interface DemoLine {
  readonly type: string;
  readonly url?: string;
  readonly pid?: number;
  readonly step?: string;
  readonly agents?: readonly { readonly pid: number }[];
}

/** A demo that tells its story to programs. */
class RunningDemo implements AsyncDisposable {
  readonly lines: DemoLine[] = [];
  readonly stderr: string[] = [];
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown[]>;

  constructor({ isOnTerminal }: { readonly isOnTerminal: boolean }) {
    const node = isOnTerminal ? ["--import", TERMINAL] : [];
    const child = spawn(process.execPath, [...node, MAIN, "demo", "--json"], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, CI: "" },
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      this.lines.push(JSON.parse(line) as DemoLine);
    });
    createInterface({ input: child.stderr }).on("line", (line) => this.stderr.push(line));
    this.#child = child;
    this.#closed = once(child, "close");
  }

  /** Waits until it has told of that. */
  tells(wanted: Partial<DemoLine>): Promise<DemoLine> {
    return eventually(() => {
      expect(this.lines).toContainEqual(expect.objectContaining(wanted));
      return this.lines.find((line) => line.type === wanted.type) ?? expect.fail();
    }, BOUND_MS);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Waits until it has ended; gives its exit code. */
  async ended(): Promise<unknown> {
    return (await this.#closed)[0];
  }

  /** The processes that it told of. */
  get pids(): readonly number[] {
    const all = this.lines.flatMap(({ pid, agents = [] }) => [pid, ...agents.map((a) => a.pid)]);
    return Array.from(new Set(all)).filter((pid) => pid !== undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal("SIGTERM");
    await this.#closed;
  }
}

function isProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Holds the port of the dashboard, unless somebody else does. */
async function takeDashboardPort(): Promise<AsyncDisposable> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.once("error", () => resolve());
    server.listen({ host: "127.0.0.1", port: 7980, exclusive: true }, () => resolve());
  });
  return {
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

describe("gossip demo", () => {
  test("without a terminal plays once, whatever is set for other agents, and on a free port where its own is taken", async () => {
    await using _taken = await takeDashboardPort();
    const { code, stdout, stderr } = await gossip(["demo"], {
      env: { GOSSIP_CONFIG: "/nowhere.yaml", GOSSIP_CLUSTER: "another" },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Dashboard: http:\/\/127\.0\.0\.1:\d+\/ /);
    expect(stdout).toContain("(Something else listens at 127.0.0.1:7980, so this is a free port.)");
    const later = Array.from(
      stdout.matchAll(/^ {2}\S+ (?:ms|s) later, (.*)\.$/gm),
      ([, told]) => told,
    );
    expect(later).toEqual([
      "everyone lists all five",
      "everyone has heard of it",
      "the other four have noticed that carol is gone",
      "carol is back on every list",
      "those who stay know that she left, and did not crash",
    ]);
    expect(stdout.trimEnd()).toMatch(/All went as it should\.$/);
  });

  test("--once plays once on a terminal too, and tells programs a line for each step", async () => {
    const { code, stdout } = await gossip(["demo", "--once", "--json"], {
      env: { NODE_OPTIONS: `--import ${TERMINAL}`, CI: "" },
    });
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as DemoLine);
    expect(lines.map(({ type, step }) => step ?? type)).toEqual(["dashboard", ...STEPS, "end"]);
  });

  test("serves the page and the API while it plays on a terminal; Ctrl-C ends it and all its agents", async () => {
    await using demo = new RunningDemo({ isOnTerminal: true });
    const { url = "" } = await demo.tells({ type: "dashboard" });
    const page = await fetch(url);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<script type="module"');
    await demo.tells({ type: "step", step: "join" });
    const answer = await fetch(new URL("/v1/members", url));
    expect(await answer.json()).toMatchObject({ counts: { live: 5 } });
    expect(demo.pids).toHaveLength(5);
    expect(demo.pids.filter(isProcess)).toHaveLength(5);

    demo.signal("SIGINT");
    expect(await demo.ended()).toBe(0);
    expect(demo.pids.filter(isProcess)).toEqual([]);
    expect(demo.stderr).toEqual([]);
  });

  test("that is ended before its only round is over fails with one line, and leaves nothing", async () => {
    await using demo = new RunningDemo({ isOnTerminal: false });
    await demo.tells({ type: "dashboard" });
    demo.signal("SIGTERM");
    expect(await demo.ended()).toBe(1);
    expect(demo.stderr).toEqual(["gossip: the demo was ended before its story was: run it again"]);
    expect(demo.pids.filter(isProcess)).toEqual([]);
  });

  test("fails with one line when what should happen does not", async () => {
    await using demo = new RunningDemo({ isOnTerminal: false });
    const { pid = 0 } = await demo.tells({ type: "dashboard" });
    process.kill(pid, "SIGKILL");
    expect(await demo.ended()).toBe(1);
    expect(demo.stderr).toEqual([
      "gossip: alice has ended in the middle of the demo: run it again",
    ]);
    expect(demo.pids.filter(isProcess)).toEqual([]);
  });
});
