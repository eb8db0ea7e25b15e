// One member under suspicion, at the peer that collects the evidence.

import type { Finding } from "./frames.js";
import type { NativeTiming } from "./native-timing.js";

/** A question to a watcher, until it is answered. */
interface Question {
  readonly seq: number;
  deadlineMs: number;
}

/** What is known against a member, and for how long it has been suspected. */
export interface Suspicion {
  readonly address: string;
  readonly generation: number;
  readonly incarnation: number;
  startedAtMs: number;
  /** Since when others answer us. */
  soundSinceMs: number;
  /** What we found ourselves. */
  ownFinding: Exclude<Finding, "answered">;
  readonly findings: Map<string, Exclude<Finding, "answered">>;
  readonly questions: Map<string, Question>;
  /** Watchers that did not answer us. */
  readonly unanswering: Set<string>;
  /** Before that another watcher is left to collect. */
  askAtMs: number;
  /** When all are asked, and not only a few. */
  askAllAtMs: number;
  /** When we look at it again. */
  lookAtMs: number;
  /** Whether others answered us when we looked last. */
  wasProven: boolean;
  /** Since when most watchers have found its port closed. */
  refusedAtMs: number;
  /** When we decide. */
  decideAtMs: number;
  /** When there is something to do about it. */
  dueAtMs: number;
}

/**
 * How many confirmations settle a suspicion: most of the other watchers. One is enough of one or two.
 */
export function confirmationsNeeded(watchers: number): number {
  return Math.max(1, Math.ceil(watchers / 2));
}

/**
 * How long a member is suspected, by Lifeguard's decay: from the maximum without a confirmation
 * down to the minimum with as many as needed.
 */
export function suspicionMs(
  confirmations: number,
  needed: number,
  { minSuspicionMs, maxSuspicionMs }: NativeTiming,
): number {
  const decay = Math.min(1, Math.log(confirmations + 1) / Math.log(needed + 1));
  return maxSuspicionMs - decay * (maxSuspicionMs - minSuspicionMs);
}
