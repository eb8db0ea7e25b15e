// What the process of the random runs is told, and what it tells.

/** Which runs. */
export interface RunsOrder {
  readonly firstSeed: number;
  readonly runs: number;
  /** They end once so much CPU time is used. */
  readonly cpuMs: number;
}

/** What came of one run. */
export interface RunLine {
  readonly seed: number;
  /** Of all that happened; undefined where the run did not come to its end. */
  readonly traceHash?: string;
  /** Why the run failed; undefined where it is sound. */
  readonly fault?: string;
}
