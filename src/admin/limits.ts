// Every limit of the admin service, with its default: what clients can cost the peer is bounded here.

/** Bounds on what the clients of the admin service can cost; see {@link AdminOptions.limits}. */
export interface AdminLimits {
  /** Connections at once. Default 256. One more is closed at once. */
  readonly maxConnections: number;
  /** Calls at once on one HTTP/2 connection. Default 100. Further ones wait at the client's side. */
  readonly maxCallsPerConnection: number;
  /** Streams at once, over all connections. Default 64. One more is RESOURCE_EXHAUSTED. */
  readonly maxWatchers: number;
  /** Bytes of one request. Default 1,048,576. A larger one is refused. */
  readonly maxRequestBytes: number;
  /** Bytes of all requests that are on their way, together. Default 33,554,432. More is RESOURCE_EXHAUSTED. */
  readonly maxBodyBytes: number;
  /**
   * Changes of members that are kept for watchers that are slow or come back. Default 4,096. Who is
   * further behind is given the whole list anew.
   */
  readonly maxLoggedChanges: number;
  /**
   * Events that are kept for watchers that are slow or come back. Default 1,024. Who is further
   * behind is told how many are missing.
   */
  readonly maxLoggedEvents: number;
  /** Addresses in one request to join. Default 64. */
  readonly maxJoinAddresses: number;
  /** Members that one watcher of who reaches whom is told of. Default 1,024. The rest is left out. */
  readonly maxReachMembers: number;
  /**
   * Members that are asked for their links in a second, for all watchers together. Default 50. Asking
   * may take a new connection, which costs both sides a few milliseconds of CPU.
   */
  readonly maxReachAsksPerSecond: number;
  /** How long a client may take to send its first bytes, in milliseconds. Default 10,000. */
  readonly firstBytesTimeoutMs: number;
  /**
   * How long an HTTP/1.1 client may take to send the headers, in milliseconds. Default 10,000. A
   * shorter `requestTimeoutMs` holds for them too.
   */
  readonly headersTimeoutMs: number;
  /** How long it may take to send the whole request, in milliseconds. Default 30,000. */
  readonly requestTimeoutMs: number;
  /** How long a connection without a call is kept, of either version. In milliseconds. Default 60,000. */
  readonly idleTimeoutMs: number;
  /**
   * How often a watched list is compared with what watchers were told, in milliseconds. Default
   * 2,000. Events are told at once; this finds what has none, such as round trips.
   */
  readonly refreshPeriodMs: number;
}

/** The default of each limit. */
export const DEFAULT_ADMIN_LIMITS: AdminLimits = {
  maxConnections: 256,
  maxCallsPerConnection: 100,
  maxWatchers: 64,
  maxRequestBytes: 1_048_576,
  maxBodyBytes: 33_554_432,
  maxLoggedChanges: 4_096,
  maxLoggedEvents: 1_024,
  maxJoinAddresses: 64,
  maxReachMembers: 1_024,
  maxReachAsksPerSecond: 50,
  firstBytesTimeoutMs: 10_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  idleTimeoutMs: 60_000,
  refreshPeriodMs: 2_000,
};
