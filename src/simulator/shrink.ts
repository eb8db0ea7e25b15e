// Makes a failed run smaller: fewer faults, fewer peers, and a shorter time, for as long as what remains
// breaks the same invariant; and names it by the command that repeats it.

import { type RandomRunOptions, type RandomRunResult, runRandom } from "./random-run.js";

/** Most runs that are made to find a smaller one. */
const MOST_TRIES = 60;
const FEWEST_PEERS = 2;
/** A shorter time is tried in steps of a second. */
const STEP_MS = 1_000;

/** The command that repeats a run. */
export function replayCommand(result: RandomRunResult): string {
  const { seed, peers, faultsForMs } = result;
  const faults = result.faults.length === 0 ? "none" : result.faults.join(",");
  const shorter = faultsForMs === undefined ? "" : ` --faults-for ${faultsForMs}ms`;
  return `gossip simulate --seed ${seed} --peers ${peers} --faults ${faults}${shorter}`;
}

/** The smallest run that was found to fail in the same way. */
export function shrink(failed: RandomRunResult): RandomRunResult {
  const shrinking = new Shrinking(failed);
  shrinking.dropFaults();
  shrinking.dropPeers();
  shrinking.dropFaults();
  shrinking.dropTime();
  return shrinking.smallest;
}

/** A row of smaller and smaller runs. */
class Shrinking {
  smallest: RandomRunResult;
  #tries = 0;

  constructor(failed: RandomRunResult) {
    this.smallest = failed;
  }

  /** Leaves out halves of the faults, then quarters, and so on to single ones. */
  dropFaults(): void {
    let size = Math.ceil(this.smallest.faults.length / 2);
    while (size >= 1) {
      const isSmaller = this.#dropFaultsOf(size);
      if (!isSmaller && size === 1) return;
      if (!isSmaller) size = Math.ceil(size / 2);
    }
  }

  dropPeers(): void {
    for (let step = Math.ceil(this.smallest.peers / 2); step >= 1; ) {
      const peers = this.smallest.peers - step;
      if (peers >= FEWEST_PEERS && this.#fails({ peers })) continue;
      if (step === 1) return;
      step = Math.ceil(step / 2);
    }
  }

  /** Has the faults end as soon after the last one began as that still shows it. */
  dropTime(): void {
    const failedAtMs = this.smallest.violations[0]?.atMs ?? 0;
    const seconds = Math.ceil(failedAtMs / STEP_MS);
    for (const faultsForMs of [seconds / 4, seconds / 2, seconds].map(
      (share) => Math.ceil(share) * STEP_MS,
    )) {
      if (this.#fails({ faultsForMs })) return;
    }
  }

  #dropFaultsOf(size: number): boolean {
    const { faults } = this.smallest;
    for (let begin = 0; begin < faults.length; begin += size) {
      const left = [...faults.slice(0, begin), ...faults.slice(begin + size)];
      if (left.length < faults.length && this.#fails({ faults: left })) return true;
    }
    return false;
  }

  /** Makes a run that differs in this; true when it fails in the same way, and is the smallest then. */
  #fails(different: Partial<RandomRunOptions>): boolean {
    this.#tries += 1;
    if (this.#tries > MOST_TRIES) return false;
    const { seed, peers, failureDetection, faults, faultsForMs, violations } = this.smallest;
    const options = { seed, peers, failureDetection, faults, faultsForMs, ...different };
    const result = runRandom(options);
    if (result.violations[0]?.invariant !== violations[0]?.invariant) return false;
    this.smallest = result;
    return true;
  }
}
