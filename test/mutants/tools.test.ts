// The tools that measure mutants, and the lists that they keep.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { killersOf } from "../../scripts/mutants/measure.js";
import { lineOf, patched } from "../../scripts/mutants/patch.js";
import { RandomRuns } from "../../scripts/mutants/random-runs.js";
import { allMutants, draw } from "../../scripts/mutants/sample.js";
import { SCENARIOS } from "../../scripts/mutants/scenarios.js";
import { RULE_MUTANTS } from "./rule-mutants.js";
import { RULE_SURVIVORS } from "./rule-survivors.js";
import { SURVIVORS } from "./survivors.js";

/** Processes are started for these, after a bundle is made. */
const TIMEOUT_MS = 120_000;
const ROOT = new URL("../../", import.meta.url);

function read(file: string): string {
  return readFileSync(new URL(file, ROOT), "utf8");
}

describe("a patch", () => {
  const patch = { file: "a.ts", from: "b\n", to: "" };

  test("replaces what is there once, and tells where", () => {
    expect(patched("a\nb\nc\n", patch)).toBe("a\nc\n");
    expect(lineOf("a\nb\nc\n", patch)).toBe(2);
  });

  test("fits nothing where it is not there, or more than once", () => {
    expect(() => patched("a\n", patch)).toThrow("does not hold");
    expect(() => patched("b\nb\n", patch)).toThrow("more than once");
  });
});

describe("a sample", async () => {
  const all = await allMutants();

  test("is drawn from thousands, each of which changes its file in one place", () => {
    expect(all.length).toBeGreaterThan(5_000);
    for (const mutant of all) expect(patched(read(mutant.file), mutant)).not.toBe("");
  });

  test("is the same for the same seed, and another for another", () => {
    const sample = draw(all, 50, 3);
    expect(new Set(sample).size).toBe(50);
    expect(draw(all, 50, 3)).toEqual(sample);
    expect(draw(all, 50, 4)).not.toEqual(sample);
  });

  test("is no longer than there are mutants", () => {
    expect(draw(all.slice(0, 5), 50, 3)).toEqual(all.slice(0, 5));
  });
});

describe("random runs", () => {
  test("are the same without a mutant as with one that changes nothing, and fail by one that does", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const randomRuns = await RandomRuns.without({ firstSeed: 5_001, runs: 3, cpuMs: 60_000 });
    expect(randomRuns.withoutMutant).toEqual({ runs: 3, failed: 0 });
    const file = "src/core/native/merge.ts";
    const nothing = { file, from: "{ live: 0, failed: 1,", to: "{ failed: 1, live: 0," };
    expect(await randomRuns.of(nothing, true)).toMatchObject({ runs: 3, failed: 0, unchanged: 3 });
    const info = "const info = compareInfo(a, b);";
    const broken = { file, from: info, to: "const info = 1;" };
    const { failed, first } = await randomRuns.of(broken, true);
    expect(failed).toBe(1);
    expect(first?.fault).toMatch(/^own-words: /);
  });

  test("that throw are failed runs", { timeout: TIMEOUT_MS }, async () => {
    const randomRuns = await RandomRuns.without({ firstSeed: 500, runs: 2, cpuMs: 60_000 });
    const from = "  if (a === b) return a;\n";
    const file = "src/core/native/merge.ts";
    const thrown = await randomRuns.of({ file, from, to: 'throw new Error("x");\n' }, false);
    expect(thrown).toMatchObject({ runs: 2, failed: 2 });
  });
});

describe("the experiments", () => {
  test.each(SCENARIOS)("$name: the core as it is keeps to its bounds", ({ atMost, run }) => {
    const figures = run(1);
    expect(Object.keys(figures)).toEqual(Object.keys(atMost));
    for (const [what, figure] of Object.entries(figures)) {
      expect(figure, what).toBeLessThanOrEqual(atMost[what] ?? Number.NaN);
    }
  });
});

test("a mutant is killed by who found something", () => {
  const name = "a mutant";
  const sound = { runs: 9, failed: 0, unchanged: 3 };
  expect(killersOf({ name, randomRuns: sound, experiment: null, test: null })).toEqual([]);
  expect(killersOf({ name, randomRuns: { ...sound, failed: 1 } })).toEqual(["random runs"]);
  expect(killersOf({ name, experiment: "late", test: "fails" })).toEqual(["experiments", "tests"]);
});

describe("the known survivors", () => {
  test("of the rules are rule mutants", () => {
    const names = RULE_MUTANTS.map(({ name }) => name);
    for (const name of Object.keys(RULE_SURVIVORS)) expect(names).toContain(name);
  });

  test("of the sample are still mutants of the code, each once and with its reason", () => {
    for (const survivor of SURVIVORS) {
      expect(patched(read(survivor.file), survivor)).not.toBe(read(survivor.file));
      expect(survivor.why).not.toBe("");
    }
    const changes = SURVIVORS.map(({ file, from, to }) => JSON.stringify([file, from, to]));
    expect(new Set(changes).size).toBe(SURVIVORS.length);
  });
});
