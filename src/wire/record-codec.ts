// Encodes and decodes records, and remembers both: in a cluster at rest nearly every record that
// goes out was sent before, and nearly every one that comes in is byte for byte one that came before.

import type { PeerRecord } from "../core/record.js";
import type { RejectionCounter } from "../core/rejection.js";
import { decodeRecord, encodeRecord, type RecordLimits } from "./seed-dialect.js";

/** Slots of the memory, a power of two. A record can be in one of two neighbouring slots. */
const SLOTS = 2 ** 15;
/** Longer messages are decoded each time. */
const MAX_REMEMBERED_BYTES = 256;

interface Remembered {
  readonly bytes: Uint8Array;
  readonly record: PeerRecord;
  /** Where the record was that came after this one last time; most lists keep their order. */
  nextSlot: number;
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
    let previous: Remembered | undefined;
    for (const message of messages) {
      const remembered = this.#recall(message, previous);
      if (remembered !== undefined) {
        records.push(remembered.record);
        previous = remembered;
        continue;
      }
      const record = decodeRecord(message, this.#limits, rejections);
      if (record === undefined) continue;
      records.push(record);
      previous = this.#remember(message, record, previous);
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

  /** The memory of a message; looked for first where it was last time, after the one before it. */
  #recall(message: Uint8Array, previous: Remembered | undefined): Remembered | undefined {
    const guess = previous === undefined ? undefined : this.#decoded[previous.nextSlot];
    if (guess !== undefined && sameBytes(guess.bytes, message)) return guess;
    if (message.length > MAX_REMEMBERED_BYTES) return undefined;
    const slot = this.#slotOf(message);
    const remembered = this.#decoded[slot];
    if (remembered === undefined || !sameBytes(remembered.bytes, message)) return undefined;
    if (previous !== undefined) previous.nextSlot = slot;
    return remembered;
  }

  #remember(
    message: Uint8Array,
    record: PeerRecord,
    previous: Remembered | undefined,
  ): Remembered | undefined {
    if (message.length > MAX_REMEMBERED_BYTES) return undefined;
    const slot = this.#slotOf(message);
    if (previous !== undefined) previous.nextSlot = slot;
    const remembered = { bytes: ownBytes(message), record, nextSlot: slot };
    this.#decoded[slot] = remembered;
    return remembered;
  }

  /** Where a message is remembered, or else where it would be. */
  #slotOf(message: Uint8Array): number {
    const slot = hashBytes(message) & (SLOTS - 1);
    const first = this.#decoded[slot];
    if (first === undefined || sameBytes(first.bytes, message)) return slot;
    const neighbour = slot ^ 1;
    const second = this.#decoded[neighbour];
    if (second === undefined || sameBytes(second.bytes, message)) return neighbour;
    return slot;
  }
}

/**
 * Bytes that can be kept: a copy of what comes from a socket, which is a view of a larger buffer
 * that would be kept alive. Not by `slice`, which on a Buffer gives a view once more.
 */
function ownBytes(message: Uint8Array): Uint8Array {
  return message.byteLength === message.buffer.byteLength ? message : new Uint8Array(message);
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
