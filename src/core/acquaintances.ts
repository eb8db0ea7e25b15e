// What a peer knows of each member by itself alone: since when it knows it, when it last learnt
// something new of it, and how quickly it answered. Nothing of this is told to others.

import { Histogram } from "./histogram.js";

/** What is known of one member. */
export interface Acquaintance {
  /** Since when the member is known here. */
  readonly knownSinceMs: number;
  /** When something new was last learnt of it. */
  readonly changedAtMs: number;
  /** How long the latest answer took that was measured. */
  readonly roundTripMs: number | undefined;
  /** Whether the latest probe was answered in time; undefined where there was none. */
  readonly isLatestTimely: boolean | undefined;
}

/** By member; as many as there are members. */
export class Acquaintances {
  /** All round trips that were measured. */
  readonly roundTrips = new Histogram();
  readonly #stranger: Acquaintance;
  /** A time alone says the same of most as four fields would: known, and not changed, since then. */
  readonly #known = new Map<string, Acquaintance | number>();

  /** Whom nothing was noted of is known since then. */
  constructor(now: number) {
    this.#stranger = {
      knownSinceMs: now,
      changedAtMs: now,
      roundTripMs: undefined,
      isLatestTimely: undefined,
    };
  }

  of(address: string): Acquaintance {
    const known = this.#known.get(address) ?? this.#stranger;
    if (typeof known !== "number") return known;
    return { ...this.#stranger, knownSinceMs: known, changedAtMs: known };
  }

  /** What is held of an address changed, which is a member or not before and after. */
  onChange(address: string, wasMember: boolean, isMember: boolean, now: number): void {
    if (!isMember) {
      this.#known.delete(address);
      return;
    }
    if (wasMember) this.#known.set(address, { ...this.of(address), changedAtMs: now });
    else this.#known.set(address, now);
  }

  /** It answered; without a round trip where the time was not that of the answer alone. */
  onAnswered(address: string, roundTripMs: number | undefined, isTimely: boolean): void {
    const held = this.of(address);
    if (roundTripMs !== undefined) this.roundTrips.add(roundTripMs);
    // Field by field: this runs for every answer, and a spread costs several times as much.
    this.#known.set(address, {
      knownSinceMs: held.knownSinceMs,
      changedAtMs: held.changedAtMs,
      roundTripMs: roundTripMs ?? held.roundTripMs,
      isLatestTimely: isTimely,
    });
  }

  /** It did not answer in time. */
  onMissed(address: string): void {
    this.#known.set(address, { ...this.of(address), isLatestTimely: false });
  }

  /** Forgets those who are no members any more. */
  prune(isMember: (address: string) => boolean): void {
    for (const address of this.#known.keys()) {
      if (!isMember(address)) this.#known.delete(address);
    }
  }
}
