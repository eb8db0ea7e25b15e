// What the core counts of its own doings; rejected input is counted by whoever drives it.

/** Counts since the peer started. */
export interface CoreCounters {
  /** Exchanges that this peer began. */
  exchangesStarted: number;
  /** Of these, those that were answered. */
  exchangesAnswered: number;
  /** Of these, those that failed or were not answered in time. */
  exchangesFailed: number;
  /** Pings by which this peer judged one whose exchange failed. */
  pingsStarted: number;
  /** Of these, those that were answered. */
  pingsAnswered: number;
  /** Of these, those that failed or were not answered in time. */
  pingsFailed: number;
  /** Exchanges that others began and this peer answered. */
  exchangesServed: number;
  /** Records that others sent and that were well-formed. */
  recordsReceived: number;
  /** Dials to addresses heard of, gone, or to be checked. */
  dialsStarted: number;
  /** Times that this peer raised its version above what was said of it. */
  refutations: number;
}

/** All at zero. */
export function newCounters(): CoreCounters {
  return {
    exchangesStarted: 0,
    exchangesAnswered: 0,
    exchangesFailed: 0,
    pingsStarted: 0,
    pingsAnswered: 0,
    pingsFailed: 0,
    exchangesServed: 0,
    recordsReceived: 0,
    dialsStarted: 0,
    refutations: 0,
  };
}
