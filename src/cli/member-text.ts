// Members, their status, metadata and events as words for people.

import { timestampMs } from "@bufbuild/protobuf/wkt";
import {
  type Event,
  EventType,
  type Info,
  type Member,
  type MemberCounts,
  MemberStatus,
  type MetadataValue,
} from "../gen/gossip/admin/v1/admin_pb.js";
import { printable } from "../peer/printable.js";
import { formatDuration, plainTable, shortened, spanMs } from "./output.js";

/** How much of a member's metadata a table shows. */
const METADATA_WIDTH = 60;
const NAME_WIDTH = 32;

const STATUS_WORDS: Readonly<Record<MemberStatus, string>> = {
  [MemberStatus.UNSPECIFIED]: "unknown",
  [MemberStatus.LIVE]: "live",
  [MemberStatus.SUSPECTED]: "suspected",
  [MemberStatus.FAILED]: "failed",
  [MemberStatus.LEFT]: "left",
};

const EVENT_WORDS: Readonly<Record<EventType, string>> = {
  [EventType.UNSPECIFIED]: "unknown",
  [EventType.JOINED]: "joined",
  [EventType.UPDATED]: "updated",
  [EventType.SUSPECTED]: "suspected",
  [EventType.CLEARED]: "cleared",
  [EventType.REFUTED]: "refuted",
  [EventType.FAILED]: "failed",
  [EventType.LEFT]: "left",
  [EventType.DROPPED]: "dropped",
};

/** The statuses that `--status` takes. */
export const STATUS_NAMES = ["live", "suspected", "failed", "left"] as const;

/** The status of that name. */
export function statusNamed(name: (typeof STATUS_NAMES)[number]): MemberStatus {
  const found = Object.entries(STATUS_WORDS).find(([, word]) => word === name);
  return Number(found?.[0] ?? MemberStatus.UNSPECIFIED) as MemberStatus;
}

/** `live`, `failed`, … */
export function statusText(status: MemberStatus): string {
  return STATUS_WORDS[status] ?? "unknown";
}

/** What happened, in a word. */
function eventText(type: EventType): string {
  return EVENT_WORDS[type] ?? "unknown";
}

/** The members as a table, as they were at that time. */
export function memberTable(members: readonly Member[], nowMs: number): string {
  const head = ["ADDRESS", "NAME", "STATUS", "ROUND TRIP", "KNOWN FOR", "METADATA"];
  return plainTable(
    head,
    members.map((member) => memberRow(member, nowMs)),
  );
}

function memberRow(member: Member, nowMs: number): string[] {
  const { address, info, status, isSelf, roundTrip, knownSince } = member;
  return [
    printable(address) + (isSelf ? " *" : ""),
    shortened(printable(info?.name ?? ""), NAME_WIDTH),
    statusText(status),
    roundTrip === undefined ? "-" : formatDuration(spanMs(roundTrip)),
    knownSince === undefined ? "-" : formatDuration(Math.max(0, nowMs - timestampMs(knownSince))),
    shortened(metadataText(info), METADATA_WIDTH),
  ];
}

/** `3 live, 1 failed`; what there is none of is left out. */
export function countsText(counts: MemberCounts | undefined): string {
  if (counts === undefined) return "";
  const { live, suspected, failed, left } = counts;
  return Object.entries({ live, suspected, failed, left })
    .filter(([word, count]) => count > 0 || word === "live")
    .map(([word, count]) => `${count} ${word}`)
    .join(", ");
}

/** The metadata as `key=value`, in the order of the keys. */
export function metadataText(info: Info | undefined): string {
  const entries = Object.entries(info?.metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, value]) => `${printable(key)}=${valueText(value)}`).join(" ");
}

/** A value of a metadata key: text as it is, bytes by their number. */
export function valueText({ kind }: MetadataValue): string {
  switch (kind.case) {
    case "text":
      return printable(kind.value);
    case "data":
      return `(${kind.value.length} bytes)`;
    case undefined:
      return "";
    default:
      kind satisfies never;
      return "";
  }
}

/** What happened to a member, as the end of a line that begins with the time. */
export function eventLine({ type, member, reason, dropped }: Event): string {
  if (type === EventType.DROPPED) {
    return `dropped    ${dropped} events, since they came faster than they were read`;
  }
  const name = member?.info?.name ?? "";
  const who = [member?.address ?? "", name === "" ? "" : `(${name})`].map(printable);
  const parts = [
    ...who,
    type === EventType.UPDATED ? metadataText(member?.info) : "",
    printable(reason),
  ];
  return `${eventText(type).padEnd(10)} ${parts.filter((part) => part !== "").join(" ")}`;
}
