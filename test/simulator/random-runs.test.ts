// Random clusters under random faults, one for each seed: no invariant is ever broken, every kind of
// fault really happens, and whatever fails is named by one command that repeats it.

import { describe, expect, test } from "vitest";
import { PLANNED_KINDS, type PlannedKind } from "../../src/simulator/fault-plan.js";
import { KNOWN_FAILURES } from "../../src/simulator/known-failures.js";
import { type RandomRunResult, runRandom } from "../../src/simulator/random-run.js";
import { replayCommand, shrink } from "../../src/simulator/shrink.js";

const RUNS = 200;
/** Runs in one test, so that a run that hangs is found out soon. */
const RUNS_PER_TEST = 20;

/** The command that repeats what is left of a failed run, and what it breaks. */
function failureOf(result: RandomRunResult): string {
  const smallest = shrink(result);
  const [first] = smallest.violations;
  return `${replayCommand(smallest)}  # ${first?.invariant}: ${first?.message}`;
}

describe("random runs", () => {
  const fired = new Set<PlannedKind>();
  const batches = Array.from({ length: RUNS / RUNS_PER_TEST }, (_, batch) => ({
    from: 1 + batch * RUNS_PER_TEST,
    to: (batch + 1) * RUNS_PER_TEST,
  }));

  test.each(batches)(
    "keep all invariants: seeds $from to $to",
    { timeout: 120_000 },
    ({ from, to }) => {
      const failures: string[] = [];
      for (let seed = from; seed <= to; seed += 1) {
        const result = runRandom({ seed });
        for (const kind of result.fired) fired.add(kind);
        if (result.violations.length > 0) failures.push(failureOf(result));
      }
      expect(failures).toEqual([]);
    },
  );

  test("had every kind of fault happen", () => {
    expect(Array.from(fired).sort()).toEqual([...PLANNED_KINDS].sort());
  });
});

describe("what random runs are known to fail by", () => {
  test.each(KNOWN_FAILURES)("$name: $why (seed $seed)", ({ name, seed }) => {
    // Once it is mended, its entry goes.
    expect(runRandom({ seed }).known).toContain(name);
  });
});

describe("a run that is named by its command", () => {
  test("is the same run", () => {
    for (const seed of [3, 4, 5]) {
      const result = runRandom({ seed });
      const { peers, faults } = result;
      expect(replayCommand(result)).toBe(
        `gossip simulate --seed ${seed} --peers ${peers} --faults ${faults.join()}`,
      );
      expect(runRandom({ seed, peers, faults })).toEqual(result);
    }
  });

  test("can be one without any fault", () => {
    const result = runRandom({ seed: 3, faults: [] });
    expect(result.fired).toEqual([]);
    expect(replayCommand(result)).toMatch(/ --faults none$/);
  });
});
