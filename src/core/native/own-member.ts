// What this peer says of itself: only its owner writes it, and it rises above whatever others say.

import type { MetadataValue, PeerInfo } from "../record.js";
import type { MemberRecord, MetadataEntry, SentRecord } from "./member-record.js";
import { compareInfo, compareLife } from "./merge.js";

/** The highest version and incarnation; a new generation begins where one would pass it. */
export const MAX_COUNTER = 2 ** 30;

/** A record and the part of it that is new. */
export interface OwnWrite {
  readonly record: MemberRecord;
  readonly sent: SentRecord;
}

/** Whole records, so that one is encoded and hashed once however often it is sent. */
const WHOLE = new WeakMap<MemberRecord, SentRecord>();
const NO_KEYS: readonly string[] = [];

/** A whole record, as it is sent. */
export function wholeRecord(record: MemberRecord): SentRecord {
  if ("sinceVersion" in record) return record as SentRecord;
  let whole = WHOLE.get(record);
  if (whole === undefined) {
    whole = { ...record, sinceVersion: 0, deletedKeys: NO_KEYS };
    WHOLE.set(record, whole);
  }
  return whole;
}

/** The first record of a boot. */
export function firstRecord(
  address: string,
  info: PeerInfo,
  generation: number,
  version: number,
): MemberRecord {
  return {
    address,
    generation,
    incarnation: 0,
    version,
    verdict: "live",
    name: info.name,
    metadata: new Map(
      Object.entries(info.metadata ?? {}).map(([key, value]) => [key, { value, version }]),
    ),
    expiresAt: 0,
  };
}

/** Our record with that info, and what of it is new. */
export function writeInfo(own: MemberRecord, info: PeerInfo): OwnWrite {
  const version = own.version + 1;
  if (version > MAX_COUNTER) {
    const record = firstRecord(own.address, info, own.generation + 1, 0);
    return { record, sent: wholeRecord(record) };
  }
  const metadata = new Map<string, MetadataEntry>();
  const changed = new Map<string, MetadataEntry>();
  for (const [key, value] of Object.entries(info.metadata ?? {})) {
    const held = own.metadata.get(key);
    const isSame = held !== undefined && sameValue(held.value, value);
    const entry = isSame ? held : { value, version };
    metadata.set(key, entry);
    if (!isSame) changed.set(key, entry);
  }
  const deletedKeys = Array.from(own.metadata.keys()).filter((key) => !metadata.has(key));
  const record = { ...own, name: info.name, version, metadata };
  // Version 0 is no version to build on: in a sent record it says that it is whole.
  if (own.version === 0) return { record, sent: wholeRecord(record) };
  const sent = { ...record, metadata: changed, sinceVersion: own.version, deletedKeys };
  return { record, sent };
}

/**
 * Our record once another said `claim` of us: above it in every respect. Undefined when it holds
 * nothing that we did not say.
 */
export function risenAbove(own: MemberRecord, claim: MemberRecord): MemberRecord | undefined {
  if (claim.generation < own.generation) return undefined;
  if (claim.generation > own.generation) {
    // An earlier boot of ours whose clock was ahead, or another peer at our address.
    return { ...own, generation: claim.generation + 1, incarnation: 0 };
  }
  // Other words in the same version, too: where these win, all but us would hold them.
  const isNewerInfo = compareInfo(claim, own) > 0;
  const isNewerLife = compareLife(claim, own) > 0;
  if (!isNewerInfo && !isNewerLife) return undefined;
  const version = isNewerInfo ? claim.version + 1 : own.version;
  const incarnation = isNewerLife ? claim.incarnation + 1 : own.incarnation;
  if (version > MAX_COUNTER || incarnation > MAX_COUNTER) {
    return { ...own, generation: own.generation + 1, incarnation: 0 };
  }
  return { ...own, version, incarnation };
}

/**
 * The whole record that a sent one makes of the one we hold; undefined when it builds on a version
 * that we do not have.
 */
export function completedRecord(
  sent: SentRecord,
  held: MemberRecord | undefined,
): MemberRecord | undefined {
  if (sent.sinceVersion === 0) return sent;
  const { sinceVersion, deletedKeys, ...record } = sent;
  if (held === undefined || held.generation !== sent.generation) return undefined;
  if (held.version < sinceVersion) return undefined;
  const life = { incarnation: sent.incarnation, verdict: sent.verdict, expiresAt: sent.expiresAt };
  if (held.version >= sent.version) return { ...held, ...life };
  const metadata = new Map(held.metadata);
  for (const key of deletedKeys) metadata.delete(key);
  for (const [key, entry] of sent.metadata) metadata.set(key, entry);
  return { ...record, metadata };
}

function sameValue(a: MetadataValue, b: MetadataValue): boolean {
  if (typeof a === "string" || typeof b === "string") return a === b;
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
