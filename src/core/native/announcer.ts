// What the application is told: the events that are made of changes of the roster, and of the steps
// in the history of a member that matter to it.

import type { MemberEvent } from "../member.js";
import type { HistoryStep } from "./history.js";
import type { MemberRecord } from "./member-record.js";
import { memberOf } from "./member-views.js";
import { infoText } from "./record-hash.js";
import type { Roster, RosterChange } from "./roster.js";

/** Tells what happens to members. */
export class Announcer {
  readonly #emit: (event: MemberEvent) => void;
  /**
   * Of whom it was told that they are suspected, and not yet what came of it. A member that was declared
   * failed, but not by most, is suspected until that takes effect or is refuted.
   */
  readonly #suspected = new Set<string>();
  /** Of whom it was told that they failed: should they have left, that is told too. */
  readonly #failed = new Set<string>();

  constructor(emit: (event: MemberEvent) => void) {
    this.#emit = emit;
  }

  /** What is held of a member changed; `reason` says why, where it is a verdict. */
  onChange({ address, before, after, wasListed, isListed }: RosterChange, reason: string): void {
    if (!isListed) this.#suspected.delete(address);
    if (after === undefined || isListed) this.#failed.delete(address);
    if (after === undefined) return;
    if (isListed && wasListed && isRisen(before, after)) {
      this.#onCleared(after, "it refuted what was said of it");
    }
    if (isListed && !wasListed) {
      this.#emit({ type: "member-joined", member: memberOf(after, "live") });
    } else if (wasListed && !isListed) {
      const isLeft = after.verdict === "left";
      if (!isLeft) this.#failed.add(address);
      const member = memberOf(after, isLeft ? "left" : "failed");
      this.#emit(
        isLeft ? { type: "member-left", member } : { type: "member-failed", member, reason },
      );
    } else if (!isListed && after.verdict === "left" && this.#failed.delete(address)) {
      // It had told others that it goes, and we took it for dead.
      this.#emit({ type: "member-left", member: memberOf(after, "left") });
    } else if (isListed && before !== undefined && infoText(before) !== infoText(after)) {
      this.#emit({ type: "member-updated", member: memberOf(after, "live") });
    }
  }

  /** Something happened between us and that member. */
  onStep(address: string, step: HistoryStep, roster: Roster): void {
    const record = roster.get(address)?.record;
    if (record === undefined) return;
    const member = memberOf(record, "live");
    switch (step.type) {
      case "suspected":
        if (this.#suspected.has(address)) break;
        this.#suspected.add(address);
        this.#emit({ type: "member-suspected", member, reason: step.reason });
        break;
      case "cleared":
        this.#onCleared(record, step.reason);
        break;
      case "refuted":
        this.#emit({ type: "self-refuted", member, incarnation: step.incarnation });
        break;
      default:
        break;
    }
  }

  #onCleared(record: MemberRecord, reason: string): void {
    if (!this.#suspected.delete(record.address)) return;
    this.#emit({ type: "suspicion-cleared", member: memberOf(record, "live"), reason });
  }
}

/** True when the member rose above what was said of it. */
function isRisen(before: MemberRecord | undefined, after: MemberRecord): boolean {
  if (before === undefined || before.generation !== after.generation) return before !== undefined;
  return after.incarnation > before.incarnation;
}
