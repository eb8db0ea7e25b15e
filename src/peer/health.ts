// How a peer is: what decides whether work is given to it.

/** What {@link Peer.health} gives. */
export interface PeerHealth {
  /**
   * Whether the peer is part of a cluster: it lists another member, or one of its seeds has answered,
   * or it was given none. False once it leaves or stops.
   */
  readonly isJoined: boolean;
  /** How far it distrusts its own timers, as in Lifeguard: 0 is good, 8 is worst. */
  readonly score: number;
}
