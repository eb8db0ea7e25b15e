// The mutants of the sample that nobody killed, each with its class and why it is in it.

import type { Patch } from "../../scripts/mutants/patch.js";

/**
 * - `equivalent`: no input tells it from the code;
 * - `cost`: it does the same with more or less work, and how much is not promised;
 * - `words`: a text for people, which says something else;
 * - `missing test`: it does something else, and no test sees it yet.
 */
export const CLASSES = ["equivalent", "cost", "words", "missing test"] as const;

/** A mutant that survived. */
export interface Survivor extends Patch {
  readonly type: (typeof CLASSES)[number];
  readonly why: string;
}

/** All of them. */
export const SURVIVORS: readonly Survivor[] = [];
