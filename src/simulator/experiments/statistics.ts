// Figures from samples: quantiles, and what a count in some runs says of a whole grid.

/** The smallest value that at least the share `q` of the values do not exceed. */
export function quantile(values: readonly number[], q: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const index = Math.max(0, Math.ceil(q * sorted.length) - 1);
  return sorted[index];
}

/** The median. */
export function median(values: readonly number[]): number | undefined {
  return quantile(values, 0.5);
}

/** The arithmetic mean; undefined of nothing. */
export function mean(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A count in some runs, scaled to more. */
export interface ScaledCount {
  readonly value: number;
  /** True when nothing was counted: then it is the bound of the rule of three (95 % confidence). */
  readonly isBound: boolean;
}

/**
 * Scales a count from `runs` runs to `allRuns`. Of zero the rule of three says that, with 95 %
 * confidence, a run has on average fewer than 3 / `runs`; when all were run, zero is zero.
 */
export function scaleCount(count: number, runs: number, allRuns: number): ScaledCount {
  if (count === 0 && runs < allRuns) return { value: (3 / runs) * allRuns, isBound: true };
  return { value: (count / runs) * allRuns, isBound: false };
}
