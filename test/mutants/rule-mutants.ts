// All rule mutants, by area: every rule of docs/ALGORITHM.md and docs/SEED-DIALECT.md, and every bound of
// the core, each broken by hand.

import type { RuleMutant } from "./rule-mutant.js";
import { BOUNDS } from "./rules/bounds.js";
import { DETECTION } from "./rules/detection.js";
import { EXCHANGE } from "./rules/exchange.js";
import { HEALING } from "./rules/healing.js";
import { LIARS } from "./rules/liars.js";
import { LINKS } from "./rules/links.js";
import { MERGING } from "./rules/merging.js";
import { RUMORS } from "./rules/rumors.js";
import { SEED_DIALECT } from "./rules/seed-dialect.js";
import { SELF_DOUBT } from "./rules/self-doubt.js";
import { TOMBSTONES } from "./rules/tombstones.js";

/** The mutants of each area. */
export const RULE_AREAS: Readonly<Record<string, readonly RuleMutant[]>> = {
  merging: MERGING,
  tombstones: TOMBSTONES,
  links: LINKS,
  rumors: RUMORS,
  exchange: EXCHANGE,
  detection: DETECTION,
  "self-doubt": SELF_DOUBT,
  liars: LIARS,
  healing: HEALING,
  "seed dialect": SEED_DIALECT,
  bounds: BOUNDS,
};

/** All of them. */
export const RULE_MUTANTS: readonly RuleMutant[] = Object.values(RULE_AREAS).flat();
