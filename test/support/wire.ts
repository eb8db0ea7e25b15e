// The wire's `PeerData` by hand, so that a test can say what no well-behaved peer would.

/** The fields of a `PeerData`; those left out are not sent. */
export interface PeerDataFields {
  readonly addr?: string | Uint8Array;
  readonly version?: number;
  readonly deleted?: boolean;
  readonly name?: string | Uint8Array;
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** The bytes of one `PeerData`. Text may be given as bytes, which then need not be UTF-8. */
export function peerData({ addr, version, deleted, name }: PeerDataFields): Buffer {
  const parts: Uint8Array[] = [];
  if (addr !== undefined) parts.push(...text(1, addr));
  if (version !== undefined) parts.push(tag(2, VARINT), int32(version));
  if (deleted !== undefined) parts.push(tag(3, VARINT), varint(deleted ? 1 : 0));
  if (name !== undefined) parts.push(...text(4, name));
  return Buffer.concat(parts);
}

function text(field: number, value: string | Uint8Array): Uint8Array[] {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  return [tag(field, LENGTH_DELIMITED), varint(bytes.length), bytes];
}

function tag(field: number, wireType: number): Uint8Array {
  return varint(field * 8 + wireType);
}

/** A negative number is sent as one of 64 bits, in ten bytes. */
function int32(value: number): Uint8Array {
  if (value >= 0) return varint(value);
  const groups = [0, 7, 14, 21].map((shift) => ((value >> shift) & 0x7f) | 0x80);
  return Uint8Array.from([...groups, ((value >> 28) & 0x7f) | 0x80, 0xff, 0xff, 0xff, 0xff, 0x01]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
