// Connections of others that came to nothing before a byte of theirs was read.

import type { Logger } from "./logger.js";

/** Counts those that were not accepted, and tells of them. */
export class Acceptance {
  readonly #logger: Logger;
  #failed = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** How many were not accepted. */
  get failed(): number {
    return this.#failed;
  }

  onFailed(reason: string): void {
    this.#failed += 1;
    this.#logger.warn({ reason }, `a connection was not accepted: ${reason}`);
  }
}
