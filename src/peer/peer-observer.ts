// Who is told of each step of a peer at once, before its application is: the checkers of the simulator.

import type { MemberEvent } from "../core/member.js";
import type { RecordChange } from "../core/member-table.js";
import type { HistoryStep } from "../core/native/history.js";
import type { RosterChange } from "../core/native/roster.js";
import type { PeerInfo } from "../core/record.js";

/** Told of what a peer does, in order, while it does it. */
export interface PeerObserver {
  /** A record that is held by the seed dialect changed. */
  onRecordChange(change: RecordChange): void;
  /** A record that is held by the native protocol changed, its own included. */
  onRosterChange(change: RosterChange): void;
  /** Something happened between it and that member. */
  onHistoryStep(address: string, step: HistoryStep): void;
  /** Its application is about to be told this. */
  onMemberEvent(event: MemberEvent): void;
  /** Its application wrote this. */
  onInfoWritten(info: PeerInfo): void;
}
