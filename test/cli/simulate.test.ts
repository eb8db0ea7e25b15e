// `gossip simulate` as people use it: the built command as a process of its own, its exit code and
// what it prints.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FileCoverage } from "../../src/cli/line-coverage.js";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function simulate(...flags: string[]): Promise<Ended> {
  return runNode([MAIN, "simulate", ...flags]);
}

/** The same with a checker that takes every crash for a broken invariant. */
function simulateBroken(...flags: string[]): Promise<Ended> {
  return simulateWith(
    `import { CheckerSet } from ${built("simulator/checkers/checker-set.js")};
    const { onFault } = CheckerSet.prototype;
    CheckerSet.prototype.onFault = function (kind, processes) {
      onFault.call(this, kind, processes);
      // Of the plan: what happens in the end is not shrunk.
      if (kind !== "crash" || processes[0].host.trueMs > 20_000) return;
      this.violations.push({ invariant: "limits", atMs: 1234.5, message: "somebody crashed" });
    };`,
    ...flags,
  );
}

/** The same, where that happens as soon as the run of a seed begins. */
function simulateWhere(happens: string, seed: number, ...flags: string[]): Promise<Ended> {
  return simulateWith(
    `import { Simulator } from ${built("simulator/simulator.js")};
    const { runFor } = Simulator.prototype;
    Simulator.prototype.runFor = function (durationMs) {
      if (this.seed === ${seed}) ${happens};
      return runFor.call(this, durationMs);
    };`,
    ...flags,
  );
}

/** The same, with a module that is loaded before all others, in the workers too. */
function simulateWith(source: string, ...flags: string[]): Promise<Ended> {
  const preload = `data:text/javascript,${encodeURIComponent(source)}`;
  return runNode(["--import", preload, MAIN, "simulate", ...flags]);
}

/** A built file, as a literal to import it by. */
function built(file: string): string {
  return JSON.stringify(new URL(`../../dist/${file}`, import.meta.url).href);
}

