// Rule mutants that nobody kills, by name, and why. This list must only get shorter.

/** Why each survives. */
export const RULE_SURVIVORS: Readonly<Record<string, string>> = {};
