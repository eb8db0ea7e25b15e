// Encodes and decodes records, and remembers both: in a cluster at rest nearly every record that
// goes out was sent before, and nearly every one that comes in is byte for byte one that came before.

import type { PeerRecord } from "../core/record.js";
import type { RejectionCounter } from "../core/rejection.js";
import { decodeRecord, encodeRecord, type RecordLimits } from "./seed-dialect.js";

/** Slots of the memory, a power of two. Two records that want the same slot take turns in it. */
const SLOTS = 2 ** 15;
/** Longer messages are decoded each time. */
const MAX_REMEMBERED_BYTES = 256;

interface Remembered {
  readonly bytes: Uint8Array;
  readonly record: PeerRecord;
}

/** A codec for one set of limits. Several peers of one process can share it. */
export class RecordCodec {
  readonly #limits: RecordLimits;
  readonly #decoded: (Remembered | undefined)[] = new Array<Remembered | undefined>(SLOTS);
  readonly #encoded = new WeakMap<PeerRecord, Uint8Array>();

  constructor(limits: RecordLimits) {
    this.#limits = limits;
  }

  /** One `PeerData` message for each record. */
  encode(records: readonly PeerRecord[]): Uint8Array[] {
    return records.map((record) => this.#encodeOne(record));
  }

  /** The records in `messages`; what is malformed is left out and added to `rejections`. */
  decode(messages: readonly Uint8Array[], rejections: RejectionCounter): PeerRecord[] {
    const records: PeerRecord[] = [];
    for (const message of messages) {
      const record = this.#decodeOne(message, rejections);
      if (record !== undefined) records.push(record);
    }
    return records;
  }

  #encodeOne(record: PeerRecord): Uint8Array {
    let message = this.#encoded.get(record);
    if (message === undefined) {
      message = encodeRecord(record);
      this.#encoded.set(record, message);
    }
    return message;
  }

  #decodeOne(message: Uint8Array, rejections: RejectionCounter): PeerRecord | undefined {
    if (message.length > MAX_REMEMBERED_BYTES) {
      return decodeRecord(message, this.#limits, rejections);
    }
    const slot = hashBytes(message) & (SLOTS - 1);
    const remembered = this.#decoded[slot];
    if (remembered !== undefined && sameBytes(remembered.bytes, message)) return remembered.record;
    const record = decodeRecord(message, this.#limits, rejections);
    // A copy, since what comes from a socket is a view of a larger buffer that would be kept alive.
    // Not by `slice`, which on a Buffer gives a view once more.
    if (record !== undefined) this.#decoded[slot] = { bytes: new Uint8Array(message), record };
    return record;
  }
}

function hashBytes(bytes: Uint8Array): number {
  let hash = 0x811c_9dc5;
  for (let index = 0; index < bytes.length; index += 1) {
    hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x0100_0193);
  }
  return hash ^ (hash >>> 15);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}
