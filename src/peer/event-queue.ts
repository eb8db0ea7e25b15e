// Events on their way to one reader of `peer.events()`: bounded, and honest about what it dropped.

import type { MemberEvent } from "../core/member.js";

/** Some events were dropped, since their reader was too far behind. */
export interface EventsDropped {
  /** The tag of the union. */
  readonly type: "events-dropped";
  /** How many, the oldest of those that waited. `members()` still has the present state. */
  readonly count: number;
}

/** An event with its time. */
export type TimedEvent = MemberEvent & {
  /** When, in milliseconds since 1970 by the peer's wall clock. */
  readonly at: number;
};

/** What {@link Peer.events} gives. */
export type PeerEvent = TimedEvent | EventsDropped;

/** The queue of one reader, as the iterator that it reads from. */
export class EventQueue implements AsyncIterableIterator<PeerEvent, undefined> {
  readonly #maxQueued: number;
  readonly #onClose: (queue: EventQueue) => void;
  #events: TimedEvent[] = [];
  #dropped = 0;
  #waiting: ((result: IteratorResult<PeerEvent, undefined>) => void)[] = [];
  #isClosed = false;

  constructor(maxQueued: number, onClose: (queue: EventQueue) => void) {
    this.#maxQueued = maxQueued;
    this.#onClose = onClose;
  }

  /** How many events wait for the reader. */
  get length(): number {
    return this.#events.length;
  }

  /** Puts in an event; returns how many were dropped for it. */
  push(event: TimedEvent): number {
    if (this.#isClosed) return 0;
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      waiting({ value: event, done: false });
      return 0;
    }
    this.#events.push(event);
    if (this.#events.length <= this.#maxQueued) return 0;
    this.#events.shift();
    this.#dropped += 1;
    return 1;
  }

  /** No more events come; those that wait can still be read. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const waiting of this.#waiting) waiting({ value: undefined, done: true });
    this.#waiting = [];
    this.#onClose(this);
  }

  next(): Promise<IteratorResult<PeerEvent, undefined>> {
    if (this.#dropped > 0) {
      const count = this.#dropped;
      this.#dropped = 0;
      return Promise.resolve({ value: { type: "events-dropped", count }, done: false });
    }
    const event = this.#events.shift();
    if (event !== undefined) return Promise.resolve({ value: event, done: false });
    if (this.#isClosed) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The reader stopped reading, as by `break`. */
  return(): Promise<IteratorResult<PeerEvent, undefined>> {
    this.#events = [];
    this.#dropped = 0;
    this.close();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
