// The end of one's own certificate: from then on others refuse it, so that it is told when it comes.

import { clearTimeout, setTimeout } from "../transport/platform-timers.js";

/** A timer may be no longer than some 25 days; and the clock may be set meanwhile. */
const LONGEST_WAIT_MS = 3_600_000;

/** What is wrong with a certificate that ended; undefined while it has not. */
export function endedText(expiresAtMs: number, nowMs: number): string | undefined {
  if (nowMs < expiresAtMs) return undefined;
  const at = new Date(expiresAtMs).toISOString();
  return `our certificate has expired (${at}), others refuse it: renew it with gossip certs renew, and reload`;
}

/** Calls once when a certificate has ended. It keeps no process alive. */
export class CertificateEnd {
  readonly #onEnd: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  /** Waits for that end, and no longer for another; one that has come already is not told of. */
  follow(expiresAtMs: number): void {
    this.close();
    if (Date.now() < expiresAtMs) this.#wait(expiresAtMs);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #wait(expiresAtMs: number): void {
    const leftMs = expiresAtMs - Date.now();
    if (leftMs <= 0) return this.#onEnd();
    const waitMs = Math.min(leftMs, LONGEST_WAIT_MS);
    this.#timer = setTimeout(() => this.#wait(expiresAtMs), waitMs).unref();
  }
}
