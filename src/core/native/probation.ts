// How a peer that is said to have failed comes back: at once the first time, and then only after most
// of its watchers answered it in time for a while that doubles with each failure. A peer on a bad
// line then does not come and go for ever. What only one of its watchers says is no failure: else one
// that lies could keep it out.

import { MAX_PROBATION_MS, PROBATION_BASE_MS, PROBATION_MEMORY_MS } from "./native-timing.js";

/** A peer's way back. */
export class Probation {
  /** When verdicts on us were heard that several of our watchers held. */
  #failures: number[] = [];
  #isOn = false;
  #soundSinceMs: number | undefined;
  /** How long this one takes, once it is confirmed. */
  #durationMs = 0;
  #isConfirmed = false;

  get isOn(): boolean {
    return this.#isOn;
  }

  /** True while a verdict on us stands, and for a while after one that counts. */
  hasFailedLately(now: number): boolean {
    return this.#isOn || this.#failures.some((atMs) => now - atMs < PROBATION_MEMORY_MS);
  }

  /** A verdict on us was heard. */
  begin(now: number): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.#isConfirmed = false;
    this.#failures = this.#failures.filter((atMs) => now - atMs < PROBATION_MEMORY_MS);
    const repeated = this.#failures.length;
    this.#durationMs =
      repeated === 0 ? 0 : Math.min(MAX_PROBATION_MS, PROBATION_BASE_MS * 2 ** (repeated - 1));
    this.#soundSinceMs = undefined;
  }

  /** Several of our watchers hold the verdict that was heard last: it counts, also once we are back. */
  confirm(now: number): void {
    this.#isConfirmed = true;
    this.#failures.push(now);
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
    if (this.#isConfirmed && now - this.#soundSinceMs < this.#durationMs) return false;
    this.#isOn = false;
    return true;
  }
}
