// A record of the native protocol to bytes and back, and the check of each that comes in; behind
// this file a record is trusted.

import type { MemberRecord, SentRecord, Verdict } from "../core/native/member-record.js";
import type { RejectionCounter, RejectionReason } from "../core/rejection.js";
import type { ByteReader } from "./byte-reader.js";
import type { ByteWriter } from "./byte-writer.js";
import type { NativeLimits } from "./native-limits.js";
import { MetadataReader, writeDeleted, writeEntry } from "./native-metadata.js";
import { addressRejection, utf8Length } from "./seed-dialect.js";

// The tags of MemberRecord: the field's number times 8, and its wire type.
const ADDRESS = 0x0a;
const GENERATION = 0x10;
const INCARNATION = 0x18;
const VERSION = 0x20;
const VERDICT = 0x28;
const NAME = 0x32;
const METADATA = 0x3a;
const EXPIRES_AT = 0x40;
const SINCE_VERSION = 0x48;

const VERDICT_NUMBERS: Readonly<Record<Verdict, number>> = {
  live: 1,
  left: 2,
  failed: 3,
  forgotten: 4,
};
const VERDICTS: readonly (Verdict | undefined)[] = [
  undefined,
  "live",
  "left",
  "failed",
  "forgotten",
];

/** The fields of a whole record, without a tag. */
export function writeWhole(writer: ByteWriter, record: MemberRecord): void {
  writeFields(writer, record, 0, []);
}

/** The fields of a record as it travels, without a tag. */
export function writeSent(writer: ByteWriter, record: SentRecord): void {
  writeFields(writer, record, record.sinceVersion, record.deletedKeys);
}

function writeFields(
  writer: ByteWriter,
  record: MemberRecord,
  sinceVersion: number,
  deletedKeys: readonly string[],
): void {
  writer.text(ADDRESS, record.address);
  writer.number(GENERATION, record.generation);
  writer.number(INCARNATION, record.incarnation);
  writer.number(VERSION, record.version);
  writer.number(VERDICT, VERDICT_NUMBERS[record.verdict]);
  writer.text(NAME, record.name);
  for (const [key, entry] of record.metadata) writeEntry(writer, METADATA, key, entry);
  for (const key of deletedKeys) writeDeleted(writer, METADATA, key);
  writer.number(EXPIRES_AT, record.expiresAt);
  writer.number(SINCE_VERSION, sinceVersion);
}

/** What one MemberRecord says, before the check. */
interface ReadRecord {
  address: string;
  generation: number;
  incarnation: number;
  version: number;
  verdict: number;
  name: string;
  expiresAt: number;
  sinceVersion: number;
  readonly metadata: MetadataReader;
}

/**
 * The record that ends at `end`; undefined, with a rejection, when it is malformed. An exception
 * when it is no protobuf.
 */
export function readRecord(
  reader: ByteReader,
  end: number,
  limits: NativeLimits,
  rejections: RejectionCounter,
): SentRecord | undefined {
  const read: ReadRecord = {
    address: "",
    generation: 0,
    incarnation: 0,
    version: 0,
    verdict: 0,
    name: "",
    expiresAt: 0,
    sinceVersion: 0,
    metadata: new MetadataReader(limits),
  };
  while (reader.position < end) readField(reader, read);
  reader.expectEnd(end);
  const verdict = VERDICTS[read.verdict];
  const reason = rejectionOf(read, limits);
  if (reason === undefined && verdict !== undefined) return recordOf(read, verdict);
  rejections.add(reason ?? "verdict-unknown", read.address);
  return undefined;
}

function recordOf(read: ReadRecord, verdict: Verdict): SentRecord {
  return {
    address: read.address,
    generation: read.generation,
    incarnation: read.incarnation,
    version: read.version,
    verdict,
    name: read.name,
    metadata: read.metadata.entries,
    expiresAt: read.expiresAt,
    sinceVersion: read.sinceVersion,
    deletedKeys: read.metadata.deletedKeys,
  };
}

function readField(reader: ByteReader, read: ReadRecord): void {
  const tag = reader.number();
  switch (tag) {
    case ADDRESS:
      read.address = reader.text(reader.size());
      break;
    case GENERATION:
      read.generation = reader.number();
      break;
    case INCARNATION:
      read.incarnation = reader.number();
      break;
    case VERSION:
      read.version = reader.number();
      break;
    case VERDICT:
      read.verdict = reader.number();
      break;
    case NAME:
      read.name = reader.text(reader.size());
      break;
    case METADATA:
      read.metadata.read(reader, reader.size());
      break;
    case EXPIRES_AT:
      read.expiresAt = reader.uint32();
      break;
    case SINCE_VERSION:
      read.sinceVersion = reader.number();
      break;
    default:
      reader.skip(tag);
  }
}

function rejectionOf(read: ReadRecord, limits: NativeLimits): RejectionReason | undefined {
  const reason = addressRejection(read.address, limits);
  if (reason !== undefined) return reason;
  if (!Number.isSafeInteger(read.generation)) return "generation-out-of-range";
  if (!areVersionsInRange(read, limits)) return "version-out-of-range";
  if (isTooLong(read.name, limits.maxNameBytes)) return "name-too-long";
  if (read.metadata.rejection !== undefined) return read.metadata.rejection;
  // A whole record tells of a deleted key by not having it.
  const isWhole = read.sinceVersion === 0;
  return isWhole && read.metadata.deletedKeys.length > 0 ? "key-malformed" : undefined;
}

/** No part of a record is of a later version than the record. */
function areVersionsInRange(read: ReadRecord, { maxVersion }: NativeLimits): boolean {
  const { version, incarnation, sinceVersion, metadata } = read;
  if (version > maxVersion || incarnation > maxVersion) return false;
  return sinceVersion <= version && metadata.highestVersion <= version;
}

function isTooLong(text: string, maxBytes: number): boolean {
  // No character of UTF-16 takes more than three bytes, so that most names need not be measured.
  return text.length * 3 > maxBytes && utf8Length(text) > maxBytes;
}
