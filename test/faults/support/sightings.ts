// What agents saw of each other and when, put into words: for each thing that a test did, which events
// followed, about whom, at how many others, and how soon.

import { type Event, EventType } from "../../../src/gen/gossip/admin/v1/admin_pb.js";

const WORDS: Readonly<Record<EventType, string>> = {
  [EventType.UNSPECIFIED]: "unknown",
  [EventType.JOINED]: "joined",
  [EventType.UPDATED]: "updated",
  [EventType.SUSPECTED]: "suspected",
  [EventType.CLEARED]: "cleared",
  [EventType.REFUTED]: "refuted",
  [EventType.FAILED]: "failed",
  [EventType.LEFT]: "left",
  [EventType.DROPPED]: "events missing",
};

/** An event, at whom it was seen and when. */
interface Sighting {
  readonly type: EventType;
  readonly by: string;
  readonly of: string;
  readonly atMs: number;
}

/** A thing that the test did, and what was seen from then on until the next one. */
interface Chapter {
  readonly title: string;
  readonly atMs: number;
  readonly sightings: Sighting[];
  readonly notes: string[];
}

/** That one took another off its list. */
export interface Removal {
  readonly by: string;
  readonly of: string;
}

/** The sightings of one test. */
export class Sightings {
  readonly #chapters: Chapter[] = [];

  /** Begins a chapter: times count from now on. */
  begin(title: string): void {
    this.#chapters.push({ title, atMs: performance.now(), sightings: [], notes: [] });
  }

  /** Notes an event that one agent tells of. */
  add(by: string, event: Event): void {
    const of = event.member?.info?.name || event.member?.address || "?";
    const sighting = { type: event.type, by, of, atMs: performance.now() };
    this.#chapters.at(-1)?.sightings.push(sighting);
  }

  /** How long the present chapter has lasted. */
  elapsedMs(): number {
    return performance.now() - (this.#chapters.at(-1)?.atMs ?? 0);
  }

  /** Notes what the test found, with the time since the chapter began. */
  note(text: string): void {
    const chapter = this.#chapters.at(-1);
    chapter?.notes.push(`  ${text}: ${seconds(performance.now() - chapter.atMs)} s`);
  }

  /** Who was taken off whose list, in all chapters. */
  removals(): Removal[] {
    return this.#chapters
      .flatMap(({ sightings }) => sightings)
      .filter(({ type }) => type === EventType.FAILED || type === EventType.LEFT)
      .map(({ by, of }) => ({ by, of }));
  }

  /** At whom an event of that kind was seen about that one, in the present chapter. */
  seenBy(type: EventType, of: string): string[] {
    const sightings = this.#chapters.at(-1)?.sightings ?? [];
    const seen = sightings.filter((sighting) => sighting.type === type && sighting.of === of);
    return [...new Set(seen.map(({ by }) => by))].sort();
  }

  /** All of it in lines, updates and what came before the first chapter's end apart. */
  story(): string[] {
    return this.#chapters.slice(1).flatMap(({ title, atMs, sightings, notes }) => [
      `${title}:`,
      ...linesOf(
        sightings.filter(({ type }) => type !== EventType.UPDATED),
        atMs,
      ),
      ...notes,
    ]);
  }
}

function linesOf(sightings: readonly Sighting[], sinceMs: number): string[] {
  if (sightings.length === 0) return ["  nothing seen"];
  const groups = new Map<string, Sighting[]>();
  for (const sighting of sightings) {
    const key = `${sighting.of} ${WORDS[sighting.type]}`;
    groups.set(key, [...(groups.get(key) ?? []), sighting]);
  }
  return Array.from(groups, ([what, group]) => {
    const watchers = new Set(group.map(({ by }) => by));
    const times = group.map(({ atMs }) => atMs - sinceMs);
    const often = group.length > watchers.size ? `, ${group.length} times` : "";
    return `  ${what} at ${nameThem(watchers)}${often}: ${span(times)}`;
  });
}

function nameThem(watchers: ReadonlySet<string>): string {
  return watchers.size <= 2 ? [...watchers].sort().join(", ") : `${watchers.size}`;
}

function span(timesMs: readonly number[]): string {
  const first = seconds(Math.min(...timesMs));
  const last = seconds(Math.max(...timesMs));
  return first === last ? `${first} s` : `${first} … ${last} s`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(2);
}
