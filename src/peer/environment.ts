// The world that a peer runs in: time, randomness, name look-up and network. The real one is here;
// a simulated one gives the same peer virtual time.

import { GossipError } from "../core/errors.js";
import type { Random } from "../core/random.js";
import { NameResolver } from "../transport/name-resolver.js";
import { callSurely, clearTimeout, monotonicMs, setTimeout } from "../transport/platform-timers.js";
import type { Transport } from "../transport/transport.js";

/** Everything that a peer takes from outside. */
export interface Environment {
  readonly transport: Transport;
  readonly random: Random;
  /** Milliseconds on a clock that never jumps; where it begins does not matter. */
  now(): number;
  /** The time of day in milliseconds since 1970. */
  wallClockMs(): number;
  /** Calls `onTimeout` once after `delayMs`; the returned function prevents it. */
  setTimer(onTimeout: () => void, delayMs: number): () => void;
  /** Calls soon, also where timers that were set before do not. Not there where they always do. */
  callSurely?(onTime: () => void): () => void;
  /** Looks up the IP addresses of a DNS name: none, with the error, where that fails. */
  lookup(name: string, onEnd: (addresses: readonly string[], error?: GossipError) => void): void;
}

/** The real time, the system's randomness, and real names, which are closed with the transport. */
export function realEnvironment(
  transport: Transport,
  names: NameResolver = new NameResolver(),
): Environment {
  return {
    transport,
    random: Math.random,
    now: () => monotonicMs(),
    wallClockMs: () => Date.now(),
    setTimer(onTimeout, delayMs) {
      const timer = setTimeout(onTimeout, delayMs);
      return () => clearTimeout(timer);
    },
    callSurely,
    lookup(name, onEnd) {
      names.lookup(name, (answer) => {
        if (answer.type === "found") return onEnd(answer.addresses);
        const { error: cause } = answer;
        const message = `${name} cannot be looked up (${cause.message}): check how it is written`;
        onEnd([], new GossipError("LOOKUP_FAILED", message, { cause }));
      });
    },
  };
}
