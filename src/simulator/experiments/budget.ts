// How much CPU time an experiment may take, so that what else the machine does matters little. The
// clock is handed in, since nothing in the simulator reads one.

/** A span of CPU time. */
export class Budget {
  readonly #nowMs: () => number;
  readonly #endMs: number;

  constructor(nowMs: () => number, durationMs: number) {
    this.#nowMs = nowMs;
    this.#endMs = nowMs() + durationMs;
  }

  /** True once it is used up. */
  get isSpent(): boolean {
    return this.#nowMs() >= this.#endMs;
  }

  /** A share, from 0 to 1, of what is left, to be used from now on. */
  share(share: number): Budget {
    return new Budget(this.#nowMs, Math.max(0, this.#endMs - this.#nowMs()) * share);
  }
}
