// The time of day of what happened at times on the clock that never jumps.

import type { Environment } from "./environment.js";

/** A difference that reading two clocks one after the other can make. */
const JITTER_MS = 100;

/** Tells how far the two clocks of an environment lie apart. */
export class WallClock {
  readonly #environment: Environment;
  #offsetMs: number;

  constructor(environment: Environment) {
    this.#environment = environment;
    this.#offsetMs = this.#measured();
  }

  /**
   * What makes milliseconds since 1970 of a time on the clock that never jumps. The same at each
   * call, so that what did not change reads the same, until the wall clock was set.
   */
  get offsetMs(): number {
    const measuredMs = this.#measured();
    if (Math.abs(measuredMs - this.#offsetMs) > JITTER_MS) this.#offsetMs = measuredMs;
    return this.#offsetMs;
  }

  #measured(): number {
    return Math.round(this.#environment.wallClockMs() - this.#environment.now());
  }
}
