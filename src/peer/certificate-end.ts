// The end of one's own certificate: from then on others refuse it, so that it is told when it comes.

import { setAlarm } from "../transport/alarm.js";

/** What is wrong with a certificate that ended; undefined while it has not. */
export function endedText(expiresAtMs: number, nowMs: number): string | undefined {
  if (nowMs < expiresAtMs) return undefined;
  const at = new Date(expiresAtMs).toISOString();
  return `our certificate has expired (${at}), others refuse it: renew it with gossip certs renew, and reload`;
}

/** Calls once when a certificate has ended. It keeps no process alive. */
export class CertificateEnd {
  readonly #onEnd: () => void;
  #stopAlarm: () => void = () => {};

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  /** Waits for that end, and no longer for another; one that has come already is not told of. */
  follow(expiresAtMs: number): void {
    this.close();
    if (Date.now() < expiresAtMs) this.#stopAlarm = setAlarm(expiresAtMs, this.#onEnd);
  }

  close(): void {
    this.#stopAlarm();
  }
}
