// Keeps a stream of answers going: opened again when it breaks, from the cursor that was seen last,
// with growing pauses while the agent does not answer.

import { RETRY_MAX_MS, RETRY_MIN_MS } from "./limits.js";

/** An answer of a stream that can be resumed. */
export interface Resumable {
  readonly cursor: string;
}

/** What to follow, and whom to tell. */
export interface Following<T extends Resumable> {
  /** Where to go on; empty at first. It moves with each answer. */
  cursor: string;
  /** Opens the stream; an empty cursor means from the start. */
  open(cursor: string, signal: AbortSignal): AsyncIterable<T>;
  onAnswer(answer: T): void;
  /** Called each time the stream broke, before the pause. */
  onBreak(error: unknown): void;
  /** Waits before the stream is opened again. */
  pause(forMs: number, signal: AbortSignal): Promise<void>;
}

/** Follows until `signal` ends it. It can be followed on from there. */
export async function follow<T extends Resumable>(
  following: Following<T>,
  signal: AbortSignal,
): Promise<void> {
  let pauseMs = RETRY_MIN_MS;
  while (!signal.aborted) {
    try {
      for await (const answer of following.open(following.cursor, signal)) {
        if (signal.aborted) return;
        following.cursor = answer.cursor;
        pauseMs = RETRY_MIN_MS;
        following.onAnswer(answer);
      }
    } catch (error) {
      if (!signal.aborted) following.onBreak(error);
    }
    if (signal.aborted) return;
    await following.pause(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, RETRY_MAX_MS);
  }
}
