// Those who wait for the answer of a seed that they have added.

import { GossipError, type GossipErrorCode } from "../core/errors.js";
import type { SeedOutcome } from "../core/seed-list.js";

interface SeedWaiter {
  resolve(): void;
  reject(error: GossipError): void;
}

/** Who waits, by seed. */
export class SeedWaiters {
  readonly #waiters = new Map<string, SeedWaiter[]>();

  /** Resolves once that seed has answered, and rejects when it did not this time. */
  add(seed: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiters = this.#waiters.get(seed) ?? [];
      waiters.push({ resolve, reject });
      this.#waiters.set(seed, waiters);
    });
  }

  onOutcome(outcome: SeedOutcome): void {
    const { seed } = outcome;
    if (outcome.type === "seed-answered") {
      for (const waiter of this.#take(seed)) waiter.resolve();
      return;
    }
    // A seed that nobody waits for is dialled in vain for ever: an error costs a walk of the stack.
    if (!this.#waiters.has(seed)) return;
    const message = `seed ${seed} did not answer (${outcome.reason}): check that a peer listens there; it is dialled on in the background`;
    this.fail(seed, new GossipError("SEED_UNREACHABLE", message, { cause: outcome.cause }));
  }

  fail(seed: string, error: GossipError): void {
    for (const waiter of this.#take(seed)) waiter.reject(error);
  }

  /** Rejects whoever waits. */
  failAll(code: GossipErrorCode, message: string): void {
    if (this.#waiters.size === 0) return;
    const error = new GossipError(code, message);
    for (const seed of [...this.#waiters.keys()]) this.fail(seed, error);
  }

  #take(seed: string): readonly SeedWaiter[] {
    const waiters = this.#waiters.get(seed) ?? [];
    this.#waiters.delete(seed);
    return waiters;
  }
}
