// A record: what is said of one peer at one moment, in the form the seed dialect sends it.

/**
 * What one message says of one peer (`PeerData` on the wire). Immutable: a change is a new record.
 */
export interface PeerRecord {
  /** The peer's advertised address, `host:port`: its identity. */
  readonly address: string;
  /** How often the owner wrote its record, counted from where its boot began. */
  readonly version: number;
  /** True when the peer is said to be gone. */
  readonly deleted: boolean;
  /** The `name` of the peer's {@link PeerInfo}. */
  readonly name: string;
}

/**
 * The public description of a peer, owned by the application that runs it.
 */
export interface PeerInfo {
  /** A name for people; empty by default, at most `limits.maxNameBytes` bytes of UTF-8. */
  readonly name: string;
  /**
   * What else the application tells of this peer, by key. Default none. At most
   * `limits.maxMetadataKeys` keys and `limits.maxMetadataBytes` bytes. Only the keys that changed
   * travel. It needs the native protocol: peers of the seed dialect see the name alone.
   */
  readonly metadata?: PeerMetadata | undefined;
}

/** A value of a peer's metadata. */
export type MetadataValue = string | Uint8Array;

/** Metadata by key. */
export type PeerMetadata = Readonly<Record<string, MetadataValue>>;

/** True when both records say the same. */
export function sameRecord(a: PeerRecord, b: PeerRecord): boolean {
  return (
    a === b ||
    (a.version === b.version &&
      a.name === b.name &&
      a.deleted === b.deleted &&
      a.address === b.address)
  );
}
