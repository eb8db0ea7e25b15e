// Members as messages, kept while nothing of them changes: most of a large list is the same each time
// that it is asked for, and its messages are most of what an answer costs.

import type { MemberDetail } from "../core/member.js";
import type { Member } from "../gen/gossip/admin/v1/admin_pb.js";
import { memberMessage } from "./messages.js";

interface Kept {
  readonly member: MemberDetail;
  readonly message: Member;
}

/** Makes messages of members; nobody may change one. */
export class MemberMessages {
  #kept = new Map<string, Kept>();

  /** The messages of a whole list; what is not in it is forgotten. */
  ofList(members: readonly MemberDetail[]): Member[] {
    const kept = new Map<string, Kept>();
    const messages = members.map((member) => {
      const entry = this.#entryOf(member);
      kept.set(member.address, entry);
      return entry.message;
    });
    this.#kept = kept;
    return messages;
  }

  #entryOf(member: MemberDetail): Kept {
    const held = this.#kept.get(member.address);
    if (held !== undefined && isSameMember(member, held.member)) return held;
    return { member, message: memberMessage(member) };
  }
}

/** True when the two tell the same of one member. */
export function isSameMember(a: MemberDetail, b: MemberDetail): boolean {
  return (
    a.status === b.status &&
    a.isSuspected === b.isSuspected &&
    a.version === b.version &&
    a.incarnation === b.incarnation &&
    a.startedAtMs === b.startedAtMs &&
    a.knownSinceMs === b.knownSinceMs &&
    a.changedAtMs === b.changedAtMs &&
    a.roundTripMs === b.roundTripMs &&
    a.dialect === b.dialect
  );
}
