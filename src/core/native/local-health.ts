// Lifeguard's local health: how far a peer trusts its own timers. It is bad while others contradict
// what this peer finds, or while its own event loop is late; then it waits longer before it blames.

/** The worst health. */
const WORST = 8;

/** A score from 0 (good) to {@link WORST}. */
export class LocalHealth {
  #score = 0;

  get score(): number {
    return this.#score;
  }

  /** What timeouts are multiplied by. */
  get factor(): number {
    return 1 + this.#score;
  }

  /** An answer came in time. */
  onTimely(): void {
    this.#score = Math.max(0, this.#score - 1);
  }

  /** We were late, or found silent who answers others. */
  onOwnFault(): void {
    this.#score = Math.min(WORST, this.#score + 1);
  }
}
