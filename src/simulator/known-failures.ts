// Ways in which random runs are known to fail, each with its reason: such runs are named, and do not
// count as failed. This list must only shrink: a test has a run that fails for each of its entries, and
// no entry may stay whose run no longer does.

import type { Invariant, Violation } from "./checkers/violation.js";
import type { PlannedKind } from "./fault-plan.js";
import type { RunShape } from "./run-shape.js";

/** What a run was, and what was broken in it. */
export interface FailedRun {
  readonly shape: RunShape;
  readonly fired: readonly PlannedKind[];
}

/** A way in which runs are known to fail. */
export interface KnownFailure {
  readonly name: string;
  /** What is wrong, for people. */
  readonly why: string;
  /** A run that fails in this way. */
  readonly seed: number;
  covers(violation: Violation, run: FailedRun): boolean;
}

/** What holds whoever does what to whom. */
const ALWAYS: ReadonlySet<Invariant> = new Set([
  "merge-order",
  "fingerprint",
  "limits",
  "event-stream",
  "declared-by-most",
]);
/** What does not hold where one peer is listed by nobody. */
const DIFFER: ReadonlySet<Invariant> = new Set(["agreement", "promised-times", "leave-is-a-leave"]);

/** What sets a clock back. */
const MOVES_CLOCK: ReadonlySet<PlannedKind> = new Set(["clock-jump", "clock-drift", "wrong-clock"]);

/** All that is known. */
export const KNOWN_FAILURES: readonly KnownFailure[] = [
  {
    name: "twin",
    why: "two processes at one address outbid each other for ever",
    seed: 110301,
    covers: ({ invariant }, { shape }) => shape.hasTwin && !ALWAYS.has(invariant),
  },
  {
    name: "merged-clusters",
    why: "the address of a dead member, taken by a peer of another cluster, merges the two",
    seed: 120181,
    covers: ({ invariant }, { shape }) => shape.strangers > 0 && !ALWAYS.has(invariant),
  },
  {
    name: "behind-originals",
    why: "a peer whose clock was set back raises its version by steps above what originals hold deleted",
    seed: 110323,
    covers: ({ invariant }, { shape, fired }) =>
      invariant === "rest" && shape.originals > 0 && fired.some((kind) => MOVES_CLOCK.has(kind)),
  },
  {
    name: "clock-a-day-off",
    why: "a peer whose clock is more than a day ahead is listed by nobody, and not told",
    seed: 120342,
    covers: ({ invariant }, { fired }) => fired.includes("wrong-clock") && DIFFER.has(invariant),
  },
  {
    name: "leave-as-failure",
    why: "of those that leave together, some are told of as failed",
    seed: 140099,
    covers: ({ invariant }) => invariant === "leave-is-a-leave",
  },
];

/** The known failure that a violation is an instance of; undefined for a new one. */
export function knownFailureOf(violation: Violation, run: FailedRun): KnownFailure | undefined {
  return KNOWN_FAILURES.find((known) => known.covers(violation, run));
}
