// Random runs of a broken core: they fail, are shrunk to the faults that matter, and the command of
// what is left repeats exactly that.

import { describe, expect, test, vi } from "vitest";
import type * as DialQueueModule from "../core/dial-queue.js";
import { type RandomRunResult, runRandom } from "./random-run.js";
import { replayCommand, shrink } from "./shrink.js";
import { storyOf } from "./story.js";

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
    const result = runRandom({ seed, peers: 4 });
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

  test("is shrunk to some of its faults and peers, and fails in the same way", () => {
    expect(failed.faults).toEqual(expect.arrayContaining([...smallest.faults]));
    expect(smallest.violations[0]?.invariant).toBe(invariant);
    expect(smallest.peers).toBeLessThanOrEqual(failed.peers);
  });

  test("needs each fault that is left", () => {
    const { seed, peers, faults, faultsForMs } = smallest;
    for (const left of faults) {
      const fewer = faults.filter((fault) => fault !== left);
      const without = runRandom({ seed, peers, faultsForMs, faults: fewer });
      expect(without.violations[0]?.invariant).not.toBe(invariant);
    }
  });

  test("fails again, to the last step, when its command is run", () => {
    const command =
      /^gossip simulate --seed (\d+) --peers (\d+) --faults (none|[\d,]+)(?: --faults-for (\d+)ms)?$/;
    const flags = command.exec(replayCommand(smallest));
    const [, seed, peers, faults = "", faultsForMs] = flags ?? expect.fail("no command");
    const again = runRandom({
      seed: Number(seed),
      peers: Number(peers),
      faults: faults === "none" ? [] : faults.split(",").map(Number),
      faultsForMs: faultsForMs === undefined ? undefined : Number(faultsForMs),
    });
    expect(again).toEqual(smallest);
    expect(again.traceHash).toBe(smallest.traceHash);
  });

  test("is told as a story that ends with what broke, in which its faults happen", () => {
    const story = storyOf(smallest);
    const [violation] = smallest.violations;
    expect(story.at(-1)).toContain(`BROKEN: ${invariant}: ${violation?.message}`);
    expect(story.length).toBeGreaterThan(1);
    expect(story.length).toBeLessThan(50);
  });
});

test("a run in which nothing broke has no story", () => {
  const sound = runRandom({ seed: 3, faults: [], peers: 2 });
  expect({ ...sound, violations: [] }).toEqual(sound);
  expect(storyOf(sound)).toEqual([]);
});
