// What tells an original's record from one of our kind, in a dialect that has no field for it.

import type { PeerRecord } from "./record.js";

/** An original counts from 0 at each start; our versions start at the seconds since 2024. */
const ORIGINAL_VERSION_END = 2 ** 24;

/** True when the record may be an original's own. One of our kind has a far higher version. */
export function mayBeOriginals(record: PeerRecord): boolean {
  return record.version < ORIGINAL_VERSION_END;
}
