// The check of an info that an application gave.

import { isUint8Array } from "node:util/types";
import { GossipError } from "../core/errors.js";
import type { Limits } from "../core/limits.js";
import type { MetadataValue, PeerInfo } from "../core/record.js";
import { utf8Length } from "../wire/seed-dialect.js";

/** Checks an info that a user gave, and copies it. */
export function checkInfo(info: PeerInfo, limits: Limits): PeerInfo {
  const name: unknown = info?.name;
  if (typeof name !== "string") {
    throw new GossipError("INVALID_INFO", 'info.name must be a string: pass { name: "..." }');
  }
  if (!name.isWellFormed()) {
    const message = "info.name holds half of a surrogate pair, which UTF-8 cannot carry: remove it";
    throw new GossipError("INVALID_INFO", message);
  }
  const bytes = utf8Length(name);
  if (bytes > limits.maxNameBytes) {
    const message = `info.name takes ${bytes} bytes of UTF-8: shorten it to ${limits.maxNameBytes}, or others drop it`;
    throw new GossipError("INVALID_INFO", message);
  }
  if (info.metadata === undefined) return { name };
  return { name, metadata: checkMetadata(info.metadata, limits) };
}

function checkMetadata(metadata: unknown, limits: Limits): Record<string, MetadataValue> {
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) {
    throw new GossipError("INVALID_INFO", 'info.metadata must be an object: pass { key: "value" }');
  }
  const entries = Object.entries(metadata).map(([key, value]) => {
    return [key, checkValue(key, value, limits)] as const;
  });
  if (entries.length > limits.maxMetadataKeys) {
    const message = `info.metadata has ${entries.length} keys: keep to ${limits.maxMetadataKeys} (limits.maxMetadataKeys), or others drop it`;
    throw new GossipError("INVALID_INFO", message);
  }
  let bytes = 0;
  for (const [key, value] of entries) bytes += utf8Length(key) + sizeOf(value);
  if (bytes > limits.maxMetadataBytes) {
    const message = `info.metadata takes ${bytes} bytes: keep to ${limits.maxMetadataBytes} (limits.maxMetadataBytes), or others drop it`;
    throw new GossipError("INVALID_INFO", message);
  }
  return Object.fromEntries(entries);
}

function checkValue(key: string, value: unknown, limits: Limits): MetadataValue {
  if (key === "" || !key.isWellFormed() || utf8Length(key) > limits.maxMetadataKeyBytes) {
    const message = `info.metadata has the key ${JSON.stringify(key)}: keys are well-formed text of 1 to ${limits.maxMetadataKeyBytes} bytes of UTF-8`;
    throw new GossipError("INVALID_INFO", message);
  }
  if (typeof value === "string" && value.isWellFormed()) return value;
  // A copy, since the application may go on writing into its own.
  if (isUint8Array(value)) return new Uint8Array(value);
  const message = `info.metadata.${key} must be a well-formed string or a Uint8Array`;
  throw new GossipError("INVALID_INFO", message);
}

function sizeOf(value: MetadataValue): number {
  return typeof value === "string" ? utf8Length(value) : value.length;
}
