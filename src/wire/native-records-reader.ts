// The two frames that hold records, Records and Rumors, from bytes.

import type { Records, Rumors } from "../core/native/frames.js";
import type { RejectionCounter } from "../core/rejection.js";
import { ByteReader } from "./byte-reader.js";
import { inflated } from "./native-deflate.js";
import { readDurations } from "./native-durations.js";
import type { NativeLimits } from "./native-limits.js";
import { type NativeRecordCodec, noRecords, type ReadRecords } from "./native-record-codec.js";
import { RECORDS, RUMORS, SEQ } from "./native-tags.js";

/** What a Records frame says, before its compressed part is read. */
interface RecordsFields {
  seq: number;
  last: boolean;
  /** Where the compressed part is, the last one if there are several: each may be long. */
  deflatedStart: number;
  deflatedEnd: number;
}

/** Reads records by one set of limits. */
export class NativeRecordsReader {
  readonly #limits: NativeLimits;
  readonly #codec: NativeRecordCodec;

  constructor(limits: NativeLimits, codec: NativeRecordCodec) {
    this.#limits = limits;
    this.#codec = codec;
  }

  /** The Records up to `end`; undefined, with a rejection, when too much is compressed in it. */
  readRecords(reader: ByteReader, end: number, rejections: RejectionCounter): Records | undefined {
    const fields = { seq: 0, last: false, deflatedStart: 0, deflatedEnd: 0 };
    const read = noRecords();
    while (reader.position < end) this.#readField(reader, fields, read, rejections);
    reader.expectEnd(end);
    const { deflatedStart, deflatedEnd } = fields;
    if (deflatedEnd > deflatedStart) {
      const part = reader.bytes.subarray(deflatedStart, deflatedEnd);
      const bytes = inflated(part, this.#limits.maxMessageBytes, rejections);
      if (bytes === undefined) return undefined;
      this.#readInflated(bytes, read, rejections);
    }
    const records = read.records.filter((record) => {
      if (record.sinceVersion === 0) return true;
      rejections.add("record-partial", record.address);
      return false;
    });
    return { type: "records", seq: fields.seq, records, last: fields.last };
  }

  /** The Rumors up to `end`. */
  readRumors(reader: ByteReader, end: number, rejections: RejectionCounter): Rumors {
    const read = noRecords();
    let first = false;
    let accusing = false;
    let agesMs: (number | undefined)[] = [];
    while (reader.position < end) {
      const tag = reader.number();
      if (tag === RUMORS.records) this.#codec.read(reader, reader.size(), read, rejections);
      else if (tag === RUMORS.first) first = reader.number() !== 0;
      else if (tag === RUMORS.accusing) accusing = reader.number() !== 0;
      else if (tag === RUMORS.agesUs) agesMs = readDurations(reader);
      else reader.skip(tag);
    }
    reader.expectEnd(end);
    const { records } = read;
    // Where one was left out, nobody can tell whose they are.
    const isAgeOfEach = agesMs.length > 0 && agesMs.length === records.length;
    return isAgeOfEach
      ? { type: "rumors", records, first, accusing, agesMs }
      : { type: "rumors", records, first, accusing };
  }

  #readField(
    reader: ByteReader,
    fields: RecordsFields,
    read: ReadRecords,
    rejections: RejectionCounter,
  ): void {
    const tag = reader.number();
    switch (tag) {
      case SEQ:
        fields.seq = reader.uint32();
        break;
      case RECORDS.records:
        this.#codec.read(reader, reader.size(), read, rejections);
        break;
      case RECORDS.deflated: {
        const size = reader.size();
        fields.deflatedStart = reader.position;
        reader.position += size;
        fields.deflatedEnd = reader.position;
        break;
      }
      case RECORDS.last:
        fields.last = reader.number() !== 0;
        break;
      default:
        reader.skip(tag);
    }
  }

  /** The records in what was compressed; nothing within is compressed once more. */
  #readInflated(bytes: Uint8Array, read: ReadRecords, rejections: RejectionCounter): void {
    const reader = new ByteReader(bytes);
    while (reader.position < bytes.length) {
      const tag = reader.number();
      if (tag === RECORDS.records) this.#codec.read(reader, reader.size(), read, rejections);
      else reader.skip(tag);
    }
  }
}
