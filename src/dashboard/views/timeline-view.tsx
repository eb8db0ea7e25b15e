// What happened: a strip on which each event is a mark, and the list of them, newest first.

import { useComputed, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { counted, timeOfDay } from "../model/format.js";
import {
  HAPPENING_NAMES,
  HAPPENING_TYPES,
  type Happening,
  type HappeningType,
  happenings,
} from "../model/happening.js";
import { HappeningBadge } from "../parts/badge.js";
import { MemberLink } from "../parts/member-link.js";
import { NamedText } from "../parts/named-text.js";
import { SpacerBody } from "../parts/spacer-body.js";
import { useVirtualRows } from "../parts/use-virtual-rows.js";
import { Empty, View } from "../parts/view.js";
import { EventStrip } from "./event-strip.js";

const ROW_PX = 44;

/** The view. */
export function TimelineView() {
  const hidden = useSignal<ReadonlySet<HappeningType>>(new Set());
  const shown = useComputed(() => happenings.value.filter(({ type }) => !hidden.value.has(type)));
  const toggle = (type: HappeningType): void => {
    const next = new Set(hidden.value);
    if (!next.delete(type)) next.add(type);
    hidden.value = next;
  };
  return (
    <View title="Timeline" fills about="Joins, updates, suspicions and what became of them.">
      <TypeFilter hidden={hidden.value} onToggle={toggle} />
      <EventStrip shown={shown.value} />
      <EventList shown={shown.value} />
    </View>
  );
}

interface TypeFilterProps {
  readonly hidden: ReadonlySet<HappeningType>;
  onToggle(type: HappeningType): void;
}

function TypeFilter({ hidden, onToggle }: TypeFilterProps) {
  const counts = new Map<HappeningType, number>();
  for (const { type } of happenings.value) counts.set(type, (counts.get(type) ?? 0) + 1);
  return (
    <fieldset class="filters" aria-label="Show events by kind">
      {HAPPENING_TYPES.filter((type) => type !== "dropped" || counts.has(type)).map((type) => (
        <button
          key={type}
          type="button"
          class={`filter is-${type}`}
          aria-pressed={!hidden.has(type)}
          onClick={() => onToggle(type)}
        >
          <span class="badge-mark" aria-hidden="true" />
          {HAPPENING_NAMES[type]}
          <span class="filter-count">{counts.get(type) ?? 0}</span>
        </button>
      ))}
    </fieldset>
  );
}

function EventList({ shown }: { readonly shown: readonly Happening[] }) {
  const scroller = useRef<HTMLElement>(null);
  const rows = useVirtualRows(scroller, shown.length, ROW_PX);
  return (
    <section class="table-box" ref={scroller} aria-label="Table of events">
      <table class="events" aria-rowcount={shown.length + 1}>
        <caption class="visually-hidden">{counted(shown.length, "event")}, newest first</caption>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">Time</th>
            <th scope="col">Event</th>
            <th scope="col">Member</th>
            <th scope="col" class="column-reason">
              Why
            </th>
          </tr>
        </thead>
        <SpacerBody px={rows.abovePx} />
        <tbody>
          {rows.items.map(({ index }) => {
            const event = shown[index];
            return event === undefined ? null : (
              <EventRow key={event.id} event={event} index={index} />
            );
          })}
        </tbody>
        <SpacerBody px={rows.belowPx} />
      </table>
      {shown.length === 0 ? <Empty>Nothing has happened since this page was opened.</Empty> : null}
    </section>
  );
}

interface EventRowProps {
  readonly event: Happening;
  readonly index: number;
}

function EventRow({ event, index }: EventRowProps) {
  return (
    <tr aria-rowindex={index + 2} data-type={event.type}>
      <td class="number">
        <time>{timeOfDay(event.atMs)}</time>
      </td>
      <td>
        <HappeningBadge type={event.type} />
      </td>
      <td class="column-member">
        {event.address === "" ? null : <MemberLink address={event.address} />}
      </td>
      <td class="column-reason muted">
        <NamedText text={event.reason} />
      </td>
    </tr>
  );
}
