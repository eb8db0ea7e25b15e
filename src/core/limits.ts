// Every limit of a peer, with its default. What grows with what others send has its bound here.

/**
 * The bounds on what a peer takes in, keeps and does at once. Each can be set through the option
 * `limits`; the defaults fit clusters of up to some thousands of peers.
 */
export interface Limits {
  /**
   * Live members listed at once, this peer included. Default 10,000. At least 1. More members cost
   * memory and make each exchange longer; what does not fit is counted as `members-full`.
   */
  readonly maxMembers: number;
  /**
   * Failed and left members remembered. Default 1,024. At least 0. A gone member that is no longer
   * remembered is not dialled again by itself; the oldest is forgotten first.
   */
  readonly maxGoneMembers: number;
  /**
   * Members of an earlier boot, known from `dataDir`, that are looked for until they answer or expire.
   * Default 1,024. At least 1. As many are kept for the next boot; one that answers knows the others.
   */
  readonly maxFormerMembers: number;
  /**
   * Addresses heard of and waiting to be dialled. Default 1,024. At least 1. When full, a newcomer
   * takes the place of one at random, so that invented addresses cannot keep a real one out.
   */
  readonly maxCandidates: number;
  /**
   * Records taken in from one call. Default 16,384. At least 1, and no less than `maxMembers` for
   * whole lists to fit. What comes after is dropped as `too-many-records`; the call goes on.
   */
  readonly maxRecordsPerCall: number;
  /** Bytes of a name in UTF-8. Default 1,024. At least 1. Longer ones are `name-too-long`. */
  readonly maxNameBytes: number;
  /**
   * Characters of an address. Default 262: a DNS name of 253, brackets, a colon and a port. Longer
   * ones are `address-too-long`.
   */
  readonly maxAddressLength: number;
  /**
   * The highest version believed when it is relayed, and the highest up to which this peer raises
   * its own above what is said of it. Default 2^30, half the range: a forged version near the end
   * of int32 then locks nobody, since there is always one above it.
   */
  readonly maxVersion: number;
  /**
   * How far above the held version a relayed one is believed. Default 2^20. Beyond it the record is
   * only a reason to dial the peer and ask it.
   */
  readonly maxVersionJump: number;
  /**
   * How far ahead of the clock this peer raises its own version because an answer does not list
   * it. Default 16. Small, so that a restart, which begins at the clock, is soon the newer one.
   */
  readonly maxVersionLead: number;
  /**
   * Exchanges with members that may be under way at once. Default 8. At least 1. One member that
   * answers slowly then does not hold up the others.
   */
  readonly maxExchanges: number;
  /**
   * Dials to addresses that are not live members (heard of, gone, to be checked) under way at once.
   * Default 16. At least 1.
   */
  readonly maxDials: number;
  /**
   * Such dials begun in a second, with a burst of as many. Default 100. At least 1. It bounds what
   * a flood of invented addresses can make this peer do; a join of N peers takes N of them.
   */
  readonly maxDialsPerSecond: number;
  /** Seeds. Default 256. At least 1. One more is refused with `TOO_MANY_SEEDS`. */
  readonly maxSeeds: number;
  /** Addresses dialled of one seed's DNS name. Default 64. At least 1. */
  readonly maxAddressesPerSeed: number;
  /**
   * Connections kept open to others. Default 64. At least 1. The least recently used idle one is
   * closed first; a call that finds all of them busy waits, within its deadline.
   */
  readonly maxConnections: number;
  /**
   * Connections that others may have open towards this peer. Default 4,096. At least 1. For one more the
   * oldest is closed on which no call has come yet; where there is none, it is closed itself.
   */
  readonly maxInboundConnections: number;
  /**
   * TLS handshakes of others with this peer under way at once. Default 256. At least 1. When there are as
   * many, the oldest is given up and counted as `too-many`: a sound one takes milliseconds.
   */
  readonly maxHandshakes: number;
  /**
   * Links of the native protocol, those that others opened included. Default 4,096. At least 32. In
   * an overlay of any size some ten are used; the rest is for those who come and go.
   */
  readonly maxLinks: number;
  /**
   * Bytes that may wait on one link for the network or for a reader. Default 4 MiB. At least 64 KiB.
   * A link with more is closed, so that a slow reader never makes this peer's memory grow.
   */
  readonly maxUnsentBytes: number;
  /**
   * Records taken in from one frame of the native protocol, and addresses of peers that may have
   * time. Default 1,024. At least 1. What comes after is dropped as `too-many-records`.
   */
  readonly maxRecordsPerFrame: number;
  /**
   * Questions over one link in a second that cost this peer a look at a member, with a burst of as
   * many; one that costs a pass over all records counts once for each hundred of them. Default 500. At
   * least 1. More are dropped as `frame-too-often`; whoever asked is not answered.
   */
  readonly maxRequestsPerSecond: number;
  /**
   * Verdicts of one teller that their subjects contradicted, within ten minutes, after which what it
   * says of live members only takes effect when they do not contradict in time. Default 4. At least 1.
   * It bounds how often one member that lies can strike others, for the moment, from this peer's list.
   */
  readonly maxRefutedVerdicts: number;
  /**
   * Accusations of one teller that wait at once for what the accused say. Default 1,024. At least 1.
   * One more is dropped as `too-many-accusations`; the exchanges bring it again.
   */
  readonly maxAccusations: number;
  /**
   * Keys of one peer's metadata, and as many again that were deleted. Default 128. At least 1. A
   * record with more is dropped as `too-many-keys`; each key costs memory in every peer.
   */
  readonly maxMetadataKeys: number;
  /**
   * Bytes of one peer's metadata, keys in UTF-8 and values together. Default 65,536. At least 1. A
   * record with more is dropped as `metadata-too-large`; every peer holds the metadata of all.
   */
  readonly maxMetadataBytes: number;
  /**
   * Bytes of one key of the metadata in UTF-8. Default 256. At least 1. A record with a longer one
   * is dropped as `key-malformed`.
   */
  readonly maxMetadataKeyBytes: number;
  /**
   * Bytes of one message, and of a compressed one's content. Default 4 MiB, as in gRPC. A longer
   * one ends its call; longer content is `inflated-too-long`.
   */
  readonly maxMessageBytes: number;
  /** Calls that one connection may have open towards us at once. Default 100. */
  readonly maxCallsPerConnection: number;
  /**
   * Calls that one connection may begin towards us in a second, with a burst of as many. Default 2,000.
   * At least 1. One that begins more is cut, and counted as `caller-too-fast`: each call costs far more to
   * take than to begin. An original makes up to 1,000, and deletes for ever whoever cuts it off.
   */
  readonly maxCallsPerSecond: number;
  /**
   * Frames that may come over one link in a second, with a burst of as many. Default 4,000. At least 1.
   * A link with more is closed, and counted as `caller-too-fast`.
   */
  readonly maxFramesPerSecond: number;
  /**
   * Events that a slow reader of `events()` may be behind. Default 1,024. At least 1. The oldest are
   * dropped first, and an event of type `events-dropped` tells how many.
   */
  readonly maxQueuedEvents: number;
}

