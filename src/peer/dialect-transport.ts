// The transport of the seed dialect in a peer that speaks the native protocol too: a call goes out
// once it is known that its address does not speak the native one.

import { GossipError } from "../core/errors.js";
import type { Dialect } from "../core/native/native-messages.js";
import {
  type CallOutcome,
  type CallRequest,
  type KnockOutcome,
  type Link,
  type LinkListener,
  type LinkRequest,
  type ListenOptions,
  stoppedError,
  type Transport,
} from "../transport/transport.js";

interface Held {
  readonly request: CallRequest;
  readonly onEnd: (outcome: CallOutcome) => void;
}

/** Calls of the seed dialect, to those who speak nothing else. */
export class DialectTransport implements Transport {
  readonly #inner: Transport;
  readonly #findDialect: (address: string) => void;
  readonly #held = new Map<string, Held[]>();
  /** Addresses that were found to speak the seed dialect, by how many more calls they get unasked. */
  readonly #seeds = new Map<string, number>();

  constructor(inner: Transport, findDialect: (address: string) => void) {
    this.#inner = inner;
    this.#findDialect = findDialect;
  }

  get connectionCount(): number {
    return this.#inner.connectionCount;
  }

  listen(options: ListenOptions): Promise<number> {
    return this.#inner.listen(options);
  }

  call(request: CallRequest, onEnd: (outcome: CallOutcome) => void): void {
    const { address } = request;
    const left = this.#seeds.get(address) ?? 0;
    if (left > 0) {
      this.#seeds.set(address, left - 1);
      this.#inner.call(request, (outcome) => {
        // Who comes back may be another.
        if (outcome.type === "failed") this.#seeds.delete(address);
        onEnd(outcome);
      });
      return;
    }
    const held = this.#held.get(address) ?? [];
    held.push({ request, onEnd });
    this.#held.set(address, held);
    if (held.length === 1) this.#findDialect(address);
  }

  /** It is known now which dialect an address speaks. */
  onDialect(address: string, dialect: Dialect): void {
    if (dialect === "seed") this.#seeds.set(address, CALLS_UNASKED);
    const held = this.#held.get(address) ?? [];
    this.#held.delete(address);
    for (const { request, onEnd } of held) {
      if (dialect === "seed") this.call(request, onEnd);
      else onEnd({ type: "failed", error: dialectError(address, dialect) });
    }
  }

  openLink(request: LinkRequest, listener: LinkListener): Link {
    return this.#inner.openLink(request, listener);
  }

  knock(address: string, timeoutMs: number, onEnd: (outcome: KnockOutcome) => void): void {
    this.#inner.knock(address, timeoutMs, onEnd);
  }

  close(): Promise<void> {
    for (const [address, held] of this.#held) {
      for (const { onEnd } of held) onEnd({ type: "failed", error: stoppedError(address) });
    }
    this.#held.clear();
    return this.#inner.close();
  }
}

/** An address is asked anew for its dialect after so many calls: it may be another peer by then. */
const CALLS_UNASKED = 30;

function dialectError(address: string, dialect: "native" | "unreachable"): GossipError {
  return dialect === "native"
    ? new GossipError("CALL_UNSUPPORTED", `${address} speaks the native protocol`)
    : new GossipError("CALL_UNREACHABLE", `${address} cannot be reached`);
}
