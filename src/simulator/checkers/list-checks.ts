// Checks of whole lists of the native protocol: what is kept up to date beside a list is that of the
// list, equal fingerprints mean equal lists, and no order of merging decides what comes out.

import { sameFingerprint } from "../../core/fingerprint.js";
import type { MemberRecord } from "../../core/native/member-record.js";
import { mergeRecords } from "../../core/native/merge.js";
import type { NativeCore } from "../../core/native/native-core.js";
import { infoText } from "../../core/native/record-hash.js";
import { KEPT_SYMBOLS, RosterSum } from "../../core/native/roster-sum.js";
import type { SimPeer } from "../sim-peer.js";

/** Records of one address that are merged in every order. */
const MERGED_RECORDS = 4;

/** What a core keeps beside its list that is not that of the list. */
export function* keptWrongly(core: NativeCore): Generator<string> {
  const sum = new RosterSum();
  let [live, gone] = [0, 0];
  for (const { address, record, isUnreachable } of core.entries()) {
    sum.add(record);
    // Whatever others say of a peer, it is there for itself.
    if (address === core.address) live += 1;
    else if (record.verdict !== "live") gone += 1;
    else if (!isUnreachable) live += 1;
  }
  if (!sameFingerprint(sum.fingerprint, core.fingerprint)) yield "fingerprint";
  const kept = core.symbols(KEPT_SYMBOLS);
  const isSame = sum.sketch.symbols.every((symbol, index) => {
    const other = kept[index];
    return (
      other?.high === symbol.high &&
      other.low === symbol.low &&
      other.check === symbol.check &&
      other.count === symbol.count
    );
  });
  if (!isSame) yield "sketch";
  const { sizes } = core;
  if (sizes.live !== live || sizes.gone !== gone) yield "count of members";
}

/** Records are immutable, and each is compared many times. */
const TEXTS = new WeakMap<MemberRecord, string>();

/** All that peers have to agree on of a member, as one text. */
function recordText(record: MemberRecord): string {
  let text = TEXTS.get(record);
  if (text === undefined) {
    const { address, generation, incarnation, version, verdict } = record;
    text = [address, generation, incarnation, version, verdict, infoText(record)].join("\0");
    TEXTS.set(record, text);
  }
  return text;
}

/** A peer with the same fingerprint as that one, and another list. */
export function falseTwin(peer: SimPeer, others: Iterable<SimPeer>): SimPeer | undefined {
  const core = peer.native;
  if (core === undefined) return undefined;
  const { fingerprint } = core;
  const ours = new Map(core.records().map((record) => [record.address, record]));
  for (const other of others) {
    const theirs = other.native;
    if (other === peer || theirs === undefined) continue;
    if (!sameFingerprint(fingerprint, theirs.fingerprint)) continue;
    if (!sameList(ours, theirs.records())) return other;
  }
  return undefined;
}

/** What came to both as the same bytes is one object, whose text need not be compared. */
function sameList(
  ours: ReadonlyMap<string, MemberRecord>,
  theirs: readonly MemberRecord[],
): boolean {
  if (ours.size !== theirs.length) return false;
  return theirs.every((record) => {
    const held = ours.get(record.address);
    return held === record || (held !== undefined && recordText(held) === recordText(record));
  });
}

/** An address of which two lists, merged in either order, give different records. */
export function disputedBetween(a: NativeCore, b: NativeCore): string | undefined {
  const [ours, theirs] = [a.records(), b.records()];
  const forward = merged([...ours, ...theirs, ...ours]);
  const backward = merged([...theirs, ...ours].reverse());
  for (const [address, record] of forward) {
    const other = backward.get(address);
    if (other === undefined || !sameInAll(other, record)) return address;
  }
  return undefined;
}

/** The latest different records of each address, each merged with the others in every order. */
export class MergeOrder {
  readonly #records = new Map<string, MemberRecord[]>();

  /** Takes in a record that was seen; false when the order of merging decides what comes out. */
  holdsWith(record: MemberRecord): boolean {
    const others = this.#records.get(record.address) ?? [];
    if (others.some((other) => sameInAll(other, record))) return true;
    this.#records.set(record.address, [...others.slice(1 - MERGED_RECORDS), record]);
    if (!sameInAll(mergeRecords(record, { ...record }), record)) return false;
    return others.every((a) => {
      const isCommutative = sameInAll(mergeRecords(a, record), mergeRecords(record, a));
      return isCommutative && others.every((b) => isAssociative(a, b, record));
    });
  }
}

function isAssociative(a: MemberRecord, b: MemberRecord, c: MemberRecord): boolean {
  const left = mergeRecords(mergeRecords(a, b), c);
  return sameInAll(left, mergeRecords(a, mergeRecords(b, c)));
}

function merged(records: readonly MemberRecord[]): Map<string, MemberRecord> {
  const list = new Map<string, MemberRecord>();
  for (const record of records) {
    const held = list.get(record.address);
    list.set(record.address, held === undefined ? record : mergeRecords(held, record));
  }
  return list;
}

/** True when both say the same: told by what they say, and not by the order that is checked here. */
function sameInAll(a: MemberRecord, b: MemberRecord): boolean {
  if (a === b) return true;
  const isSameLife =
    a.generation === b.generation &&
    a.incarnation === b.incarnation &&
    a.verdict === b.verdict &&
    a.expiresAt === b.expiresAt;
  return isSameLife && a.version === b.version && infoText(a) === infoText(b);
}
