// What is promised, in numbers: the table of docs/ALGORITHM.md under "What is promised". These are not
// taken from the core, since a core that breaks a promise would then be held to what it does.

/** What a peer is set to, and what its network is like: what the times depend on. */
export interface PromiseBasis {
  readonly pingPeriodMs: number;
  readonly probeTimeoutMs: number;
  /** The longest round trip between two peers. */
  readonly roundTripMs: number;
}

/** By what an act is followed, and within which time everyone has seen it. */
export type PromisedAct = "update" | "crash" | "vanish" | "leave" | "join";

/** Tombstones expire at multiples of this, so that peers forget together. */
export const EXPIRY_STEP_MINUTES = 10;
/** A process that stood still for so much longer than a ping period has noticed it. */
export const NOTICED_STALL_MS = 1_000;

/** Within which time an act is seen by all that nothing is wrong with. */
export function promisedMs(act: PromisedAct, basis: PromiseBasis): number {
  const { pingPeriodMs, probeTimeoutMs, roundTripMs } = basis;
  switch (act) {
    case "update":
    case "leave":
      // Pushed at once, over a few links one after the other.
      return 100 + 6 * roundTripMs;
    case "join":
      // A seed answers, and the newcomer is pushed as an update is.
      return 1_000 + 12 * roundTripMs;
    case "crash":
      // Links that break, and a port that is closed; of two, one that nobody confirms.
      return 1_000 + pingPeriodMs + 12 * roundTripMs;
    case "vanish":
      // The next probe of a watcher, its time-out, and the longest suspicion.
      return 2 * pingPeriodMs + 4 * probeTimeoutMs + Math.max(8 * pingPeriodMs, 2 * probeTimeoutMs);
    default:
      return act satisfies never;
  }
}

/** How many watchers have to find a member silent before it is declared failed without further ado. */
export function mostOf(watchers: number): number {
  return Math.max(1, Math.ceil(watchers / 2));
}
