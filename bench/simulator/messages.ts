// What the simulator benchmark and its worker processes say to each other.

/** A cluster to simulate: it starts converged, and pings once a second. */
export interface SimulatorLoad {
  readonly peers: number;
  readonly virtualMs: number;
  /** Virtual times at which the wall time so far is noted. */
  readonly marksMs: readonly number[];
}

/** What it took. */
export interface SimulatorCost {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
  /** Wall time at each mark. */
  readonly marksWallMs: readonly number[];
  readonly messages: number;
  readonly traceHash: string;
}