async function runNode(argv: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, argv, {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [[code], stdout, stderr] = await Promise.all([
    once(child, "close") as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, stdout, stderr };
}

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gossip-simulate-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("one random run", () => {
  test("says what happened, and with which command it happens again", async () => {
    const first = await simulate("--seed", "7");
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toContain("all invariants held");
    const replay = /replay: gossip simulate (.*)/.exec(first.stdout)?.[1] ?? "";
    expect(replay).toContain("--seed 7 ");
    const again = await simulate(...replay.split(" "));
    expect(again).toEqual(first);
  });

  test("without flags is that of seed 1", async () => {
    const [plain, seeded] = await Promise.all([simulate(), simulate("--seed", "1")]);
    expect(plain).toEqual(seeded);
    expect(plain.stdout).toContain("seed 1:");
  });

  test("has only the faults that are named, and the peers that are asked for", async () => {
    const { stdout } = await simulate("--seed", "7", "--peers", "3", "--faults", "4,1", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ seed: 7, peers: 3, faults: [1, 4] });
    const none = await simulate("--seed", "7", "--faults", "none", "--json");
    expect(JSON.parse(none.stdout)).toMatchObject({ faults: [], fired: [], violations: [] });
    const all = await simulate("--seed", "7", "--faults", "all");
    expect(all).toEqual(await simulate("--seed", "7"));
  });
});

describe("many random runs", () => {
  test("sum up how often each kind of fault fired, as text, JSON and a plot", async () => {
    const plot = join(folder, "runs.svg");
    const { code, stdout, stderr } = await simulate("--runs", "5", "--json", "--plot", plot);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const summary = JSON.parse(stdout) as { failures: unknown[]; fired: Record<string, number> };
    expect(summary).toMatchObject({ runs: 5, firstSeed: 1, failures: [] });
    const fired = Object.values(summary.fired).reduce((sum, count) => sum + count, 0);
    expect(fired).toBeGreaterThan(5);
    expect(readFileSync(plot, "utf8")).toMatch(/^<svg /);
    const asText = await simulate("--runs", "5");
    expect(asText.stdout).toContain("5 runs from seed 1: 0 failed");
    expect(asText.stdout).toMatch(new RegExp(`^  crash +${summary.fired["crash"]}$`, "m"));
  });
});

describe("workers", () => {
  test("make the same of the same runs, however many there are", { timeout: 90_000 }, async () => {
    const few = ["--seed", "33", "--runs", "8", "--peers", "3"];
    const one = await simulateBroken(...few, "--workers", "1");
    expect(one.stdout).toMatch(/^traces: [0-9a-f]{16}$/m);
    // Some of them fail, and are told in the order of their seeds.
    const seeds = Array.from(one.stdout.matchAll(/^seed (\d+): violated/gm), ([, seed]) => {
      return Number(seed);
    });
    expect(seeds.length).toBeGreaterThan(1);
    expect(seeds).toEqual([...seeds].sort((a, b) => a - b));
    expect(await simulateBroken(...few, "--workers", "3")).toEqual(one);
  });

  test("tell of a run that throws, and make all others", async () => {
    const { code, stdout, stderr } = await simulateWhere(
      'throw new Error("no such thing")',
      3,
      ...["--runs", "6", "--peers", "2", "--workers", "2"],
    );
    expect(stdout).toMatch(/^seed 3: broke off: Error: no such thing\n {4}at /m);
    expect(stdout).toContain("replay: gossip simulate --seed 3 --peers 2\n");
    expect(stdout).toContain("6 runs from seed 1: 1 failed");
    expect({ code, stderr }).toEqual({ code: 1, stderr: "gossip: 1 of 6 runs failed\n" });
  });

  test("are replaced when they die, and the run that they were at has failed", async () => {
    const { code, stdout, stderr } = await simulateWhere(
      'process.kill(process.pid, "SIGKILL")',
      3,
      ...["--runs", "8", "--workers", "1", "--json"],
    );
    const summary = JSON.parse(stdout) as { failures: unknown[]; runs: number };
    expect(summary.failures).toEqual([
      {
        seed: 3,
        violations: [],
        error: "its worker ended with SIGKILL",
        replay: "gossip simulate --seed 3",
        story: [],
      },
    ]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "gossip: 1 of 8 runs failed\n" });
  });

  test("that cannot start are told of, with what they said", async () => {
    const { code, stdout, stderr } = await simulateWith(
      'if (process.send !== undefined) throw new Error("not in here")',
      ...["--runs", "4"],
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("not in here");
    expect(stderr).toContain(
      "gossip: a worker of the simulator could not start: it ended with exit code 1\n",
    );
  });
});

describe("the coverage of random runs", () => {
  interface Coverage {
    readonly lines: number;
    readonly reached: number;
    readonly files: readonly FileCoverage[];
  }

  async function coverageBy(workers: string): Promise<Coverage> {
    const flags = ["--runs", "6", "--workers", workers, "--coverage", "--json"];
    const { stdout } = await simulate(...flags);
    const { coverage } = JSON.parse(stdout) as { coverage: Coverage };
    return coverage;
  }

  test("names lines with code that were not reached, as they stand in the sources", {
    timeout: 90_000,
  }, async () => {
    const { lines, reached, files } = await coverageBy("1");
    const unreached = files.flatMap((file) => file.unreached.map((line) => ({ ...line, ...file })));
    expect(lines - reached).toBe(unreached.length);
    for (const { file, line, text } of unreached) {
      const source = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
      expect(source.split("\n")[line - 1]?.trim()).toBe(text);
      expect(text).not.toMatch(/^(import |\/[/*]|\*[ /]|[^\w"'`]*$)|satisfies never/);
    }
    const byName = new Map(files.map((file) => [file.file, file]));
    // Types alone; what every run needs; what none calls.
    expect(byName.has("src/core/messages.ts")).toBe(false);
    expect(byName.get("src/core/native/probing.ts")?.unreached).toEqual([]);
    const reflection = byName.get("src/wire/server-reflection.ts");
    expect(reflection?.unreached.length).toBeGreaterThan(20);
    expect(reflection?.unreached.map(({ functionName }) => functionName)).toContain("fileAnswer");
    // However many processes there were, each with a part of it.
    expect(await coverageBy("3")).toEqual({ lines, reached, files, percent: expect.anything() });
  });

  test("is printed for each file, with what was not reached", async () => {
    const { code, stdout } = await simulate("--runs", "2", "--peers", "2", "--coverage");
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^lines of src\/core and src\/wire that were reached: \d+ of \d+, [\d.]+ %$/m,
    );
    expect(stdout).toMatch(/^src\/wire\/server-reflection.ts +\d+\/\d+ +[\d.]+ % +\d+-\d+/m);
  });
});

describe("runs that fail", () => {
  /** A few small ones: to shrink one takes many runs. */
  const FEW = ["--seed", "33", "--runs", "6", "--peers", "3"];

  test("are shrunk, each prints the command that repeats it, and the exit code is 1", {
    timeout: 90_000,
  }, async () => {
    const { code, stdout, stderr } = await simulateBroken(...FEW);
    const replays = Array.from(
      stdout.matchAll(/replay: gossip simulate (.*)/g),
      ([, args]) => args,
    );
    expect(replays.length).toBeGreaterThan(0);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `gossip: ${replays.length} of 6 runs failed\n`,
    });
    expect(stdout).toContain(`6 runs from seed 33: ${replays.length} failed`);
    const [replay = ""] = replays;
    // Of all faults of the plan, one crash is enough.
    expect(replay).toMatch(/^--seed \d+ --peers \d+ --faults \d+( --faults-for \d+ms)?$/);
    const again = await simulateBroken(...replay.split(" "));
    expect(again.code).toBe(1);
    expect(again.stdout).toMatch(/^faults that fired: (crash|other-disk|taken-address)$/m);
    expect(again.stdout).toContain("violated: limits after 1235 ms: somebody crashed");
    expect(again.stdout).toContain(`replay: gossip simulate ${replay}\n`);
    expect(again.stderr).toMatch(/^gossip: the run of seed \d+ failed\n$/);
    // With the true checker the same run is fine.
    expect((await simulate(...replay.split(" "))).code).toBe(0);
  });

  test("are told in JSON too", { timeout: 90_000 }, async () => {
    const { code, stdout } = await simulateBroken(...FEW, "--json");
    expect(code).toBe(1);
    const { failures } = JSON.parse(stdout) as { failures: { replay: string }[] };
    expect(failures[0]?.replay).toMatch(/--faults \d+( --faults-for \d+ms)?$/);
  });
});

describe("experiments", () => {
  test("are listed with what they do", async () => {
    const { code, stdout } = await simulate("--list");
    expect(code).toBe(0);
    const names = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split(/ {2,}/)[0]);
    expect(names).toEqual([
      "lifeguard-interval",
      "lifeguard-threshold",
      "rapid-faults",
      "join",
      "update",
      "kill",
      "trouble",
      "idle",
      "churn",
    ]);
  });

  test("give their rows as JSON and a plot in one command, within the budget", async () => {
    const plot = join(folder, "churn.svg");
    const flags = ["--experiment", "churn", "--budget", "1s", "--seed", "5"];
    const { code, stdout, stderr } = await simulate(...flags, "--json", "--plot", plot);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const report = JSON.parse(stdout) as { rows: { what: string; note: string }[] };
    expect(report).toMatchObject({
      experiment: "churn",
      seed: 5,
      scale: "part",
      budgetMs: 1_000,
      command: "gossip simulate --experiment churn --seed 5 --budget 1000ms",
    });
    expect(report.rows[0]?.what).toContain("5,000 peers");
    expect(report.rows[0]?.note).toContain("not finished");
    expect(readFileSync(plot, "utf8")).toMatch(/^<svg /);
  });

  test("print a table of what was published and what is measured", async () => {
    const { code, stdout } = await simulate("--experiment", "join", "--budget", "1s");
    expect(code).toBe(0);
    for (const text of ["anchor", "ours", "ratio", "95 s", "not finished"]) {
      expect(stdout).toContain(text);
    }
  });
});

describe("bad input", () => {
  const CASES: readonly (readonly [flags: string, message: string])[] = [
    ["--experiment nonsense", 'there is no experiment "nonsense"'],
    ["--peers -3", "--peers must be a whole number from 1 to 1000 (it is -3)"],
    ["--peers 0", "--peers must be"],
    ["--peers many", "--peers must be"],
    ["--seed -1", "--seed must be a whole number from 0 to 4294967295"],
    ["--seed 4294967296", "--seed must be"],
    ["--runs 0", "--runs must be"],
    ["--runs 1.5", "--runs must be"],
    ["--runs 2 --seed 4294967295", "go beyond the highest seed"],
    ["--runs 2 --workers 0", "--workers must be a whole number from 1 to 256 (it is 0)"],
    ["--workers 2", "--workers needs --runs"],
    ["--experiment idle --workers 2", "--workers needs --runs"],
    ["--seed 2 --coverage", "--coverage needs --runs"],
    ["--experiment idle --coverage", "--coverage needs --runs"],
    ["--faults 1,,4", "--faults must be numbers"],
    ["--seed 7 --faults 99", "there is no fault 99: the plan of seed 7 has 0 to"],
    ["--runs 5 --faults 1", "--faults names the faults of one run"],
    ["--experiment idle --runs 5", "--runs and --experiment cannot both be given"],
    ["--experiment idle --peers 5", "--peers cannot be given with --experiment"],
    ["--experiment idle --faults none", "--faults cannot be given with --experiment"],
    ["--experiment idle --tenth --full", "--tenth and --full cannot both be given"],
    ["--tenth", "--tenth needs --experiment"],
    ["--full", "--full needs --experiment"],
    ["--budget 5s", "--budget needs --experiment"],
    ["--experiment idle --budget soon", "--budget must be a duration"],
    ["--list --json", "--list cannot be given with --json"],
    ["--plot run.svg", "--plot needs --experiment or --runs"],
    ["--runs 1 --plot run.png", "must end in .svg"],
    ["--runs 1 --plot no-such-folder/run.svg", "cannot be written"],
  ];

  test.each(CASES)("%s: one clear line, exit code 2", async (flags, message) => {
    const { code, stdout, stderr } = await simulate(...flags.split(" "));
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  test("a flag that there is not: exit code 2, no stack trace", async () => {
    const { code, stdout, stderr } = await simulate("--turbo");
    expect(stderr).toContain("unknown option '--turbo'");
    expect(stderr).not.toContain("    at ");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});
