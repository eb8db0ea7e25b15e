// Compression of lists of records, whose addresses and names are much alike.

import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { RejectionCounter } from "../core/rejection.js";
import { thrownCode } from "../core/thrown.js";

/** Up to that length it is not worth the time. */
const MIN_BYTES = 1_024;
/** The higher ones take much longer for little. */
const LEVEL = 6;

/** The bytes compressed; undefined when that makes them no smaller. */
export function deflated(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length <= MIN_BYTES) return undefined;
  const smaller = deflateRawSync(bytes, { level: LEVEL });
  return smaller.length < bytes.length ? smaller : undefined;
}

/**
 * What the bytes were before; undefined, with a rejection, when that is more than `maxBytes`. An
 * exception when they were not made by a compression.
 */
export function inflated(
  bytes: Uint8Array,
  maxBytes: number,
  rejections: RejectionCounter,
): Uint8Array | undefined {
  try {
    // It stops at the bound: a few bytes can stand for very many.
    return inflateRawSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    rejections.add("inflated-too-long", `${bytes.length} compressed bytes`);
    return undefined;
  }
}

function isTooLarge(error: unknown): boolean {
  return thrownCode(error) === "ERR_BUFFER_TOO_LARGE";
}
