// A knock: a TCP connection that is closed as soon as it is made, to learn whether a port is open.

import { connect, type Socket } from "node:net";
import { parseAddress } from "../core/address.js";
import { thrownCode, thrownTogether } from "../core/thrown.js";
import { clearTimeout, queueMicrotask, setImmediate, setTimeout } from "./platform-timers.js";
import type { KnockOutcome } from "./transport.js";

/** One knock. */
export class Knock {
  readonly #onEnd: (outcome: KnockOutcome) => void;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #socket: Socket | undefined;
  #isEnded = false;

  constructor(address: string, timeoutMs: number, onEnd: (outcome: KnockOutcome) => void) {
    this.#onEnd = onEnd;
    const parts = parseAddress(address);
    if (parts === undefined) {
      queueMicrotask(() => this.#end("silent"));
      return;
    }
    this.#socket = connect({ host: parts.host, port: parts.port });
    this.#socket.once("connect", () => this.#end("accepted"));
    // Stays on: an error may come after the end.
    this.#socket.on("error", (error) => this.#end(outcomeOf(error)));
    // After a stall of this process the timer comes before an answer that has long been there.
    this.#timer = setTimeout(() => setImmediate(() => this.#end("silent")), timeoutMs);
  }

  /** Ends it without a word to anyone. */
  cancel(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
  }

  #end(outcome: KnockOutcome): void {
    if (this.#isEnded) return;
    this.cancel();
    this.#onEnd(outcome);
  }
}

/** A name may have several addresses: refused is what one refuses and none leaves open. */
function outcomeOf(error: Error): KnockOutcome {
  const codes = (thrownTogether(error) ?? [error]).map(thrownCode);
  const isRefused = codes.includes("ECONNREFUSED") || codes.includes("ECONNRESET");
  return isRefused && !codes.includes("ETIMEDOUT") ? "refused" : "silent";
}
