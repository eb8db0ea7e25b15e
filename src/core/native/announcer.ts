// What the application is told: the events that are made of changes of the roster, and of the steps
// in the history of a member that matter to it.

import type { MemberEvent } from "../member.js";
import type { HistoryStep } from "./history.js";
import { memberOf } from "./member-views.js";
import { infoText } from "./record-hash.js";
import type { Roster, RosterChange } from "./roster.js";

/** Tells what happens to members. */
export class Announcer {
  readonly #emit: (event: MemberEvent) => void;

  constructor(emit: (event: MemberEvent) => void) {
    this.#emit = emit;
  }

  /** What is held of a member changed; `reason` says why, where it is a verdict. */
  onChange({ before, after, wasListed, isListed }: RosterChange, reason: string): void {
    if (after === undefined) return;
    if (isListed && !wasListed) {
      this.#emit({ type: "member-joined", member: memberOf(after, "live") });
    } else if (wasListed && !isListed) {
      const isLeft = after.verdict === "left";
      const member = memberOf(after, isLeft ? "left" : "failed");
      this.#emit(
        isLeft ? { type: "member-left", member } : { type: "member-failed", member, reason },
      );
    } else if (!isListed && before?.verdict === "failed" && after.verdict === "left") {
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
        this.#emit({ type: "member-suspected", member, reason: step.reason });
        break;
      case "cleared":
        this.#emit({ type: "suspicion-cleared", member, reason: step.reason });
        break;
      case "refuted":
        this.#emit({ type: "self-refuted", member, incarnation: step.incarnation });
        break;
      default:
        break;
    }
  }
}
