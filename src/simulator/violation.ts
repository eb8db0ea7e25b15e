// What the checkers of a simulation watch over, and what they say where it does not hold.

/** The invariants, by the numbers that docs/SIMULATOR.md explains them under. */
export const INVARIANTS = [
  "owner-writes",
  "returns-by-itself",
  "merge-order",
  "fingerprint",
  "agreement",
  "no-false-removal",
  "limits",
  "original-unharmed",
] as const;

/** One of {@link INVARIANTS}. */
export type Invariant = (typeof INVARIANTS)[number];

/** An invariant that did not hold. */
export interface Violation {
  readonly invariant: Invariant;
  readonly atMs: number;
  readonly message: string;
}
