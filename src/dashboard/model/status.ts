// The four conditions of a member, in the order in which they are shown, and their names for people.

import { MemberStatus } from "../../gen/gossip/admin/v1/admin_pb.js";

/** Whether a member is there, as far as the agent knows. */
export type Status = "live" | "suspected" | "failed" | "left";

/** All of them, best first. */
export const STATUSES: readonly Status[] = ["live", "suspected", "failed", "left"];

/** What people read. */
export const STATUS_NAMES: Readonly<Record<Status, string>> = {
  live: "Live",
  suspected: "Suspected",
  failed: "Failed",
  left: "Left",
};

/** An unknown value comes from a newer agent, and is shown as a member that lives. */
export function statusFrom(status: MemberStatus): Status {
  switch (status) {
    case MemberStatus.SUSPECTED:
      return "suspected";
    case MemberStatus.FAILED:
      return "failed";
    case MemberStatus.LEFT:
      return "left";
    case MemberStatus.LIVE:
    case MemberStatus.UNSPECIFIED:
      return "live";
    default:
      status satisfies never;
      return "live";
  }
}

/** Whether the member is still part of the cluster. */
export function isPresent(status: Status): boolean {
  return status === "live" || status === "suspected";
}
