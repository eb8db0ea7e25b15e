// What kills a mutant: random runs, small experiments, tests, or nothing.

import { experimentsOf } from "./experiments.js";
import type { Patch } from "./patch.js";
import type { RandomRuns, RandomRunsOutcome } from "./random-runs.js";
import { unitTestsOf } from "./unit-tests.js";

/** Who is asked about a mutant. */
export type Judge = "random runs" | "experiments" | "tests";

/** What was found of one mutant; what was not asked is undefined. */
export interface Measured {
  readonly name: string;
  readonly randomRuns?: RandomRunsOutcome | undefined;
  /** The figure that is beyond its bound, or null. */
  readonly experiment?: string | null | undefined;
  /** The test that failed first, or null. */
  readonly test?: string | null | undefined;
}

/** How mutants are measured. */
export interface MeasureOptions {
  readonly seed: number;
  readonly randomRuns: RandomRuns;
  /** Who is asked, in this order. */
  readonly judges: readonly Judge[];
  /** Whether one that kills the mutant is enough. */
  readonly isOneEnough: boolean;
}

/** Asks the judges about a mutant that were not asked yet. */
export async function measure(
  mutant: Patch & { readonly name: string },
  held: Measured,
  { seed, randomRuns, judges, isOneEnough }: MeasureOptions,
): Promise<Measured> {
  let measured = held;
  for (const judge of judges.filter((asked) => !hasSpoken(asked, held))) {
    switch (judge) {
      case "random runs":
        measured = { ...measured, randomRuns: await randomRuns.of(mutant, true) };
        break;
      case "experiments":
        measured = { ...measured, experiment: (await experimentsOf(mutant, seed)) ?? null };
        break;
      case "tests":
        measured = { ...measured, test: (await unitTestsOf(mutant)).killedBy ?? null };
        break;
      default:
        judge satisfies never;
    }
    if (isOneEnough && killersOf(measured).length > 0) return measured;
  }
  return measured;
}

/** Whether that judge was asked. */
export function hasSpoken(judge: Judge, { randomRuns, experiment, test }: Measured): boolean {
  switch (judge) {
    case "random runs":
      return randomRuns !== undefined;
    case "experiments":
      return experiment !== undefined;
    case "tests":
      return test !== undefined;
    default:
      return judge satisfies never;
  }
}

/** Those that kill it. */
export function killersOf({ randomRuns, experiment, test }: Measured): Judge[] {
  const killers: Judge[] = [];
  if ((randomRuns?.failed ?? 0) > 0) killers.push("random runs");
  if (typeof experiment === "string") killers.push("experiments");
  if (typeof test === "string") killers.push("tests");
  return killers;
}
