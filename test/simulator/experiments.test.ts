// The experiments: their figures, what they count, how they say that something did not finish, and
// that each of them runs.

import { describe, expect, test } from "vitest";
import { Budget } from "../../src/simulator/experiments/budget.js";
import { Cluster, Removals } from "../../src/simulator/experiments/cluster.js";
import type { Row } from "../../src/simulator/experiments/experiment.js";
import { drawPart } from "../../src/simulator/experiments/grid.js";
import { runLadder } from "../../src/simulator/experiments/ladder.js";
import { budgetMs, EXPERIMENTS } from "../../src/simulator/experiments/registry.js";
import { Spread } from "../../src/simulator/experiments/spread.js";
import { quantile, scaleCount } from "../../src/simulator/experiments/statistics.js";
import { formatRow } from "../../src/simulator/report/format.js";
import { scoreboardSection } from "../../src/simulator/report/markdown.js";
import { makeReport } from "../../src/simulator/report/report.js";
import { drawSvg } from "../../src/simulator/report/svg.js";
import type { SimulatorOptions } from "../../src/simulator/simulator.js";

type PeerOptions = NonNullable<SimulatorOptions["options"]>;

/** A budget that is never used up. */
function endless(): Budget {
  return new Budget(() => 0, 1);
}

/** A budget that ends after the clock was looked at that often. */
function looks(count: number): Budget {
  let looked = 0;
  return new Budget(() => looked++, count);
}

function converged(peers: number, options: PeerOptions = {}): Cluster {
  return new Cluster({ seed: 1, peers, start: "converged", options });
}

describe("figures", () => {
  test("a quantile is a value of the sample that the share does not exceed", () => {
    const values = Array.from({ length: 1_000 }, (_, index) => 1_000 - index);
    expect(quantile(values, 0.5)).toBe(500);
    expect(quantile(values, 0.999)).toBe(999);
    expect(quantile(values, 1)).toBe(1_000);
    expect(quantile([], 0.5)).toBeUndefined();
  });

  test("a count is scaled from the runs that it comes from", () => {
    expect(scaleCount(6, 36, 4_320)).toEqual({ value: 720, isBound: false });
  });

  test("a count of zero is a bound by the rule of three, unless all was run", () => {
    expect(scaleCount(0, 30, 4_320)).toEqual({ value: 432, isBound: true });
    expect(scaleCount(0, 4_320, 4_320)).toEqual({ value: 0, isBound: false });
  });
});

describe("a part of a grid", () => {
  const strata = [0, 1, 2].map((stratum) =>
    Array.from({ length: 50 }, (_, index) => ({ stratum, index })),
  );

  test("has as many runs of each stratum, each at most once, and any beginning has too", () => {
    const part = drawPart(strata, 10, 1);
    expect(new Set(part).size).toBe(30);
    for (const beginning of [3, 15, 30]) {
      const counts = [0, 1, 2].map(
        (stratum) => part.slice(0, beginning).filter((cell) => cell.stratum === stratum).length,
      );
      expect(counts).toEqual([beginning / 3, beginning / 3, beginning / 3]);
    }
  });

  test("is another one with another seed, and the same with the same", () => {
    expect(drawPart(strata, 10, 1)).toEqual(drawPart(strata, 10, 1));
    expect(drawPart(strata, 10, 1)).not.toEqual(drawPart(strata, 10, 2));
  });

  test("grows: what a smaller one draws, a larger one draws too", () => {
    expect(drawPart(strata, 20, 1).slice(0, 15)).toEqual(drawPart(strata, 5, 1));
  });
});

describe("false positives", () => {
  test("nobody is removed from a cluster at rest", () => {
    const cluster = converged(12);
    cluster.pass(30_000, endless());
    expect(cluster.numbers("rest", true, {})).toMatchObject({
      falsePositives: 0,
      healthyFalsePositives: 0,
      listSizes: 0,
    });
  });

  test("are removals of members that are in no trouble, apart from those by healthy observers", () => {
    // By the native protocol who hears from nobody blames itself first.
    const cluster = converged(12, { failureDetection: "immediate" });
    const [blocked] = cluster.draw(1, "blocked");
    if (blocked === undefined) throw new Error("nobody was drawn");
    cluster.anomalous.add(blocked);
    cluster.sim.block(blocked);
    cluster.pass(60_000, endless());
    // Nothing comes back to who is blocked, and it removes the others; they remove it, rightly.
    const { falsePositives, healthyFalsePositives } = cluster;
    expect(falsePositives).toBe(11);
    expect(healthyFalsePositives).toBe(0);
  });

  test("are raised by healthy observers too, when it is the network that stalls", () => {
    const cluster = converged(12);
    const { peers } = cluster.sim;
    cluster.sim.partition(peers.slice(0, 6), peers.slice(6));
    cluster.pass(60_000, endless());
    expect(cluster.healthyFalsePositives).toBe(72);
    expect(cluster.falsePositives).toBe(72);
  });

  test("are not the removals of those that crashed or left", () => {
    const cluster = converged(12);
    cluster.sim.crash(cluster.sim.peer(3));
    cluster.sim.leave(cluster.sim.peer(4));
    cluster.wait(() => cluster.sim.agrees, { withinMs: 60_000, budget: endless() });
    expect(cluster.sim.agrees).toBe(true);
    expect(cluster.falsePositives).toBe(0);
  });
});

