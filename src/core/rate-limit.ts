// A token bucket over time that is handed in.

/** A token this near to a whole one counts as one: adding up fractions loses a little. */
const WHOLE_TOKEN = 1 - 1e-6;

/** Lets `perSecond` things happen in a second, with a burst of as many. */
export class RateLimit {
  readonly #perSecond: number;
  #tokens: number;
  #filledAtMs: number;

  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
    this.#filledAtMs = now;
  }

  /**
   * Takes so many tokens; returns whether there was one at all. What is taken beyond those that were
   * there is owed.
   */
  take(now: number, amount = 1): boolean {
    this.#fill(now);
    if (this.#tokens < WHOLE_TOKEN) return false;
    this.#tokens -= amount;
    return true;
  }

  /** Gives a token back that was taken for nothing. */
  giveBack(): void {
    this.#tokens += 1;
  }

  /** When the next token is there: `now` when one is there already. */
  nextAtMs(now: number): number {
    this.#fill(now);
    if (this.#tokens >= WHOLE_TOKEN) return now;
    // A whole number of milliseconds, so that a wake-up at that time always finds the token whole.
    return now + Math.ceil(((WHOLE_TOKEN - this.#tokens) * 1_000) / this.#perSecond);
  }

  #fill(now: number): void {
    const elapsedMs = Math.max(0, now - this.#filledAtMs);
    this.#filledAtMs = now;
    this.#tokens = Math.min(this.#perSecond, this.#tokens + (elapsedMs * this.#perSecond) / 1_000);
  }
}