/** The defaults of {@link Limits}. */
export const DEFAULT_LIMITS: Limits = {
  maxMembers: 10_000,
  maxGoneMembers: 1_024,
  maxFormerMembers: 1_024,
  maxCandidates: 1_024,
  maxRecordsPerCall: 16_384,
  maxNameBytes: 1_024,
  maxAddressLength: 262,
  maxVersion: 2 ** 30,
  maxVersionJump: 2 ** 20,
  maxVersionLead: 16,
  maxExchanges: 8,
  maxDials: 16,
  maxDialsPerSecond: 100,
  maxSeeds: 256,
  maxAddressesPerSeed: 64,
  maxConnections: 64,
  maxInboundConnections: 4_096,
  maxHandshakes: 256,
  maxLinks: 4_096,
  maxUnsentBytes: 4 * 1_024 * 1_024,
  maxRecordsPerFrame: 1_024,
  maxRequestsPerSecond: 500,
  maxRefutedVerdicts: 4,
  maxAccusations: 1_024,
  maxMetadataKeys: 128,
  maxMetadataBytes: 65_536,
  maxMetadataKeyBytes: 256,
  maxMessageBytes: 4 * 1_024 * 1_024,
  maxCallsPerConnection: 100,
  maxCallsPerSecond: 2_000,
  maxFramesPerSecond: 4_000,
  maxQueuedEvents: 1_024,
};
