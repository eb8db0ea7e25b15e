// A knock: a TCP connection that is closed as soon as it is made, to learn whether a port is open.

import { parseAddress } from "../core/address.js";
import { thrownCode } from "../core/thrown.js";
import { Dial, type DialEnd, type DialSetup } from "./dial.js";
import { clearTimeout, queueMicrotask, setImmediate, setTimeout } from "./platform-timers.js";
import type { KnockOutcome } from "./transport.js";

/** One knock. */
export class Knock {
  readonly #onEnd: (outcome: KnockOutcome) => void;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #dial: Dial | undefined;
  #isEnded = false;

  constructor(
    { address, timeoutMs }: { readonly address: string; readonly timeoutMs: number },
    setup: DialSetup,
    onEnd: (outcome: KnockOutcome) => void,
  ) {
    this.#onEnd = onEnd;
    const parts = parseAddress(address);
    if (parts === undefined) {
      queueMicrotask(() => this.#end("silent"));
      return;
    }
    this.#dial = new Dial(parts, setup, (end) => {
      if (end.type === "connected") end.socket.destroy();
      this.#end(outcomeOf(end));
    });
    // After a stall of this process the timer comes before an answer that has long been there.
    this.#timer = setTimeout(() => setImmediate(() => this.#end("silent")), timeoutMs);
  }

  /** Ends it without a word to anyone. */
  cancel(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearTimeout(this.#timer);
    this.#dial?.cancel();
  }

  #end(outcome: KnockOutcome): void {
    if (this.#isEnded) return;
    this.cancel();
    this.#onEnd(outcome);
  }
}

/** A name may have several addresses: refused is what one refuses and none leaves open. */
function outcomeOf(end: DialEnd): KnockOutcome {
  if (end.type === "connected") return "accepted";
  const codes = end.errors.map(thrownCode);
  const isRefused = codes.includes("ECONNREFUSED") || codes.includes("ECONNRESET");
  return isRefused && !codes.includes("ETIMEDOUT") ? "refused" : "silent";
}
