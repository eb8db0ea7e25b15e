// All members, as the agent's stream of changes tells them. Changes are gathered for a moment, so that
// a thousand that come at once are shown once.

import { computed, signal } from "@preact/signals";
import type { WatchMembersResponse } from "../../gen/gossip/admin/v1/admin_pb.js";
import { FLUSH_PERIOD_MS } from "./limits.js";
import { type MemberView, memberView } from "./member-view.js";
import { STATUSES, type Status } from "./status.js";

/** Members by their address. */
export type Roster = ReadonlyMap<string, MemberView>;

/** What the page shows: undefined until the first whole list is there. */
export const roster = signal<Roster | undefined>(undefined);

/** The member that is the agent itself. */
export const self = computed(() => {
  for (const member of roster.value?.values() ?? []) if (member.isSelf) return member;
  return undefined;
});

/** How many members there are of each status. */
export const statusCounts = computed(() => countStatuses(roster.value ?? new Map()));

/** Counts members by their status. */
export function countStatuses(members: Roster): Readonly<Record<Status, number>> {
  const counts: Record<Status, number> = { live: 0, suspected: 0, failed: 0, left: 0 };
  for (const member of members.values()) counts[member.status]++;
  return counts;
}

/** How many members there are in all. */
export function total(counts: Readonly<Record<Status, number>>): number {
  return STATUSES.reduce((sum, status) => sum + counts[status], 0);
}

/** The list while it is put together. A snapshot shows only once it is whole. */
export class RosterBuilder {
  #members = new Map<string, MemberView>();
  #snapshot: Map<string, MemberView> | undefined;

  /** Takes one answer in. */
  apply(answer: WatchMembersResponse): void {
    switch (answer.kind.case) {
      case "snapshot": {
        const { members, first, last } = answer.kind.value;
        if (first || this.#snapshot === undefined) this.#snapshot = new Map();
        for (const member of members) this.#snapshot.set(member.address, memberView(member));
        if (!last) return;
        this.#members = this.#snapshot;
        this.#snapshot = undefined;
        return;
      }
      case "changes": {
        const { members, removed } = answer.kind.value;
        for (const address of removed) this.#members.delete(address);
        for (const member of members) this.#members.set(member.address, memberView(member));
        return;
      }
      case undefined:
        // From a newer agent: nothing that this page could show.
        return;
      default:
        answer.kind satisfies never;
    }
  }

  /** Whether a first part came of which the rest is still to come. */
  get isPartial(): boolean {
    return this.#snapshot !== undefined;
  }

  /** A copy, for those who compare what they are given by identity. */
  members(): Roster {
    return new Map(this.#members);
  }
}

/** Takes answers in and shows them, at most once in {@link FLUSH_PERIOD_MS}. */
export class RosterFeed {
  readonly #builder = new RosterBuilder();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Takes one answer in, to be shown soon. */
  take(answer: WatchMembersResponse): void {
    this.#builder.apply(answer);
    if (this.#builder.isPartial || this.#timer !== undefined) return;
    const isFirst = roster.value === undefined;
    this.#timer = setTimeout(() => this.#show(), isFirst ? 0 : FLUSH_PERIOD_MS);
  }

  #show(): void {
    this.#timer = undefined;
    roster.value = this.#builder.members();
  }
}
