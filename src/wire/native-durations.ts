// Durations as whole microseconds of 32 bits, in which 0 says that there is none.

import type { ByteReader } from "./byte-reader.js";
import type { ByteWriter } from "./byte-writer.js";

const MAX_UINT32 = 2 ** 32 - 1;

/** A duration as it is sent: one that was measured as nothing is one all the same. */
export function microsecondsOf(durationMs: number | undefined): number {
  if (durationMs === undefined) return 0;
  return Math.min(MAX_UINT32, Math.max(1, Math.round(durationMs * 1_000)));
}

/** A duration that was sent. */
export function millisecondsOf(microseconds: number): number | undefined {
  return microseconds === 0 ? undefined : microseconds / 1_000;
}

/** Durations as one field with `tag`; nothing when there are none. */
export function writeDurations(
  writer: ByteWriter,
  tag: number,
  durationsMs: readonly (number | undefined)[],
): void {
  if (durationsMs.length === 0) return;
  const start = writer.open(tag);
  for (const durationMs of durationsMs) writer.varint(microsecondsOf(durationMs));
  writer.close(start);
}

/** Reads such a field. */
export function readDurations(reader: ByteReader): (number | undefined)[] {
  const size = reader.size();
  const end = reader.position + size;
  const durationsMs: (number | undefined)[] = [];
  while (reader.position < end) durationsMs.push(millisecondsOf(reader.uint32()));
  reader.expectEnd(end);
  return durationsMs;
}
