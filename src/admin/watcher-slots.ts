// How many streams there are at once: each has a slot, and gives it back whatever becomes of it.

import { Code, ConnectError } from "@connectrpc/connect";

/** A bounded number of slots. */
export class WatcherSlots {
  readonly #maxWatchers: number;
  #taken = 0;

  constructor(maxWatchers: number) {
    this.#maxWatchers = maxWatchers;
  }

  /** How many are taken. */
  get taken(): number {
    return this.#taken;
  }

  /** The stream with a slot of its own, until it ends or its watcher is gone. */
  async *hold<T>(signal: AbortSignal, stream: AsyncIterable<T>): AsyncGenerator<T> {
    if (this.#taken >= this.#maxWatchers) {
      const message = `there are ${this.#maxWatchers} streams already (limits.maxWatchers): end one of them first`;
      throw new ConnectError(message, Code.ResourceExhausted);
    }
    this.#taken += 1;
    let isHeld = true;
    const release = (): void => {
      if (isHeld) this.#taken -= 1;
      isHeld = false;
    };
    // Who is gone while an answer waits to be sent never asks for the next one.
    signal.addEventListener("abort", release, { once: true });
    try {
      yield* stream;
    } finally {
      signal.removeEventListener("abort", release);
      release();
    }
  }
}
