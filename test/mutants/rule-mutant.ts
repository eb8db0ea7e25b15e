// What a rule mutant is: a rule of the protocol that is broken by hand, with the sentence that states it.

import type { Patch } from "../../scripts/mutants/patch.js";

/** The documents that state the rules. */
export type RuleDocument = "ALGORITHM" | "SEED-DIALECT" | "LIMITS";

/** One rule, broken. */
export interface RuleMutant extends Patch {
  /** What is broken, in a few words. */
  readonly name: string;
  /** Where the rule is stated. */
  readonly document: RuleDocument;
  /** The rule, word for word; of a table, the cell or its beginning. */
  readonly rule: string;
  /** Whether `npm run mutants -- --table` counts the runs that fail by it. */
  readonly isInTable?: true;
}

/** The mutants of rules that one document states. */
export function rulesOf(
  document: RuleDocument,
  mutants: readonly Omit<RuleMutant, "document">[],
): readonly RuleMutant[] {
  return mutants.map((mutant) => ({ document, ...mutant }));
}
