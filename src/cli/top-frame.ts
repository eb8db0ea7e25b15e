// What `gossip top` shows at one moment, as text that fits the terminal.

import { timestampMs } from "@bufbuild/protobuf/wkt";
import {
  type Event,
  type GetHealthResponse,
  type ListMembersResponse,
  type Member,
  MemberStatus,
} from "../gen/gossip/admin/v1/admin_pb.js";
import { printable } from "../peer/printable.js";
import { countsText, eventLine, memberTable } from "./member-text.js";
import { formatDuration, formatTime, shortened, spanMs } from "./output.js";

/** What an agent told at one moment. */
export interface TopView {
  readonly health: GetHealthResponse;
  readonly list: ListMembersResponse;
  /** The latest, oldest first. */
  readonly events: readonly Event[];
  readonly links: number;
}

/** The terminal's size in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Who needs a look comes first. */
const STATUS_ORDER: Readonly<Record<MemberStatus, number>> = {
  [MemberStatus.SUSPECTED]: 0,
  [MemberStatus.FAILED]: 1,
  [MemberStatus.LIVE]: 2,
  [MemberStatus.LEFT]: 3,
  [MemberStatus.UNSPECIFIED]: 4,
};
/** Rows that are neither a member nor an event: the summary, heads, empty lines, a foot. */
const FIXED_ROWS = 8;
const LEAST_MEMBER_ROWS = 3;

/** The view as lines; `problem` is why there is no newer one. */
export function topFrame(
  view: TopView,
  { columns, rows }: Size,
  nowMs: number,
  problem = "",
): string {
  const { list, events } = view;
  const room = Math.max(LEAST_MEMBER_ROWS, rows - FIXED_ROWS);
  const shownEvents = events.slice(-Math.floor(room / 3));
  const memberRows = Math.max(LEAST_MEMBER_ROWS, room - shownEvents.length);
  const members = list.members.toSorted(byNeed);
  const hidden = members.length - memberRows;
  const lines = [
    ...summary(view, nowMs),
    problem,
    ...memberTable(members.slice(0, memberRows), nowMs).split("\n"),
    hidden > 0 ? `… and ${hidden} more` : "",
    ...shownEvents.map((event) => {
      return `${formatTime(event.at === undefined ? nowMs : timestampMs(event.at))}  ${eventLine(event)}`;
    }),
  ];
  return lines.map((line) => shortened(line, columns)).join("\n");
}

function summary({ health, list, links }: TopView, nowMs: number): string[] {
  const { address, joined, reason, score, eventLoopDelay, startedAt, version, readOnly } = health;
  const upMs = startedAt === undefined ? 0 : Math.max(0, nowMs - timestampMs(startedAt));
  const delayMs = eventLoopDelay === undefined ? 0 : spanMs(eventLoopDelay);
  const marks = [joined ? "joined" : "NOT JOINED", readOnly ? "read-only" : ""];
  return [
    `${printable(address)}  gossip ${printable(version)}  up ${formatDuration(upMs)}  ${marks.join(" ").trim()}`,
    `${countsText(list.counts)}  ${links} links  local health ${score} of 8  event-loop delay ${formatDuration(delayMs)}`,
    ...(reason === "" ? [] : [`not joined: ${printable(reason)}`]),
  ];
}

function byNeed(a: Member, b: Member): number {
  const byStatus = STATUS_ORDER[a.status] - STATUS_ORDER[b.status];
  if (byStatus !== 0) return byStatus;
  if (a.isSelf !== b.isSelf) return a.isSelf ? -1 : 1;
  return a.address < b.address ? -1 : 1;
}
