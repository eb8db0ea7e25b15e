// A token bucket over time that is handed in.

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

  /** Takes one token; returns whether there was one. */
  take(now: number): boolean {
    this.#fill(now);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** When the next token is there: `now` when one is there already. */
  nextAtMs(now: number): number {
    this.#fill(now);
    if (this.#tokens >= 1) return now;
    // Rounded up, so that a wake-up at that time always finds the token whole.
    return Math.ceil(now + ((1 - this.#tokens) * 1_000) / this.#perSecond);
  }

  #fill(now: number): void {
    const elapsedMs = Math.max(0, now - this.#filledAtMs);
    this.#filledAtMs = now;
    this.#tokens = Math.min(this.#perSecond, this.#tokens + (elapsedMs * this.#perSecond) / 1_000);
  }
}
