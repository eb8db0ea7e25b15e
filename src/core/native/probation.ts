// How a peer that is said to have failed comes back: at once the first time, and then only after most
// of its watchers answered it in time for a while that doubles with each failure. A peer on a bad
// line then does not come and go for ever.

import { MAX_PROBATION_MS, PROBATION_BASE_MS, PROBATION_MEMORY_MS } from "./native-timing.js";

/** A peer's way back. */
export class Probation {
  /** When verdicts on us were heard. */
  #failures: number[] = [];
  #isOn = false;
  #soundSinceMs: number | undefined;
  #durationMs = 0;

  get isOn(): boolean {
    return this.#isOn;
  }

  /** True while a verdict on us stands, and for a while after it. */
  hasFailedLately(now: number): boolean {
    return this.#isOn || this.#failures.some((atMs) => now - atMs < PROBATION_MEMORY_MS);
  }

  /** A verdict on us was heard. */
  begin(now: number): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.#failures = this.#failures.filter((atMs) => now - atMs < PROBATION_MEMORY_MS);
    this.#failures.push(now);
    const repeated = this.#failures.length - 1;
    this.#durationMs =
      repeated === 0 ? 0 : Math.min(MAX_PROBATION_MS, PROBATION_BASE_MS * 2 ** (repeated - 1));
    this.#soundSinceMs = undefined;
  }

  /**
   * Once a round: whether most of those asked answered in time. Returns true when the peer may come
   * back.
   */
  onRound(isSound: boolean, now: number): boolean {
    if (!this.#isOn) return false;
    if (!isSound) {
      this.#soundSinceMs = undefined;
      return false;
    }
    this.#soundSinceMs ??= now;
    if (now - this.#soundSinceMs < this.#durationMs) return false;
    this.#isOn = false;
    return true;
  }
}
