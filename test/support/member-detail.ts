// A member as lists for people have it.

import type { MemberDetail } from "../../src/core/member.js";

/** A live one, but for what is said to be different. */
export function memberDetail(different: Partial<MemberDetail> = {}): MemberDetail {
  return {
    address: "10.0.0.1:7946",
    info: { name: "a" },
    status: "live",
    version: 1,
    isSelf: false,
    dialect: "native",
    isSuspected: false,
    startedAtMs: 1_000,
    incarnation: 0,
    knownSinceMs: 2_000,
    changedAtMs: 3_000,
    roundTripMs: undefined,
    ...different,
  };
}
