// Sizes in falling order: where a size does not finish within its share of the budget, the next is
// tried, so that the size that did finish is known too.

import type { Budget } from "./budget.js";
import type { Waited } from "./cluster.js";

/** What the largest size may use of the budget; the smaller ones have what is left. */
const FIRST_SHARE = 0.4;

/** Runs sizes until one finishes, and gives what came of each that was tried. */
export function runLadder<T extends { readonly isFinished: boolean }>(
  sizes: readonly number[],
  budget: Budget,
  run: (size: number, budget: Budget) => T,
): T[] {
  const tried: T[] = [];
  for (const [index, size] of sizes.entries()) {
    const isLast = index === sizes.length - 1;
    const result = run(size, isLast ? budget : budget.share(FIRST_SHARE));
    tried.push(result);
    if (result.isFinished) break;
  }
  return tried;
}

/** Runs cases one after the other, each with its part of what is left of the budget. */
export function runCases<C, T>(
  cases: readonly C[],
  budget: Budget,
  onProgress: (done: number, total: number) => void,
  run: (item: C, budget: Budget) => T,
  weightOf: (item: C) => number = () => 1,
): T[] {
  let weightLeft = cases.reduce((sum, item) => sum + weightOf(item), 0);
  return cases.map((item, index) => {
    const result = run(item, budget.share(weightOf(item) / weightLeft));
    weightLeft -= weightOf(item);
    onProgress(index + 1, cases.length);
    return result;
  });
}

/** Says how far something came that did not finish. */
export function unfinished({ cut, tookMs }: Waited, howFar: string): string {
  return `not finished: the budget of ${cut} ended it after ${inSeconds(tookMs)} of virtual time, with ${howFar}`;
}

/** Milliseconds as seconds. */
export function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

/** A share as a percentage. */
export function inPercent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
