// Whether something grew: what it was once all was warm, against what it is at the end.

/** What is watched for growth, at each moment that it was looked at. */
export interface Series {
  readonly name: string;
  /** Growth of so much is none: what is near zero doubles by one. */
  readonly slack: number;
  readonly values: readonly number[];
}

/** What became of one series. */
export interface Growth {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  /** By how much the last is more than the first; 0.05 is 5 %. */
  readonly share: number;
  readonly hasGrown: boolean;
}

/** More than this share is growth. */
export const MAX_GROWTH = 0.05;

/**
 * Compares the medians of the first and of the last `window` values, so that one look at a bad moment
 * says nothing.
 */
export function growthOf({ name, slack, values }: Series, window: number): Growth {
  if (values.length < 2 * window) throw new Error(`${name} was looked at too rarely`);
  const first = median(values.slice(0, window));
  const last = median(values.slice(-window));
  const share = first === last ? 0 : last / first - 1;
  return { name, first, last, share, hasGrown: last > first * (1 + MAX_GROWTH) + slack };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}
