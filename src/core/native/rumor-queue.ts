// Changes on their way out: each goes once over every overlay link but those it came by. They leave
// on the next turn when all is quiet, and within two milliseconds under load, so that several share
// a frame and one that comes in meanwhile by another link is not sent back there.

import type { SentRecord } from "./member-record.js";
import { RUMOR_FLUSH_MS } from "./native-timing.js";

interface Rumor {
  readonly record: SentRecord;
  /** Whether it began here. */
  readonly first: boolean;
  /** Addresses by whose links it came. */
  readonly knownBy: Set<string>;
}

/** What is to be sent to one neighbour. */
export interface RumorBatch {
  readonly records: readonly SentRecord[];
  readonly first: boolean;
}

/** Rumors that wait to be sent, the newest of each member. */
export class RumorQueue {
  readonly #rumors = new Map<string, Rumor>();
  readonly #limit: number;
  #flushAtMs: number | undefined;
  #flushedAtMs = Number.NEGATIVE_INFINITY;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#rumors.size;
  }

  /** When they are to be sent; undefined when there are none. */
  get flushAtMs(): number | undefined {
    return this.#flushAtMs;
  }

  /**
   * Adds a change, which came by a link of `from` or began here. When too many wait, the oldest is
   * left to the exchanges.
   */
  add(record: SentRecord, from: string | undefined, now: number): void {
    const { address } = record;
    // Deltas of one member build on each other: the one that waits goes with the new one as a whole.
    this.#rumors.delete(address);
    const knownBy = new Set(from === undefined ? [] : [from]);
    this.#rumors.set(address, { record, first: from === undefined, knownBy });
    if (this.#rumors.size > this.#limit) {
      const oldest = this.#rumors.keys().next().value;
      if (oldest !== undefined) this.#rumors.delete(oldest);
    }
    this.#flushAtMs ??= Math.max(now, this.#flushedAtMs + RUMOR_FLUSH_MS);
  }

  /** The rumor that waits of that member. */
  waiting(address: string): SentRecord | undefined {
    return this.#rumors.get(address)?.record;
  }

  /** A neighbour told us of what we were about to tell it. */
  noteKnown(address: string, by: string): void {
    this.#rumors.get(address)?.knownBy.add(by);
  }

  /** Empties the queue: gives what goes to each of the neighbours, and nothing where nothing does. */
  *take(neighbours: Iterable<string>, now: number): Generator<[string, RumorBatch]> {
    const rumors = [...this.#rumors.values()];
    this.#rumors.clear();
    this.#flushAtMs = undefined;
    this.#flushedAtMs = now;
    for (const neighbour of neighbours) {
      for (const first of [true, false]) {
        const records = rumors
          .filter((rumor) => rumor.first === first && !rumor.knownBy.has(neighbour))
          .map((rumor) => rumor.record);
        if (records.length > 0) yield [neighbour, { records, first }];
      }
    }
  }
}
