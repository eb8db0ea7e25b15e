// The metadata of a record: entries to bytes and back, and the check of each that comes in.

import type { MetadataEntry } from "../core/native/member-record.js";
import type { MetadataValue } from "../core/record.js";
import type { RejectionReason } from "../core/rejection.js";
import type { ByteReader } from "./byte-reader.js";
import type { ByteWriter } from "./byte-writer.js";
import type { NativeLimits } from "./native-limits.js";

// The tags of MetadataEntry: the field's number times 8, and its wire type.
const KEY = 0x0a;
const TEXT = 0x12;
const DATA = 0x1a;
const DELETED = 0x20;
const VERSION = 0x28;

/** Most records have none, and share this one. */
const NO_METADATA: ReadonlyMap<string, MetadataEntry> = new Map();
const NO_KEYS: readonly string[] = [];

/** One key with its value, as a field with `tag`. */
export function writeEntry(
  writer: ByteWriter,
  tag: number,
  key: string,
  { value, version }: MetadataEntry,
): void {
  const start = writer.open(tag);
  writer.text(KEY, key);
  if (typeof value === "string") writer.presentText(TEXT, value);
  else writer.bytes(DATA, value);
  writer.number(VERSION, version);
  writer.close(start);
}

/** One key that was deleted, as a field with `tag`. */
export function writeDeleted(writer: ByteWriter, tag: number, key: string): void {
  const start = writer.open(tag);
  writer.text(KEY, key);
  writer.flag(DELETED, true);
  writer.close(start);
}

/** What one MetadataEntry says. */
interface ReadEntry {
  /** Empty, which no key may be, when it is no UTF-8. */
  key: string;
  keyBytes: number;
  value: MetadataValue | undefined;
  valueBytes: number;
  isDeleted: boolean;
  version: number;
}

/** Collects the entries of one record until one of them is bad. */
export class MetadataReader {
  readonly #limits: NativeLimits;
  #entries: Map<string, MetadataEntry> | undefined;
  #deletedKeys: string[] | undefined;
  #bytes = 0;
  #highestVersion = 0;
  #rejection: RejectionReason | undefined;

  constructor(limits: NativeLimits) {
    this.#limits = limits;
  }

  get entries(): ReadonlyMap<string, MetadataEntry> {
    return this.#entries ?? NO_METADATA;
  }

  get deletedKeys(): readonly string[] {
    return this.#deletedKeys ?? NO_KEYS;
  }

  /** The highest version of an entry. */
  get highestVersion(): number {
    return this.#highestVersion;
  }

  /** Why the record is not to be taken in, if so. */
  get rejection(): RejectionReason | undefined {
    return this.#rejection;
  }

  /** Reads one entry of `size` bytes. */
  read(reader: ByteReader, size: number): void {
    const end = reader.position + size;
    if (this.#rejection === undefined) this.#rejection = this.#add(readEntry(reader, end));
    else reader.position = end;
  }

  #add(entry: ReadEntry): RejectionReason | undefined {
    const { key, keyBytes, value, version } = entry;
    if (key === "" || keyBytes > this.#limits.maxMetadataKeyBytes) return "key-malformed";
    if (this.#entries?.has(key) || this.#deletedKeys?.includes(key)) return "key-malformed";
    if (entry.isDeleted) return this.#addDeleted(key);
    // Of a kind that a later version has.
    if (value === undefined) return undefined;
    this.#entries ??= new Map();
    this.#entries.set(key, { value, version });
    this.#bytes += keyBytes + entry.valueBytes;
    this.#highestVersion = Math.max(this.#highestVersion, version);
    if (this.#entries.size > this.#limits.maxMetadataKeys) return "too-many-keys";
    return this.#bytes > this.#limits.maxMetadataBytes ? "metadata-too-large" : undefined;
  }

  #addDeleted(key: string): RejectionReason | undefined {
    this.#deletedKeys ??= [];
    this.#deletedKeys.push(key);
    return this.#deletedKeys.length > this.#limits.maxMetadataKeys ? "too-many-keys" : undefined;
  }
}

function readEntry(reader: ByteReader, end: number): ReadEntry {
  const entry: ReadEntry = {
    key: "",
    keyBytes: 0,
    value: undefined,
    valueBytes: 0,
    isDeleted: false,
    version: 0,
  };
  while (reader.position < end) readField(reader, entry);
  reader.expectEnd(end);
  return entry;
}

function readField(reader: ByteReader, entry: ReadEntry): void {
  const tag = reader.number();
  switch (tag) {
    case KEY:
      entry.keyBytes = reader.size();
      entry.key = readKey(reader, entry.keyBytes);
      break;
    case TEXT:
      entry.valueBytes = reader.size();
      entry.value = reader.text(entry.valueBytes);
      entry.isDeleted = false;
      break;
    case DATA:
      entry.valueBytes = reader.size();
      entry.value = reader.copy(entry.valueBytes);
      entry.isDeleted = false;
      break;
    case DELETED:
      entry.isDeleted = reader.number() !== 0;
      entry.value = undefined;
      break;
    case VERSION:
      entry.version = reader.number();
      break;
    default:
      reader.skip(tag);
  }
}

/** A key; empty when it is no UTF-8. */
function readKey(reader: ByteReader, size: number): string {
  try {
    return reader.text(size);
  } catch {
    return "";
  }
}
