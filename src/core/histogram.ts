// How often a duration was how long: counts by upper bounds, so that its cost does not grow with what
// it has seen.

/** What a histogram has seen so far. */
export interface HistogramFigures {
  /** The upper bounds of the buckets, in milliseconds, ascending; the last bucket has none. */
  readonly boundsMs: readonly number[];
  /** How many were in each bucket, above the bound before it; one more than there are bounds. */
  readonly counts: readonly number[];
  /** All of them together. */
  readonly sumMs: number;
  /** How many there were. */
  readonly count: number;
}

/** For what takes from a fraction of a millisecond to some seconds. */
const DURATION_BOUNDS_MS: readonly number[] = [
  0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000,
];

/** Counts durations. */
export class Histogram {
  readonly #boundsMs: readonly number[];
  readonly #counts: number[];
  #sumMs = 0;
  #count = 0;

  constructor(boundsMs = DURATION_BOUNDS_MS) {
    this.#boundsMs = boundsMs;
    this.#counts = new Array<number>(boundsMs.length + 1).fill(0);
  }

  add(durationMs: number): void {
    const bounds = this.#boundsMs;
    let bucket = 0;
    while (bucket < bounds.length && durationMs > (bounds[bucket] ?? 0)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sumMs += durationMs;
    this.#count += 1;
  }

  /** A copy of what was counted. */
  get figures(): HistogramFigures {
    return {
      boundsMs: this.#boundsMs,
      counts: [...this.#counts],
      sumMs: this.#sumMs,
      count: this.#count,
    };
  }
}

/** The figures of two histograms with the same bounds, together. */
export function addedUp(a: HistogramFigures, b: HistogramFigures): HistogramFigures {
  return {
    boundsMs: a.boundsMs,
    counts: a.counts.map((count, bucket) => count + (b.counts[bucket] ?? 0)),
    sumMs: a.sumMs + b.sumMs,
    count: a.count + b.count,
  };
}
