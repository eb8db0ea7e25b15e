// Least squares for a handful of unknowns, and the median.

/** One measurement: how much of each unknown it holds, and what was measured. */
export interface Row {
  readonly label: string;
  readonly amounts: readonly number[];
  readonly measured: number;
  /** How often the row counts. */
  readonly weight: number;
}

/**
 * The unknowns that fit the rows best. Errors count relative to what was measured, so that a small
 * measurement weighs as much as a large one.
 */
export function leastSquares(rows: readonly Row[], unknowns: number): number[] {
  const matrix = Array.from({ length: unknowns }, () => new Array<number>(unknowns + 1).fill(0));
  for (const { amounts, measured, weight: count } of rows) {
    const weight = count / measured ** 2;
    for (const [line, equation] of matrix.entries()) {
      const amount = weight * (amounts[line] ?? 0);
      for (let column = 0; column < unknowns; column += 1) {
        equation[column] = (equation[column] ?? 0) + amount * (amounts[column] ?? 0);
      }
      equation[unknowns] = (equation[unknowns] ?? 0) + amount * measured;
    }
  }
  return solve(matrix);
}

/** What a row should have measured. */
export function predict(amounts: readonly number[], unknowns: readonly number[]): number {
  return amounts.reduce((sum, amount, index) => sum + amount * (unknowns[index] ?? 0), 0);
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** Gauss and Jordan, with the largest pivot first. */
function solve(matrix: number[][]): number[] {
  const size = matrix.length;
  for (let column = 0; column < size; column += 1) {
    const below = matrix.slice(column);
    below.sort((a, b) => Math.abs(b[column] ?? 0) - Math.abs(a[column] ?? 0));
    matrix.splice(column, size - column, ...below);
    const pivotLine = matrix[column];
    const pivot = pivotLine?.[column];
    if (pivotLine === undefined || pivot === undefined || pivot === 0) {
      throw new Error("the measurements do not tell the unknowns apart");
    }
    for (const line of matrix) {
      if (line === pivotLine) continue;
      const factor = (line[column] ?? 0) / pivot;
      for (let index = column; index <= size; index += 1) {
        line[index] = (line[index] ?? 0) - factor * (pivotLine[index] ?? 0);
      }
    }
  }
  return matrix.map((line, index) => (line[size] ?? 0) / (line[index] ?? 1));
}
