// What the core of the seed dialect is told of the members that speak the native protocol.

import type { PeerRecord } from "./record.js";

/** The members that are reached by the native protocol. */
export interface Natives {
  /** True for a live one. */
  lists(address: string): boolean;
  /** Their records, as the seed dialect has them. */
  records(): Iterable<PeerRecord>;
}
