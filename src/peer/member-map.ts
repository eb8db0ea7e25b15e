// The member list that applications are given.

import type { Member } from "../core/member.js";

/** Members by address. It does not change. */
export interface MemberMap extends ReadonlyMap<string, Member> {
  /** The members in their order, for `JSON.stringify`, which shows nothing of a plain map. */
  toJSON(): readonly Member[];
}

/** Makes one. */
export function memberMap(members: Iterable<Member>): MemberMap {
  return new JsonMap(Array.from(members, (member) => [member.address, member] as const));
}

class JsonMap extends Map<string, Member> {
  toJSON(): readonly Member[] {
    return [...this.values()];
  }
}
