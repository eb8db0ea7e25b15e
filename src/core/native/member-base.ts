// A list of live members that many rosters share, each keeping only its differences: how a simulated
// cluster that starts joined fits into memory.

import type { MemberRecord } from "./member-record.js";
import { type NeighbourSearch, RING_COUNT } from "./rings.js";
import { newEntry, type RosterEntry } from "./roster-entry.js";
import { RosterSum } from "./roster-sum.js";

/** An immutable list of live members. */
export class NativeBase {
  /** Shared: a roster copies an entry before it changes it. */
  readonly entries: ReadonlyMap<string, RosterEntry>;
  readonly sum = new RosterSum();
  /** The members in the order of each ring. */
  readonly #rings: readonly (readonly RosterEntry[])[];

  constructor(records: readonly MemberRecord[]) {
    this.entries = new Map(records.map((record) => [record.address, newEntry(record)]));
    for (const record of records) this.sum.add(record);
    const entries = [...this.entries.values()];
    this.#rings = Array.from({ length: RING_COUNT }, (_, ring) =>
      entries.toSorted((a, b) => positionOn(ring, a) - positionOn(ring, b)),
    );
  }

  /** Offers the nearest of those that `isEligible`, walking outwards on each ring. */
  offerNearest(
    search: NeighbourSearch,
    around: RosterEntry,
    isEligible: (entry: RosterEntry) => boolean,
  ): void {
    for (const [ring, members] of this.#rings.entries()) {
      const start = firstAtOrAfter(members, ring, positionOn(ring, around));
      for (const step of [1, -1]) {
        let found: number | undefined;
        for (const member of walk(members, start, step)) {
          const position = positionOn(ring, member);
          if (found !== undefined && position !== found) break;
          if (member.address === around.address || !isEligible(member)) continue;
          // Those at the same place are offered too: the search tells them apart.
          search.offerOn(ring, member);
          found = position;
        }
      }
    }
  }
}

/** All members of a ring from a place on, one way round or the other. */
function* walk(
  members: readonly RosterEntry[],
  start: number,
  step: number,
): Generator<RosterEntry> {
  for (let walked = 0; walked < members.length; walked += 1) {
    const offset = step === 1 ? walked : -1 - walked;
    const member = members[(start + offset + 2 * members.length) % members.length];
    if (member !== undefined) yield member;
  }
}

function positionOn(ring: number, entry: RosterEntry): number {
  return entry.positions[ring] ?? 0;
}

function firstAtOrAfter(members: readonly RosterEntry[], ring: number, position: number): number {
  let [low, high] = [0, members.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const member = members[middle];
    if (member !== undefined && positionOn(ring, member) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
