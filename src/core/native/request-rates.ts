// What one link may ask of this peer in a second. A question costs its sender a few bytes, and us a
// look at a member, or a pass over all that we hold.

import { RateLimit } from "../rate-limit.js";

/** A pass over so many records costs as much as a look at a member. */
const RECORDS_EACH = 100;

/** The rates of all links. */
export class RequestRates {
  readonly #perSecond: number;
  readonly #rates = new Map<number, RateLimit>();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Takes in a question on that link which costs a pass over so many records; false when too many. */
  take(linkId: number, records: number, now: number): boolean {
    let rate = this.#rates.get(linkId);
    if (rate === undefined) {
      rate = new RateLimit(this.#perSecond, now);
      this.#rates.set(linkId, rate);
    }
    return rate.take(now, Math.max(1, records / RECORDS_EACH));
  }

  /** The link is gone. */
  delete(linkId: number): void {
    this.#rates.delete(linkId);
  }
}
