// A step in what a peer knows of another, as an application sees it: with its time of day.

import type { TimedStep } from "../core/native/history.js";

/** What {@link Peer.explain} gives. */
export type ExplainedStep = TimedStep & {
  /** When, in milliseconds since 1970 by the peer's wall clock. */
  readonly at: number;
};
