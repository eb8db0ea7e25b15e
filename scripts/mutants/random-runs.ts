// What random runs say of a mutant. A run counts against it only where the same seed is sound without it,
// so that what is wrong with the core as it is kills no mutant.

import { bundle } from "./bundle.js";
import { start } from "./child.js";
import type { Patch } from "./patch.js";
import type { RunLine, RunsOrder } from "./run-lines.js";

const PROGRAM = "scripts/mutants/random-runs-child.ts";

/** What came of the random runs of a mutant. */
export interface RandomRunsOutcome {
  /** Runs that were made. */
  readonly runs: number;
  /** Those of them that failed, and do not without the mutant. */
  readonly failed: number;
  /** Those of them that were the same as without it, to the last step. */
  readonly unchanged: number;
  /** The first that failed, and why. */
  readonly first?: { readonly seed: number; readonly fault: string } | undefined;
}

/** The random runs from a seed on, and how they are without a mutant. */
export class RandomRuns {
  readonly #order: RunsOrder;
  readonly #sound: ReadonlyMap<number, RunLine>;

  private constructor(order: RunsOrder, sound: ReadonlyMap<number, RunLine>) {
    this.#order = order;
    this.#sound = sound;
  }

  /** Makes the runs without a mutant; as many as there are then bound those of each. */
  static async without(order: RunsOrder): Promise<RandomRuns> {
    const sound = new Map<number, RunLine>();
    for await (const line of runLines(undefined, order)) sound.set(line.seed, line);
    return new RandomRuns({ ...order, runs: sound.size }, sound);
  }

  /** How many runs there are without a mutant, and how many of them fail. */
  get withoutMutant(): { readonly runs: number; readonly failed: number } {
    const lines = [...this.#sound.values()];
    return { runs: lines.length, failed: lines.filter(({ fault }) => fault !== undefined).length };
  }

  /** Makes the runs of a mutant; where `isForKill`, up to the first that fails. */
  async of(patch: Patch, isForKill: boolean): Promise<RandomRunsOutcome> {
    const outcome = { runs: 0, failed: 0, unchanged: 0 };
    let first: RandomRunsOutcome["first"];
    for await (const { seed, traceHash, fault } of runLines(patch, this.#order)) {
      const sound = this.#sound.get(seed);
      outcome.runs += 1;
      if (traceHash !== undefined && traceHash === sound?.traceHash) outcome.unchanged += 1;
      if (fault === undefined || sound?.fault !== undefined) continue;
      outcome.failed += 1;
      first ??= { seed, fault };
      if (isForKill) break;
    }
    return { ...outcome, first };
  }
}

/** The runs, one after the other. One that takes its process with it is followed by a new process. */
async function* runLines(patch: Patch | undefined, order: RunsOrder): AsyncGenerator<RunLine> {
  const program = await bundle(PROGRAM, "random-runs", patch);
  const endSeed = order.firstSeed + order.runs;
  for (let { firstSeed } = order; firstSeed < endSeed; ) {
    const rest = { ...order, firstSeed, runs: endSeed - firstSeed };
    const { lines, ended, kill } = start(process.execPath, [program, JSON.stringify(rest)]);
    let last: RunLine | undefined;
    try {
      for await (const text of lines) {
        last = JSON.parse(text) as RunLine;
        yield last;
      }
    } finally {
      kill();
    }
    if (last === undefined) throw new Error(`no random run came about: ${(await ended).stderr}`);
    if (last.traceHash !== undefined) return;
    firstSeed = last.seed + 1;
  }
}
