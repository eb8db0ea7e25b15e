// Who answered a request of ours when, and whose turn it is: the seed's rule, among the neighbours,
// and now and then among all others.

import { type Random, randomIndex } from "../random.js";
import type { Prober } from "./prober.js";
import type { Roster } from "./roster.js";

/** The latest answers, by member. */
export class Contacts {
  readonly #roster: Roster;
  readonly #prober: Prober;
  readonly #contacts = new Map<string, number>();

  constructor(roster: Roster, prober: Prober) {
    this.#roster = roster;
    this.#prober = prober;
  }

  touch(address: string, now: number): void {
    this.#contacts.set(address, now);
  }

  /** Forgets those who are no members any more. */
  prune(): void {
    for (const address of this.#contacts.keys()) {
      if (this.#roster.get(address) === undefined) this.#contacts.delete(address);
    }
  }

  /** The longest-untouched of our neighbours. */
  untouchedNeighbour(): string | undefined {
    return this.#longestUntouched(this.#roster.neighbours());
  }

  /** The longest-untouched of those who are no neighbours: in time everyone meets everyone. */
  untouchedFar(random: Random): string | undefined {
    const neighbours = this.#roster.neighbours();
    const own = this.#roster.own.address;
    const others: string[] = [];
    const start = randomIndex(this.#roster.liveCount, random);
    for (const { address, record, isUnreachable } of this.#roster.entries()) {
      if (record.verdict !== "live" || isUnreachable || neighbours.has(address)) continue;
      if (address !== own) others.push(address);
    }
    // From a random one on, so that those never touched are not dialled by all in one order.
    return this.#longestUntouched([...others.slice(start), ...others.slice(0, start)]);
  }

  #longestUntouched(addresses: Iterable<string>): string | undefined {
    let longest: string | undefined;
    let longestMs = Number.POSITIVE_INFINITY;
    for (const address of addresses) {
      const contactMs = this.#contacts.get(address) ?? Number.NEGATIVE_INFINITY;
      if (contactMs >= longestMs || this.#prober.isProbing(address)) continue;
      longest = address;
      longestMs = contactMs;
      if (contactMs === Number.NEGATIVE_INFINITY) break;
    }
    return longest;
  }
}
