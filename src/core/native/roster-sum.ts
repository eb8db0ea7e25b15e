// The sums over all records that two peers compare: a fingerprint, and the first symbols of a sketch
// by which a small difference is found. Both change in constant time with each record.

import type { Fingerprint } from "../fingerprint.js";
import type { MemberRecord } from "./member-record.js";
import { hashOf } from "./record-hash.js";
import { Sketch } from "./sketch.js";

/**
 * Symbols that are kept up to date: in 99 of 100 cases enough for a difference of twenty elements,
 * that is for ten records that changed, or for twenty that only one side has.
 */
export const KEPT_SYMBOLS = 64;

/** The sum of a changing set of records. */
export class RosterSum {
  readonly #lanes = new Uint32Array(4);
  readonly sketch = new Sketch(KEPT_SYMBOLS);
  #count = 0;
  /** Asked for far more often than it changes; undefined after a change. */
  #fingerprint: Fingerprint | undefined;

  get fingerprint(): Fingerprint {
    if (this.#fingerprint === undefined) {
      const [a = 0, b = 0, c = 0, d = 0] = this.#lanes;
      this.#fingerprint = { lanes: [a, b, c, d], count: this.#count };
    }
    return this.#fingerprint;
  }

  add(record: MemberRecord): void {
    const { lanes, item } = hashOf(record);
    this.#combine(lanes, 1);
    this.#count += 1;
    this.sketch.add(item);
  }

  subtract(record: MemberRecord): void {
    const { lanes, item } = hashOf(record);
    this.#combine(lanes, -1);
    this.#count -= 1;
    this.sketch.subtract(item);
  }

  /** Adds all that another sum holds. */
  addSum(other: RosterSum): void {
    this.#combine(other.#lanes, 1);
    this.#count += other.#count;
    this.sketch.addSketch(other.sketch);
  }

  #combine(hash: ArrayLike<number>, sign: 1 | -1): void {
    this.#fingerprint = undefined;
    for (let lane = 0; lane < 4; lane += 1) {
      this.#lanes[lane] = (this.#lanes[lane] ?? 0) + sign * (hash[lane] ?? 0);
    }
  }
}
