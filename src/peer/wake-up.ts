// The one timer that a protocol waits for, and what to do where it does not come: where timers were
// doubles of a test's for a while, that is noticed at the next thing that happens.

import type { Environment } from "./environment.js";

/** As long after its time a wake-up is taken for lost, if the process has got to other things since. */
export const LOST_AFTER_MS = 1_000;

/** Wakes at one time, which can be changed. */
export class WakeUp {
  readonly #environment: Pick<Environment, "now" | "setTimer" | "callSurely">;
  readonly #onWake: () => void;
  #atMs: number | undefined;
  /** From then on it is taken for lost. */
  #lostAtMs = Number.POSITIVE_INFINITY;
  #cancel: () => void = NOTHING;
  #cancelSecond: () => void = NOTHING;

  constructor(
    environment: Pick<Environment, "now" | "setTimer" | "callSurely">,
    onWake: () => void,
  ) {
    this.#environment = environment;
    this.#onWake = onWake;
  }

  /** Wakes at that time by the environment's clock, and at none that was set before. */
  set(atMs: number | undefined): void {
    if (atMs === this.#atMs) return this.check();
    this.cancel();
    if (atMs === undefined) return;
    const now = this.#environment.now();
    const delayMs = Math.max(0, Math.ceil(atMs - now));
    this.#atMs = atMs;
    this.#lostAtMs = now + delayMs + LOST_AFTER_MS;
    this.#cancel = this.#environment.setTimer(() => this.#wake(), delayMs);
  }

  /**
   * To be called when anything happens. A timer that is merely late comes all the same, before the
   * second that is set here.
   */
  check(): void {
    const now = this.#environment.now();
    if (now < this.#lostAtMs) return;
    this.#lostAtMs = now + LOST_AFTER_MS;
    this.#cancelSecond();
    const wake = (): void => this.#wake();
    const { callSurely } = this.#environment;
    this.#cancelSecond = callSurely?.(wake) ?? this.#environment.setTimer(wake, 0);
  }

  cancel(): void {
    this.#cancel();
    this.#cancelSecond();
    this.#cancel = NOTHING;
    this.#cancelSecond = NOTHING;
    this.#atMs = undefined;
    this.#lostAtMs = Number.POSITIVE_INFINITY;
  }

  #wake(): void {
    this.cancel();
    this.#onWake();
  }
}

function NOTHING(): void {}
