// What the native core counts of its own doings.

/** Counts since the peer started. */
export interface NativeCounters {
  /** Exchanges that this peer began over links. */
  probesSent: number;
  /** Of these and of other probes, those answered in time. */
  probesTimely: number;
  /** Those that were not. */
  probesLate: number;
  /** Probes of others that this peer answered. */
  probesServed: number;
  /** Exchanges in which the two lists were not the same. */
  differencesFound: number;
  /** Differences too large for a sketch: the whole list went. */
  wholeListsSent: number;
  /** Rumors that came in. */
  rumorsReceived: number;
  /** Of these, those that were news. */
  rumorsNew: number;
  /** Rumors that were sent, one for each link that one went over. */
  rumorsSent: number;
  /** Links that this peer opened. */
  linksOpened: number;
  /** Members that this peer began to suspect. */
  suspicions: number;
  /** Of these, those that were cleared. */
  suspicionsCleared: number;
  /** Of these, those that ended with a verdict. */
  convictions: number;
  /** Questions of others about a member that did not answer them. */
  asksServed: number;
  /** Times that this process, or its machine, stood still. */
  stalls: number;
  /** Times that this peer rose above a verdict on itself. */
  nativeRefutations: number;
}

/** All at zero. */
export function newNativeCounters(): NativeCounters {
  return {
    probesSent: 0,
    probesTimely: 0,
    probesLate: 0,
    probesServed: 0,
    differencesFound: 0,
    wholeListsSent: 0,
    rumorsReceived: 0,
    rumorsNew: 0,
    rumorsSent: 0,
    linksOpened: 0,
    suspicions: 0,
    suspicionsCleared: 0,
    convictions: 0,
    asksServed: 0,
    stalls: 0,
    nativeRefutations: 0,
  };
}
