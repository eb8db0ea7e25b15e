// What happens, for those who watch it: the latest events are kept, so that a watcher can begin with
// them, and come back to where it was.

import { create } from "@bufbuild/protobuf";
import {
  type Event,
  EventSchema,
  EventType,
  type Member,
  type WatchEventsRequest,
  type WatchEventsResponse,
  WatchEventsResponseSchema,
} from "../gen/gossip/admin/v1/admin_pb.js";
import type { PeerEvent } from "../peer/event-queue.js";
import type { Peer } from "../peer/peer.js";
import { ChangeLog } from "./change-log.js";
import { memberMessage, timestampOf } from "./messages.js";

/** The events of one peer. */
export class EventFeed {
  readonly #peer: Peer;
  readonly #log: ChangeLog<Event>;

  constructor(peer: Peer, epoch: string, maxEvents: number) {
    this.#peer = peer;
    this.#log = new ChangeLog(epoch, maxEvents);
  }

  /** Takes an event of the peer, as it happens. */
  add(event: PeerEvent): void {
    const at = timestampOf("at" in event ? event.at : Date.now());
    this.#log.append(create(EventSchema, { at, ...this.#fieldsOf(event) }));
  }

  /** No more events come: watchers end once they have seen all. */
  close(): void {
    this.#log.close();
  }

  /** What a watcher is told, until it goes. */
  async *watch(
    { cursor, latest }: WatchEventsRequest,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEventsResponse> {
    const log = this.#log;
    const known = log.positionOf(cursor);
    if (known === undefined && cursor !== "") yield this.#gap(log.begin, 0);
    const first = cursor === "" ? Math.max(log.begin, log.end - latest) : log.begin;
    let position = known ?? first;
    while (!signal.aborted) {
      if (position < log.begin) {
        const missing = log.begin - position;
        position = log.begin;
        yield this.#gap(position, missing);
      }
      await log.reaches(position, signal);
      // One at a time, since each has a cursor of its own, and a slow watcher sees what it missed.
      const [event] = position < log.begin ? [] : log.since(position);
      if (event !== undefined) {
        position += 1;
        yield create(WatchEventsResponseSchema, { event, cursor: log.cursorOf(position) });
      } else if (log.isClosed && log.end <= position) return;
    }
  }

  /** Told in place of events that are no longer held. */
  #gap(position: number, dropped: number): WatchEventsResponse {
    const reason =
      dropped === 0
        ? "the cursor is of an agent before this one: what it missed is not known"
        : "the watcher was too slow, or away for too long";
    const at = timestampOf(Date.now());
    return create(WatchEventsResponseSchema, {
      event: { type: EventType.DROPPED, at, reason, dropped },
      cursor: this.#log.cursorOf(position),
    });
  }

  #fieldsOf(event: PeerEvent): Pick<Event, "type"> & Partial<Pick<Event, EventField>> {
    switch (event.type) {
      case "member-joined":
        return { type: EventType.JOINED, ...this.#member(event) };
      case "member-updated":
        return { type: EventType.UPDATED, ...this.#member(event) };
      case "member-failed":
        return { type: EventType.FAILED, ...this.#member(event), reason: event.reason };
      case "member-left":
        return { type: EventType.LEFT, ...this.#member(event) };
      case "member-suspected":
        return { type: EventType.SUSPECTED, ...this.#member(event), reason: event.reason };
      case "suspicion-cleared":
        return { type: EventType.CLEARED, ...this.#member(event), reason: event.reason };
      case "self-refuted":
        return { type: EventType.REFUTED, ...this.#member(event) };
      case "events-dropped":
        return { type: EventType.DROPPED, dropped: event.count };
      default:
        return event satisfies never;
    }
  }

  #member({ member }: { readonly member: { readonly address: string } }): { member?: Member } {
    const detail = this.#peer.detail(member.address);
    return detail === undefined ? {} : { member: memberMessage(detail) };
  }
}

type EventField = "member" | "reason" | "dropped";
