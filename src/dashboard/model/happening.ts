// What happened in the cluster, as the agent's stream of events tells it: the timeline, and the sparks
// that spread through the graph.

import { signal } from "@preact/signals";
import { EventType, type WatchEventsResponse } from "../../gen/gossip/admin/v1/admin_pb.js";
import { EVENTS_KEPT, FLUSH_PERIOD_MS } from "./limits.js";
import { epochMs, memberView } from "./member-view.js";

/** The kinds of events that are shown. */
export type HappeningType =
  | "joined"
  | "updated"
  | "suspected"
  | "cleared"
  | "refuted"
  | "failed"
  | "left"
  | "dropped";

/** One event, ready to be shown. */
export interface Happening {
  readonly id: number;
  readonly type: HappeningType;
  readonly atMs: number;
  readonly address: string;
  readonly title: string;
  readonly reason: string;
}

/** All kinds, in the order in which the timeline has them. */
export const HAPPENING_TYPES: readonly HappeningType[] = [
  "joined",
  "updated",
  "suspected",
  "cleared",
  "refuted",
  "failed",
  "left",
  "dropped",
];

/** What people read. */
export const HAPPENING_NAMES: Readonly<Record<HappeningType, string>> = {
  joined: "Joined",
  updated: "Updated",
  suspected: "Suspected",
  cleared: "Cleared",
  refuted: "Refuted",
  failed: "Failed",
  left: "Left",
  dropped: "Missed",
};

const TYPES: ReadonlyMap<EventType, HappeningType> = new Map([
  [EventType.JOINED, "joined"],
  [EventType.UPDATED, "updated"],
  [EventType.SUSPECTED, "suspected"],
  [EventType.CLEARED, "cleared"],
  [EventType.REFUTED, "refuted"],
  [EventType.FAILED, "failed"],
  [EventType.LEFT, "left"],
  [EventType.DROPPED, "dropped"],
]);

/** The latest events, newest first. */
export const happenings = signal<readonly Happening[]>([]);

/** Those that came while the page was open, one after another: what the graph lets spread. */
export const latestHappening = signal<Happening | undefined>(undefined);

let nextId = 1;

/** What is shown of an answer; undefined for an event that only a newer page knows. */
function happeningFrom(answer: WatchEventsResponse, nowMs: number): Happening | undefined {
  const { event } = answer;
  const type = event === undefined ? undefined : TYPES.get(event.type);
  if (event === undefined || type === undefined) return undefined;
  const member = event.member === undefined ? undefined : memberView(event.member);
  const reason =
    type === "dropped"
      ? `${event.dropped} events are missing: the page was too slow`
      : event.reason;
  return {
    id: nextId++,
    type,
    atMs: epochMs(event.at) ?? nowMs,
    address: member?.address ?? "",
    title: member?.title ?? "",
    reason,
  };
}

/** Those that came since the list was last shown, newest first. */
let gathered: Happening[] = [];

/** Takes one answer in. The list shows it soon, together with what comes until then. */
export function takeEvent(answer: WatchEventsResponse): void {
  const happening = happeningFrom(answer, Date.now());
  if (happening === undefined) return;
  latestHappening.value = happening;
  if (gathered.unshift(happening) === 1) setTimeout(showGathered, FLUSH_PERIOD_MS);
}

function showGathered(): void {
  happenings.value = [...gathered, ...happenings.value].slice(0, EVENTS_KEPT);
  gathered = [];
}
