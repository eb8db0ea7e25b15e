// A fingerprint of a whole list that changes in constant time with each record: the sum of the
// records' hashes. Sums do not depend on order, and unlike XOR they keep two equal errors apart.

import type { PeerRecord } from "./record.js";

/** Four 32-bit numbers and the count of records; equal for equal lists. */
export interface Fingerprint {
  readonly lanes: readonly [number, number, number, number];
  readonly count: number;
}

/** True when both are of equal lists, as far as 128 bits can tell. */
export function sameFingerprint(a: Fingerprint, b: Fingerprint): boolean {
  return a.count === b.count && a.lanes.every((lane, index) => lane === b.lanes[index]);
}

/** The sum of a changing set of records. */
export class RecordSum {
  readonly #lanes = new Uint32Array(4);
  #count = 0;

  add(record: PeerRecord): void {
    this.#combine(hashOf(record), 1);
    this.#count += 1;
  }

  subtract(record: PeerRecord): void {
    this.#combine(hashOf(record), -1);
    this.#count -= 1;
  }

  /** Adds all that another sum holds. */
  addSum(other: RecordSum): void {
    this.#combine(other.#lanes, 1);
    this.#count += other.#count;
  }

  /** The fingerprint of these records and one more. */
  fingerprintWith(record: PeerRecord): Fingerprint {
    const hash = hashOf(record);
    const lane = (index: number): number => ((this.#lanes[index] ?? 0) + (hash[index] ?? 0)) >>> 0;
    return { lanes: [lane(0), lane(1), lane(2), lane(3)], count: this.#count + 1 };
  }

  #combine(hash: Uint32Array, sign: 1 | -1): void {
    for (let lane = 0; lane < 4; lane += 1) {
      this.#lanes[lane] = (this.#lanes[lane] ?? 0) + sign * (hash[lane] ?? 0);
    }
  }
}

/** Records are immutable, and one is summed in many lists. */
const HASHES = new WeakMap<PeerRecord, Uint32Array>();
/** Where each lane of a hash begins. */
const LANE_SEEDS = [0x811c_9dc5, 0x9e37_79b9, 0x85eb_ca6b, 0xc2b2_ae35] as const;

function hashOf(record: PeerRecord): Uint32Array {
  let hash = HASHES.get(record);
  if (hash === undefined) {
    // A NUL cannot occur in an address, so that no two records have the same text.
    const text = `${record.address}\0${record.version}\0${record.deleted ? 1 : 0}\0${record.name}`;
    hash = Uint32Array.from(hashLanes(text));
    HASHES.set(record, hash);
  }
  return hash;
}

/** The hash of a text by each of the lanes' seeds, all in one pass: a record may be 64 KiB long. */
export function hashLanes(text: string): readonly [number, number, number, number] {
  let [a, b, c, d]: readonly [number, number, number, number] = LANE_SEEDS;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    a = mixed(a, unit);
    b = mixed(b, unit);
    c = mixed(c, unit);
    d = mixed(d, unit);
  }
  return [ended(a), ended(b), ended(c), ended(d)];
}

/** Murmur-like: multiply and shift each unit in, and mix the end. */
export function hashText(text: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < text.length; index += 1) {
    hash = mixed(hash, text.charCodeAt(index));
  }
  return ended(hash);
}

function mixed(before: number, unit: number): number {
  const hash = Math.imul(before ^ unit, 0x5bd1_e995);
  return hash ^ (hash >>> 15);
}

function ended(before: number): number {
  const hash = Math.imul(before ^ (before >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
