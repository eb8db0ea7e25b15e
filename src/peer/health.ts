// How a peer is: what decides whether work is given to it.

/** What {@link Peer.health} gives. */
export interface PeerHealth {
  /**
   * Whether the peer is part of a cluster now: it lists another member, or it was given no seeds, and is
   * the first. False while it lists nobody though it has seeds, from the end of its certificate on, and once it
   * leaves or stops.
   */
  readonly isJoined: boolean;
  /** Why it is not joined, and what to do; undefined where it is. */
  readonly reason?: string | undefined;
  /** How far it distrusts its own timers, as in Lifeguard: 0 is good, 8 is worst. */
  readonly score: number;
}
