// How many records go in one frame: no more than any receiver takes, by their number and by their bytes.

import type { MemberRecord } from "./member-record.js";

/**
 * Bytes of records in one frame, unless one alone is larger. Every receiver takes that much, since it has
 * to take one record of the largest kind; and a list in such pieces lets other frames come in between.
 */
export const FRAME_BYTES = 32_768;
/** What a record takes beside its texts, and each key of its metadata: more than the wire ever needs. */
const RECORD_BYTES = 64;
const KEY_BYTES = 16;
/** A code unit of a string in UTF-8, at most. */
const MOST_UNIT_BYTES = 3;

/** A stretch of a list that goes in one frame. */
export interface FrameBatch {
  readonly begin: number;
  readonly end: number;
}

/** Cuts a list into frames; an empty list is one empty frame. */
export function* frameBatches(
  records: readonly MemberRecord[],
  mostRecords: number,
): Generator<FrameBatch> {
  let begin = 0;
  let bytes = 0;
  for (const [index, record] of records.entries()) {
    const recordBytes = mostBytesOf(record);
    const isFull = index - begin >= mostRecords || bytes + recordBytes > FRAME_BYTES;
    if (isFull && index > begin) {
      yield { begin, end: index };
      [begin, bytes] = [index, 0];
    }
    bytes += recordBytes;
  }
  yield { begin, end: records.length };
}

/** No fewer bytes than a record takes on the wire. */
export function mostBytesOf({ address, name, metadata }: MemberRecord): number {
  let bytes = RECORD_BYTES + address.length + MOST_UNIT_BYTES * name.length;
  for (const [key, { value }] of metadata) {
    const valueBytes = typeof value === "string" ? MOST_UNIT_BYTES * value.length : value.length;
    bytes += KEY_BYTES + MOST_UNIT_BYTES * key.length + valueBytes;
  }
  return bytes;
}
