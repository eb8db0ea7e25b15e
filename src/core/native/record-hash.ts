// The hash of a record: what fingerprints sum and what names a record when two lists are compared.

import { hashLanes } from "../fingerprint.js";
import type { MetadataValue } from "../record.js";
import type { MemberRecord } from "./member-record.js";
import { checkOf, type SketchItem } from "./sketch.js";

/** What a record is summed as. */
export interface HashedRecord {
  /** Four 32-bit numbers. No typed array: one of these takes three times the memory. */
  readonly lanes: readonly number[];
  readonly item: SketchItem;
}

/** Records are immutable, and one is summed in many lists. */
const HASHES = new WeakMap<MemberRecord, HashedRecord>();
const INFO_TEXTS = new WeakMap<MemberRecord, string>();

/** The hash of all that peers have to agree on of a member. */
export function hashOf(record: MemberRecord): HashedRecord {
  let hashed = HASHES.get(record);
  if (hashed === undefined) {
    const { address, generation, incarnation, version, verdict } = record;
    const text = `${address}\0${generation}\0${incarnation}\0${version}\0${verdict}\0${infoText(record)}`;
    const lanes = hashLanes(text);
    const [high, low] = [lanes[0] | 0, lanes[1] | 0];
    hashed = { lanes, item: { high, low, check: checkOf(high, low) } };
    HASHES.set(record, hashed);
  }
  return hashed;
}

/** A member's info as one text: equal for equal info, whatever the order of the keys. */
export function infoText(record: MemberRecord): string {
  // A plain name is its own text, unless it could pass for that of another with metadata.
  if (record.metadata.size === 0 && !record.name.startsWith("[")) return record.name;
  let text = INFO_TEXTS.get(record);
  if (text === undefined) {
    const keys = Array.from(record.metadata.keys()).sort();
    const entries = keys.map((key) => {
      const entry = record.metadata.get(key);
      return [key, entry === undefined ? "" : valueText(entry.value)];
    });
    text = JSON.stringify([record.name, entries]);
    INFO_TEXTS.set(record, text);
  }
  return text;
}

/** A value as text: strings and bytes never give the same. */
function valueText(value: MetadataValue): string {
  if (typeof value === "string") return `s${value}`;
  let text = "b";
  for (const byte of value) text += byte.toString(16).padStart(2, "0");
  return text;
}
