// What a relayed record about a live member is worth: it may be news, a reason to ask the member
// itself, or nothing.

import type { Limits } from "./limits.js";
import type { MemberEntry } from "./member.js";
import { comparePrecedence } from "./precedence.js";
import type { PeerRecord } from "./record.js";

/** `accept`: newer, take it. `check`: dial the member and ask. `ignore`: nothing new. */
export type Judgement = "accept" | "check" | "ignore";

/**
 * Judges a relayed live record about a live member. A relayed record is never more than hearsay, so
 * it decides nothing where the member itself may have said otherwise.
 */
export function judgeRelayed(entry: MemberEntry, record: PeerRecord, limits: Limits): Judgement {
  const held = entry.claim.record;
  if (record.version < held.version) return "ignore";
  if (record.version === held.version && record.name === held.name) return "ignore";
  if (record.version <= entry.ceiling) return "check";
  if (record.version > limits.maxVersion) return "check";
  if (record.version > held.version + limits.maxVersionJump) return "check";
  const wins = comparePrecedence({ record, evidence: "relayed" }, entry.claim) > 0;
  return wins ? "accept" : "check";
}
