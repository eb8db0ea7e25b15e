// The table of members. Only the rows that are seen are in the page; screen readers are told how many
// there are.

import type { ComponentChildren } from "preact";
import { memo } from "preact/compat";
import { useRef } from "preact/hooks";
import { nowMs } from "../model/clock.js";
import { ago, dateTime, milliseconds } from "../model/format.js";
import type { ListQuery, SortKey } from "../model/member-list.js";
import type { MemberView } from "../model/member-view.js";
import { hrefTo } from "../model/route.js";
import { StatusBadge } from "../parts/badge.js";
import { MetadataChips } from "../parts/metadata-chips.js";
import { SpacerBody } from "../parts/spacer-body.js";
import { useVirtualRows } from "../parts/use-virtual-rows.js";

const ROW_PX = 56;
const FRESH_MS = 4_000;

interface Column {
  readonly key: SortKey;
  readonly name: string;
}

const COLUMNS: readonly Column[] = [
  { key: "name", name: "Member" },
  { key: "status", name: "Status" },
  { key: "metadata", name: "Metadata" },
  { key: "roundTrip", name: "Round trip" },
  { key: "known", name: "Known for" },
  { key: "changed", name: "Changed" },
];

interface TableProps {
  readonly members: readonly MemberView[];
  readonly query: ListQuery;
  readonly empty: ComponentChildren;
  onSort(part: Partial<ListQuery>): void;
}

/** The table. */
export function MemberTable({ members, query, empty, onSort }: TableProps) {
  const scroller = useRef<HTMLElement>(null);
  const rows = useVirtualRows(scroller, members.length, ROW_PX);
  return (
    <section class="table-box" ref={scroller} aria-label="Table of members">
      <table class="members" aria-rowcount={members.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {COLUMNS.map((column) => (
              <SortHeader key={column.key} column={column} query={query} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <SpacerBody px={rows.abovePx} />
        <tbody>
          {rows.items.map(({ index }) => {
            const member = members[index];
            return member === undefined ? null : (
              <MemberRow key={member.address} member={member} index={index} />
            );
          })}
        </tbody>
        <SpacerBody px={rows.belowPx} />
      </table>
      {members.length === 0 ? empty : null}
    </section>
  );
}

interface SortHeaderProps {
  readonly column: Column;
  readonly query: ListQuery;
  onSort(part: Partial<ListQuery>): void;
}

function SortHeader({ column: { key, name }, query, onSort }: SortHeaderProps) {
  const isSorted = query.sortKey === key;
  const order = query.isDescending ? "descending" : "ascending";
  return (
    <th scope="col" class={`column-${key}`} aria-sort={isSorted ? order : "none"}>
      <button
        type="button"
        class="sort"
        onClick={() => onSort({ sortKey: key, isDescending: isSorted && !query.isDescending })}
      >
        {name}
        <span class="sort-mark" aria-hidden="true" />
      </button>
    </th>
  );
}

interface RowProps {
  readonly member: MemberView;
  readonly index: number;
}

/** One member. Drawn again only when it changed, or by its own clock cells. */
const MemberRow = memo(function MemberRow({ member, index }: RowProps) {
  const isFresh = Date.now() - (member.changedAtMs ?? 0) < FRESH_MS;
  return (
    <tr
      aria-rowindex={index + 2}
      class={isFresh ? "is-fresh" : undefined}
      data-address={member.address}
      data-status={member.status}
    >
      <th scope="row" class="column-name">
        <a class="member-name" href={hrefTo({ type: "member", address: member.address })}>
          <span class="member-title">{member.title}</span>
          {member.isSelf ? <span class="tag">this agent</span> : null}
          {member.isOriginal ? <span class="tag">original</span> : null}
        </a>
        <span class="address">{member.address}</span>
      </th>
      <td class="column-status">
        <StatusBadge status={member.status} />
      </td>
      <td class="column-metadata">
        <MetadataChips entries={member.metadata} />
      </td>
      <td class="column-roundTrip number">
        {member.isSelf ? "" : milliseconds(member.roundTripMs)}
      </td>
      <td class="column-known number">
        <Ago atMs={member.knownSinceMs} />
      </td>
      <td class="column-changed number">
        <Ago atMs={member.changedAtMs} />
      </td>
    </tr>
  );
});

function Ago({ atMs }: { readonly atMs: number | undefined }) {
  return <span title={dateTime(atMs)}>{ago(atMs, nowMs.value)}</span>;
}
