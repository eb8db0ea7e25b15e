// All members: how many there are of each status, a search, and the table.

import { useComputed, useSignal } from "@preact/signals";
import { count, counted } from "../model/format.js";
import { type ListQuery, selectMembers, WHOLE_LIST } from "../model/member-list.js";
import { roster, statusCounts, total } from "../model/roster.js";
import { STATUS_NAMES, STATUSES, type Status } from "../model/status.js";
import { begin, canAct, isReadOnly } from "../parts/action.js";
import { Icon } from "../parts/icon.js";
import { Empty, View } from "../parts/view.js";
import { MemberTable } from "./member-table.js";

/** The view. */
export function MembersView() {
  const query = useSignal<ListQuery>(WHOLE_LIST);
  const members = useComputed(() => selectMembers(roster.value?.values() ?? [], query.value));
  const change = (part: Partial<ListQuery>): void => {
    query.value = { ...query.value, ...part };
  };
  return (
    <View
      title="Members"
      fills
      tools={<Tools />}
      about="Everyone in the cluster, as this agent sees it."
    >
      <StatusFilter chosen={query.value.status} onChoose={(status) => change({ status })} />
      <Search text={query.value.search} shown={members.value.length} onSearch={change} />
      <MemberTable
        members={members.value}
        query={query.value}
        onSort={change}
        empty={<NoMembers query={query.value} />}
      />
    </View>
  );
}

function Tools() {
  if (isReadOnly.value) return null;
  return (
    <>
      <button
        type="button"
        class="button"
        disabled={!canAct.value}
        onClick={() => begin({ type: "set-info" })}
      >
        <Icon name="edit" /> Set info
      </button>
      <button
        type="button"
        class="button"
        disabled={!canAct.value}
        onClick={() => begin({ type: "join" })}
      >
        <Icon name="plus" /> Join
      </button>
      <button
        type="button"
        class="button only-on-phones"
        disabled={!canAct.value}
        onClick={() => begin({ type: "leave" })}
      >
        <Icon name="leave" /> Leave
      </button>
    </>
  );
}

interface StatusFilterProps {
  readonly chosen: Status | undefined;
  onChoose(status: Status | undefined): void;
}

/** The counts; each is also the button that shows only its members. */
function StatusFilter({ chosen, onChoose }: StatusFilterProps) {
  const counts = statusCounts.value;
  return (
    <fieldset class="counts" aria-label="Show members by status">
      <CountButton
        name="All"
        kind="all"
        number={total(counts)}
        isChosen={chosen === undefined}
        onClick={() => onChoose(undefined)}
      />
      {STATUSES.map((status) => (
        <CountButton
          key={status}
          name={STATUS_NAMES[status]}
          kind={status}
          number={counts[status]}
          isChosen={chosen === status}
          onClick={() => onChoose(chosen === status ? undefined : status)}
        />
      ))}
    </fieldset>
  );
}

interface CountButtonProps {
  readonly name: string;
  readonly kind: Status | "all";
  readonly number: number;
  readonly isChosen: boolean;
  onClick(): void;
}

function CountButton({ name, kind, number, isChosen, onClick }: CountButtonProps) {
  return (
    <button
      type="button"
      class={`count is-${kind}`}
      data-zero={number === 0}
      aria-pressed={isChosen}
      onClick={onClick}
    >
      <span class="count-number">{count(number)}</span>
      <span class="count-name">
        <span class="badge-mark" aria-hidden="true" />
        {name}
      </span>
    </button>
  );
}

interface SearchProps {
  readonly text: string;
  readonly shown: number;
  onSearch(part: Partial<ListQuery>): void;
}

function Search({ text, shown, onSearch }: SearchProps) {
  return (
    <div class="search">
      <label class="search-field">
        <Icon name="search" />
        <span class="visually-hidden">Search members by name, address or metadata</span>
        <input
          type="search"
          placeholder="Search name, address or metadata"
          value={text}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => onSearch({ search: event.currentTarget.value })}
        />
      </label>
      <span class="muted" role="status">
        {counted(shown, "member")}
      </span>
    </div>
  );
}

function NoMembers({ query }: { readonly query: ListQuery }) {
  if (roster.value === undefined) return <Empty>Waiting for the agent …</Empty>;
  if (query.search !== "") return <Empty>No member matches “{query.search}”.</Empty>;
  return <Empty>No member has this status.</Empty>;
}
