// The limits on what the native protocol takes in.

import type { Limits } from "../core/limits.js";

/** Those of {@link Limits} that the codec sees to. */
export type NativeLimits = Pick<
  Limits,
  | "maxAddressLength"
  | "maxNameBytes"
  | "maxVersion"
  | "maxRecordsPerFrame"
  | "maxMetadataKeys"
  | "maxMetadataBytes"
  | "maxMetadataKeyBytes"
  | "maxMessageBytes"
>;
