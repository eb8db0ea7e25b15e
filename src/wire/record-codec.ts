// Encodes and decodes records, and remembers both: in a cluster at rest nearly every record that
// goes out was sent before, and nearly every one that comes in is byte for byte one that came before.

import type { PeerRecord } from "../core/record.js";
import type { RejectionCounter } from "../core/rejection.js";
import { ByteMemory, type Remembered } from "./byte-memory.js";
import { decodeRecord, encodeRecord, type RecordLimits } from "./seed-dialect.js";

/** Room for all slots of the memory. */
const MEMORY_BOUNDS = { maxBytesEach: 256, maxBytes: 2 ** 23 };

/** A codec for one set of limits. Several peers of one process can share it. */
export class RecordCodec {
  readonly #limits: RecordLimits;
  readonly #decoded = new ByteMemory<PeerRecord>(MEMORY_BOUNDS);
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
    const memory = this.#decoded;
    let previous: Remembered<PeerRecord> | undefined;
    for (const message of messages) {
      const { length } = message;
      const remembered = memory.recall(message, 0, length, previous);
      if (remembered !== undefined) {
        records.push(remembered.value);
        previous = remembered;
        continue;
      }
      const record = decodeRecord(message, this.#limits, rejections);
      if (record === undefined) continue;
      records.push(record);
      previous = memory.remember(message, 0, length, record, previous);
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
}
