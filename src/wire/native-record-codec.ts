// Encodes and decodes the records within frames, and remembers both: a record is sent to many, and
// the same rumor comes from many. The same bytes give the same object, and with it all that was
// computed from it, such as its hash.

import type { MemberRecord, SentRecord } from "../core/native/member-record.js";
import type { RejectionCounter } from "../core/rejection.js";
import { thrownText } from "../core/thrown.js";
import { ByteMemory, type Remembered } from "./byte-memory.js";
import type { ByteReader } from "./byte-reader.js";
import { ByteWriter } from "./byte-writer.js";
import type { NativeLimits } from "./native-limits.js";
import { readRecord, writeSent, writeWhole } from "./native-record.js";

/** Records without metadata take some fifty bytes: of these it holds as many as it has slots. */
const MEMORY_BOUNDS = { maxBytesEach: 4_096, maxBytes: 2 ** 24 };

/** The records that are read from one frame. */
export interface ReadRecords {
  readonly records: SentRecord[];
  /** Of all that came, the malformed ones too. */
  count: number;
  /** What the next record is looked for by. */
  previous: Remembered<SentRecord> | undefined;
}

/** Where a frame's records begin. */
export function noRecords(): ReadRecords {
  return { records: [], count: 0, previous: undefined };
}

/** A codec for one set of limits. */
export class NativeRecordCodec {
  readonly #limits: NativeLimits;
  readonly #decoded = new ByteMemory<SentRecord>(MEMORY_BOUNDS);
  readonly #encoded = new WeakMap<MemberRecord, Uint8Array>();
  readonly #writer = new ByteWriter();

  constructor(limits: NativeLimits) {
    this.#limits = limits;
  }

  /** A whole record as a field with `tag`. */
  write(writer: ByteWriter, tag: number, record: MemberRecord): void {
    let bytes = this.#encoded.get(record);
    if (bytes === undefined) {
      this.#writer.reset();
      writeWhole(this.#writer, record);
      bytes = this.#writer.kept();
      this.#encoded.set(record, bytes);
    }
    writer.bytes(tag, bytes);
  }

  /** A record as it travels, as a field with `tag`. */
  writeSent(writer: ByteWriter, tag: number, record: SentRecord): void {
    if (record.sinceVersion === 0) {
      this.write(writer, tag, record);
      return;
    }
    const start = writer.open(tag);
    writeSent(writer, record);
    writer.close(start);
  }

  /**
   * Reads one record of `size` bytes to those of its frame; what is malformed, and what is too much,
   * is left out and added to `rejections`.
   */
  read(reader: ByteReader, size: number, into: ReadRecords, rejections: RejectionCounter): void {
    const start = reader.position;
    const end = start + size;
    into.count += 1;
    if (into.count > this.#limits.maxRecordsPerFrame) {
      rejections.add("too-many-records", "");
    } else {
      const remembered = this.#decoded.recall(reader.bytes, start, end, into.previous);
      if (remembered === undefined) this.#readNew(reader, end, into, rejections);
      else this.#add(remembered, into);
    }
    reader.position = end;
  }

  #add(remembered: Remembered<SentRecord>, into: ReadRecords): void {
    into.records.push(remembered.value);
    into.previous = remembered;
  }

  #readNew(reader: ByteReader, end: number, into: ReadRecords, rejections: RejectionCounter): void {
    const start = reader.position;
    const record = this.#readOne(reader, end, rejections);
    if (record === undefined) return;
    into.records.push(record);
    into.previous = this.#decoded.remember(reader.bytes, start, end, record, into.previous);
  }

  #readOne(reader: ByteReader, end: number, rejections: RejectionCounter): SentRecord | undefined {
    try {
      return readRecord(reader, end, this.#limits, rejections);
    } catch (error) {
      rejections.add("undecodable", thrownText(error));
      return undefined;
    }
  }
}
