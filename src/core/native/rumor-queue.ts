// Changes on their way out: each goes once over every overlay link but those it came by. They leave
// on the next turn when all is quiet, and within two milliseconds under load, so that several share
// a frame and one that comes in meanwhile by another link is not sent back there.

import type { SentRecord } from "./member-record.js";
import { RUMOR_FLUSH_MS } from "./native-timing.js";

/** What kind of rumors share a frame. */
export interface RumorKind {
  /** They began here. */
  readonly first: boolean;
  /** The verdicts in it wait for what the accused say. */
  readonly accusing: boolean;
}

const KINDS: readonly RumorKind[] = [
  { first: true, accusing: false },
  { first: false, accusing: false },
  { first: true, accusing: true },
  { first: false, accusing: true },
];

interface Rumor extends RumorKind {
  readonly record: SentRecord;
  /** Addresses by whose links it came. */
  readonly knownBy: Set<string>;
  readonly addedAtMs: number;
  /** How long it had been on its way by then; undefined where nobody knows. */
  ageMs: number | undefined;
}

/** What is to be sent to one neighbour. */
export interface RumorBatch extends RumorKind {
  readonly records: readonly SentRecord[];
  /** How long each of them has been on its way. */
  readonly agesMs: readonly (number | undefined)[];
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
  add(record: SentRecord, from: string | undefined, accusing: boolean, now: number): void {
    const { address } = record;
    // Deltas of one member build on each other: the one that waits goes with the new one as a whole.
    this.#rumors.delete(address);
    const first = from === undefined;
    const knownBy = new Set(first ? [] : [from]);
    const ageMs = first ? 0 : undefined;
    this.#rumors.set(address, { record, first, accusing, knownBy, addedAtMs: now, ageMs });
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

  /** Notes how long the rumor of that member that was just added had been on its way. */
  noteAge(address: string, ageMs: number): void {
    const rumor = this.#rumors.get(address);
    if (rumor !== undefined) rumor.ageMs = ageMs;
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
    const kinds = KINDS.map(({ first, accusing }) => {
      return rumors.filter((rumor) => rumor.first === first && rumor.accusing === accusing);
    }).filter((ofKind) => ofKind.length > 0);
    for (const neighbour of neighbours) {
      for (const ofKind of kinds) {
        const batch = batchFor(neighbour, ofKind, now);
        if (batch !== undefined) yield [neighbour, batch];
      }
    }
  }
}

/** Those of one kind that a neighbour does not know; undefined where it knows all. */
function batchFor(
  neighbour: string,
  rumors: readonly Rumor[],
  now: number,
): RumorBatch | undefined {
  const told = rumors.filter((rumor) => !rumor.knownBy.has(neighbour));
  const [rumor] = told;
  if (rumor === undefined) return undefined;
  const { first, accusing } = rumor;
  const records = told.map(({ record }) => record);
  return { records, agesMs: told.map((each) => ageOf(each, now)), first, accusing };
}

function ageOf({ ageMs, addedAtMs }: Rumor, now: number): number | undefined {
  return ageMs === undefined ? undefined : ageMs + Math.max(0, now - addedAtMs);
}
