// What the checkers of a simulation watch over, and what they say where it does not hold.

/** What must hold of the state of peers after every step. */
export const STATE_INVARIANTS = [
  "owner-writes",
  "returns-by-itself",
  "merge-order",
  "fingerprint",
  "agreement",
  "no-false-removal",
  "limits",
  "original-unharmed",
] as const;

/** What is promised to applications and operators. */
export const PROMISES = [
  "own-words",
  "event-stream",
  "leave-is-a-leave",
  "promised-times",
  "declared-by-most",
  "rest",
  "truth",
  "clock",
  "one-cluster",
] as const;

/** The invariants, by the names that docs/SIMULATOR.md explains them under. */
export const INVARIANTS = [...STATE_INVARIANTS, ...PROMISES] as const;

/** One of {@link INVARIANTS}. */
export type Invariant = (typeof INVARIANTS)[number];

/** An invariant that did not hold. */
export interface Violation {
  /** Which. */
  readonly invariant: Invariant;
  /** When, in virtual time. */
  readonly atMs: number;
  /** What was found, for people. */
  readonly message: string;
  /** The address of the peer that broke it, where it is one. */
  readonly observer?: string | undefined;
  /** The address of the member that it concerns, where it is one. */
  readonly subject?: string | undefined;
}

/** Whom a violation concerns. */
export interface Concerned {
  readonly observer?: string | undefined;
  readonly subject?: string | undefined;
}

/** Notes that an invariant did not hold. */
export type Violate = (invariant: Invariant, message: string, concerned?: Concerned) => void;
