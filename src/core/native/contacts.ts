// Who exchanged with us when, and whose turn it is: the seed's rule, among the neighbours, and now and
// then among all others.

import { type Random, randomIndex } from "../random.js";
import type { Prober } from "./prober.js";
import type { Roster } from "./roster.js";

/**
 * An exchange that the other side began is as good as one of ours, but for this: it does not show that
 * the other hears us, and answers. So ours with each is due at the latest after as many rounds, and one
 * with any after as many periods, since only who was answered lately may judge others.
 */
const OWN_ROUNDS = 2;
const OWN_PERIODS = 1.5;

/** The latest exchanges, by member. */
export class Contacts {
  readonly #roster: Roster;
  readonly #prober: Prober;
  /** When it last answered us, or had its turn. */
  readonly #contacts = new Map<string, number>();
  /** When it last began an exchange with us. */
  readonly #begun = new Map<string, number>();
  /** When anyone last answered us. */
  #answeredAtMs = Number.NEGATIVE_INFINITY;

  constructor(roster: Roster, prober: Prober) {
    this.#roster = roster;
    this.#prober = prober;
  }

  /** That member answered a request of ours. */
  onAnswered(address: string, now: number): void {
    this.touch(address, now);
    this.#answeredAtMs = now;
  }

  /** That member has had its turn, whatever comes of it. */
  touch(address: string, now: number): void {
    this.#contacts.set(address, now);
  }

  /** That member began an exchange with us. */
  onBegun(address: string, now: number): void {
    this.#begun.set(address, now);
  }

  /** Forgets those who are no members any more. */
  prune(): void {
    for (const times of [this.#contacts, this.#begun]) {
      for (const address of times.keys()) {
        if (this.#roster.get(address) === undefined) times.delete(address);
      }
    }
  }

  /**
   * The longest-untouched of our neighbours. Undefined where none is due: each of them is, once in as
   * many periods as there are of them.
   */
  dueNeighbour(pingPeriodMs: number, now: number): string | undefined {
    const neighbours = this.#roster.neighbours();
    const roundMs = neighbours.size * pingPeriodMs;
    const latest = (address: string): number => this.#latest(address, roundMs, now);
    const address = this.#longestUntouched(neighbours, latest);
    if (address === undefined) return undefined;
    const isDue = now - latest(address) >= roundMs - pingPeriodMs / 2;
    const isUnproven = now - this.#answeredAtMs > OWN_PERIODS * pingPeriodMs;
    return isDue || isUnproven ? address : undefined;
  }

  /** When we last exchanged with that neighbour, whoever began. */
  #latest(address: string, roundMs: number, now: number): number {
    const contactMs = this.#contactMs(address);
    if (now - contactMs > OWN_ROUNDS * roundMs) return contactMs;
    return Math.max(contactMs, this.#begun.get(address) ?? contactMs);
  }

  #contactMs(address: string): number {
    return this.#contacts.get(address) ?? Number.NEGATIVE_INFINITY;
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
    const inTurn = [...others.slice(start), ...others.slice(0, start)];
    return this.#longestUntouched(inTurn, (address) => this.#contactMs(address));
  }

  #longestUntouched(
    addresses: Iterable<string>,
    latest: (address: string) => number,
  ): string | undefined {
    let longest: string | undefined;
    let longestMs = Number.POSITIVE_INFINITY;
    for (const address of addresses) {
      const latestMs = latest(address);
      if (latestMs >= longestMs || this.#prober.isProbing(address)) continue;
      longest = address;
      longestMs = latestMs;
      if (latestMs === Number.NEGATIVE_INFINITY) break;
    }
    return longest;
  }
}
