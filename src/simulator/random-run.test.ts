// Random runs of a broken core: they fail, are shrunk to the faults that matter, and the command of
// what is left repeats exactly that.

import { describe, expect, test, vi } from "vitest";
import type * as DialQueueModule from "../core/dial-queue.js";
import { type RandomRunResult, replayCommand, runRandom, shrink } from "./random-run.js";

// Never dials again whom it has once dialled in vain, so that partitions do not heal everywhere.
vi.mock("../core/dial-queue.js", async (importOriginal) => {
  const sound = await importOriginal<typeof DialQueueModule>();
  return {
    ...sound,
    DialQueue: class extends sound.DialQueue {
      override rest(address: string, _range: unknown, _now: number): void {
        super.rest(address, { baseMs: 1e9, maxMs: 1e9 }, 0);
      }
    },
  };
});

/** The first run that fails with faults of which some do not matter. */
function failedRun(): RandomRunResult {
  for (let seed = 0; seed < 200; seed += 1) {
    const result = runRandom({ seed });
    if (result.violations.length > 0 && shrink(result).faults.length < result.faults.length) {
      return result;
    }
  }
  return expect.fail("no run failed");
}

describe("a random run that fails", () => {
  const failed = failedRun();
  const smallest = shrink(failed);
  const invariant = failed.violations[0]?.invariant;

  test("is shrunk to some of its faults, and fails in the same way", () => {
    expect(failed.faults).toEqual(expect.arrayContaining([...smallest.faults]));
    expect(smallest.violations[0]?.invariant).toBe(invariant);
    expect(smallest.peers).toBe(failed.peers);
  });

  test("needs each fault that is left", () => {
    const { seed, peers, faults } = smallest;
    for (const left of faults) {
      const without = runRandom({ seed, peers, faults: faults.filter((fault) => fault !== left) });
      expect(without.violations[0]?.invariant).not.toBe(invariant);
    }
  });

  test("fails again, to the last step, when its command is run", () => {
    const flags = /^gossip simulate --seed (\d+) --peers (\d+) --faults (none|[\d,]+)$/.exec(
      replayCommand(smallest),
    );
    const [, seed, peers, faults = ""] = flags ?? expect.fail("no command");
    const again = runRandom({
      seed: Number(seed),
      peers: Number(peers),
      faults: faults === "none" ? [] : faults.split(",").map(Number),
    });
    expect(again).toEqual(smallest);
    expect(again.traceHash).toBe(smallest.traceHash);
  });

  test("that is not shrunk any further is its own smallest", () => {
    expect(shrink(smallest)).toEqual(smallest);
  });
});