describe("detection and spread", () => {
  test("removals know the first and the last, and that all is done", () => {
    const cluster = converged(8);
    const [first, ...rest] = cluster.sim.peers;
    if (first === undefined) throw new Error("there are no peers");
    const removals = new Removals(cluster, [first], rest);
    cluster.sim.crash(first);
    cluster.wait(() => removals.isDone, { withinMs: 60_000, budget: endless() });
    expect(removals.share).toBe(1);
    const [firstMs = 0] = removals.firstMs;
    const [allMs = 0] = removals.allMs;
    expect(removals.doneMs).toBe(allMs);
    expect(allMs).toBeGreaterThan(firstMs);
    // It comes back, and goes again: one return.
    cluster.sim.restart(first);
    cluster.wait(() => removals.share === 0, { withinMs: 60_000, budget: endless() });
    expect({ isDone: removals.isDone, returns: removals.mostReturns }).toEqual({
      isDone: false,
      returns: 1,
    });
    expect(removals.doneMs).toBe(allMs);
  });

  test("an update is done when each other peer has it", () => {
    const cluster = converged(8);
    const spread = new Spread(cluster, cluster.sim.peer(2), "new");
    expect(spread.share).toBe(0);
    cluster.wait(() => spread.isDone, { withinMs: 60_000, budget: endless() });
    expect(spread.timesMs).toHaveLength(7);
    for (const { peer } of cluster.sim.peers) {
      const names = Array.from(peer.members().values(), ({ info }) => info.name);
      expect(names).toContain("new");
    }
  });
});

describe("budgets", () => {
  test("end a wait by virtual time, or by CPU time, and say which", () => {
    const cluster = converged(5);
    const virtual = cluster.wait(() => false, { withinMs: 500, budget: endless() });
    expect(virtual).toEqual({ isReached: false, tookMs: 500, cut: "virtual time" });
    const real = cluster.wait(() => false, { withinMs: 500_000, budget: looks(3) });
    expect(real).toMatchObject({ isReached: false, cut: "CPU time" });
    expect(real.tookMs).toBeLessThan(500_000);
  });

  test("a ladder goes down until a size finishes, and gives all that it tried", () => {
    const tried = runLadder([1_000, 100, 10, 5], endless(), (size) => ({
      size,
      isFinished: size <= 10,
    }));
    expect(tried.map(({ size }) => size)).toEqual([1_000, 100, 10]);
  });
});

describe("rows", () => {
  const row: Row = {
    what: "something",
    unit: "ms",
    anchor: 12_450,
    goal: { atMost: 3_200 },
    ours: 2_490,
    note: "from 3 runs",
  };

  test("show anchor, ours, ratio and goal in readable units", () => {
    expect(formatRow(row)).toEqual({
      what: "something",
      anchor: "12.45 s",
      ours: "2.49 s",
      ratio: "0.2",
      goal: "≤ 3.2 s",
      isMet: "yes",
      note: "from 3 runs",
    });
    expect(formatRow({ ...row, ours: 3_201 }).isMet).toBe("no");
  });

  test("do not hide what did not finish", () => {
    expect(formatRow({ ...row, ours: undefined })).toMatchObject({
      ours: "not finished",
      ratio: "–",
      isMet: "open",
    });
    const reached = { ...row, ours: undefined, atLeast: 5_000 };
    expect(formatRow(reached)).toMatchObject({ ours: "not finished, ≥ 5 s", isMet: "no" });
    expect(formatRow({ ...reached, atLeast: 5 }).isMet).toBe("open");
  });

  test("a bound above the goal leaves it open", () => {
    const bound = { ...row, unit: "count", goal: { atMost: 0 }, isBound: true } as const;
    expect(formatRow({ ...bound, ours: 432 })).toMatchObject({ ours: "< 432", isMet: "open" });
  });

  test("a goal can be a least", () => {
    const least = { ...row, unit: "share", goal: { atLeast: 1 } } as const;
    expect(formatRow({ ...least, ours: 1 })).toMatchObject({ ours: "100 %", isMet: "yes" });
    expect(formatRow({ ...least, ours: 0.99 }).isMet).toBe("no");
  });
});

describe("each experiment", () => {
  test.each(EXPERIMENTS.map((experiment) => [experiment.name, experiment] as const))(
    "%s ends with its budget, and says in each row what came of it",
    async (_name, experiment) => {
      const context = { seed: 3, scale: "part", onProgress: () => {} } as const;
      const budget = looks(120);
      const result = experiment.run({ ...context, budget });
      expect(result.rows.length).toBeGreaterThan(0);
      for (const row of result.rows) {
        expect(row.note, row.what).not.toBe("");
        expect(Number.isNaN(row.ours), row.what).toBe(false);
        if (row.ours === undefined) expect(row.note).toMatch(/not finished|of \d+ runs|in 0 runs/);
      }
      const run = { seed: 3, scale: "part", budgetMs: 1, tookMs: 1 } as const;
      const report = makeReport(experiment, run, result);
      const command = `gossip simulate --experiment ${experiment.name} --seed 3`;
      expect(report.command).toBe(`${command} --budget 1ms`);
      const defaults = { ...run, budgetMs: budgetMs(experiment, "part") };
      expect(makeReport(experiment, defaults, result).command).toBe(command);
      expect(JSON.parse(JSON.stringify(report))).toMatchObject({ experiment: experiment.name });
      expect(await drawSvg(result.charts)).toMatch(/^<svg [\s\S]*<\/svg>$/);
      const markdown = scoreboardSection(report, "a machine");
      for (const row of result.rows) expect(markdown).toContain(row.what);
    },
  );
});
