// Which members the table shows, and in which order: search, status and sorting.

import type { MemberView } from "./member-view.js";
import { STATUSES, type Status } from "./status.js";

/** The columns by which the table can be sorted. */
export type SortKey = "name" | "status" | "metadata" | "roundTrip" | "known" | "changed";

/** What a person asked to see. */
export interface ListQuery {
  readonly search: string;
  /** Undefined for all. */
  readonly status: Status | undefined;
  readonly sortKey: SortKey;
  readonly isDescending: boolean;
}

/** All members, this agent first, then by name. */
export const WHOLE_LIST: ListQuery = {
  search: "",
  status: undefined,
  sortKey: "name",
  isDescending: false,
};

/** The members that `query` asks for, in its order. Every word of the search has to be found. */
export function selectMembers(members: Iterable<MemberView>, query: ListQuery): MemberView[] {
  const words = query.search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const found = [...members].filter(
    (member) =>
      (query.status === undefined || member.status === query.status) &&
      words.every((word) => member.searchText.includes(word)),
  );
  return sortMembers(found, query);
}

const collator = new Intl.Collator("en", { numeric: true });

function sortMembers(members: MemberView[], { sortKey, isDescending }: ListQuery): MemberView[] {
  const sign = isDescending ? -1 : 1;
  return members.sort((a, b) => {
    const bySelf = sortKey === "name" ? Number(b.isSelf) - Number(a.isSelf) : 0;
    return bySelf || sign * COMPARE[sortKey](a, b) || collator.compare(a.address, b.address);
  });
}

type Compare = (a: MemberView, b: MemberView) => number;

const COMPARE: Readonly<Record<SortKey, Compare>> = {
  name: (a, b) => collator.compare(a.title, b.title),
  status: (a, b) => STATUSES.indexOf(a.status) - STATUSES.indexOf(b.status),
  metadata: (a, b) => collator.compare(metadataText(a), metadataText(b)),
  roundTrip: (a, b) => byNumber(a.roundTripMs, b.roundTripMs),
  // Known for longer means known since an earlier time.
  known: (a, b) => byNumber(b.knownSinceMs, a.knownSinceMs),
  changed: (a, b) => byNumber(b.changedAtMs, a.changedAtMs),
};

function metadataText(member: MemberView): string {
  return member.metadata.map(({ key, value }) => `${key}=${value}`).join(" ");
}

function byNumber(a: number | undefined, b: number | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a - b;
}
