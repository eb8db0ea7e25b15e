// What the native protocol packs into fields of bytes, because a field of its own for each would
// cost more: coded symbols, hashes, and the lanes of a fingerprint.

import type { Fingerprint } from "../core/fingerprint.js";
import type { RecordHash } from "../core/native/frames.js";
import type { CodedSymbol } from "../core/native/sketch.js";
import type { ByteReader } from "./byte-reader.js";
import type { ByteWriter } from "./byte-writer.js";

/** Symbols as a field with `tag`; nothing when there are none. */
export function writeSymbols(
  writer: ByteWriter,
  tag: number,
  symbols: readonly CodedSymbol[],
): void {
  if (symbols.length === 0) return;
  const start = writer.open(tag);
  for (const { high, low, check, count } of symbols) {
    writer.fixed32(high);
    writer.fixed32(low);
    writer.fixed32(check);
    writer.zigzag(count);
  }
  writer.close(start);
}

/** The symbols up to `end`. */
export function readSymbols(reader: ByteReader, end: number): CodedSymbol[] {
  const symbols: CodedSymbol[] = [];
  while (reader.position < end) {
    const high = reader.fixed32();
    const low = reader.fixed32();
    const check = reader.fixed32();
    symbols.push({ high, low, check, count: reader.zigzag() });
  }
  reader.expectEnd(end);
  return symbols;
}

/** Hashes as a field with `tag`; nothing when there are none. */
export function writeHashes(writer: ByteWriter, tag: number, hashes: readonly RecordHash[]): void {
  if (hashes.length === 0) return;
  const start = writer.open(tag);
  for (const { high, low } of hashes) {
    writer.fixed32(high);
    writer.fixed32(low);
  }
  writer.close(start);
}

/** The hashes up to `end`; with a sign, as in a sketch. */
export function readHashes(reader: ByteReader, end: number): RecordHash[] {
  const hashes: RecordHash[] = [];
  while (reader.position < end) {
    const high = reader.fixed32();
    hashes.push({ high, low: reader.fixed32() });
  }
  reader.expectEnd(end);
  return hashes;
}

/** The lanes of a fingerprint as a field with `tag`. */
export function writeLanes(writer: ByteWriter, tag: number, lanes: Fingerprint["lanes"]): void {
  const start = writer.open(tag);
  for (const lane of lanes) writer.fixed32(lane);
  writer.close(start);
}

/** The lanes up to `end`. */
export function readLanes(reader: ByteReader, end: number): Fingerprint["lanes"] {
  const lane = (): number => reader.fixed32() >>> 0;
  const lanes: Fingerprint["lanes"] = [lane(), lane(), lane(), lane()];
  reader.expectEnd(end);
  return lanes;
}
