// A part of a grid of runs, drawn at random, with the same number of runs for each number of members
// in trouble: the counts differ a hundredfold with that, so a part drawn over all would scatter.

import { randomIndex } from "../../core/random.js";
import { forkRandom } from "../random.js";
import type { Scale } from "./experiment.js";

/** Draws `perStratum` of the items of each stratum, in an order in which any beginning is fair. */
export function drawPart<T>(
  strata: readonly (readonly T[])[],
  perStratum: number,
  seed: number,
): T[] {
  const shuffled = strata.map((items, stratum) => {
    // Its own generator, so that a larger part has all the runs of a smaller one.
    const random = forkRandom(seed, `stratum ${stratum}`);
    const rest = [...items];
    const drawn: T[] = [];
    while (rest.length > 0 && drawn.length < perStratum) {
      drawn.push(...rest.splice(randomIndex(rest.length, random), 1));
    }
    return drawn;
  });
  const rounds = Math.max(...shuffled.map((items) => items.length));
  return Array.from({ length: rounds }, (_, round) =>
    shuffled.flatMap((items) => items.slice(round, round + 1)),
  ).flat();
}

/** How many runs of a stratum a scale takes. */
export function runsPerStratum(scale: Scale, all: number, part: number): number {
  switch (scale) {
    case "part":
      return part;
    case "tenth":
      return Math.ceil(all / 10);
    case "full":
      return all;
    default:
      return scale satisfies never;
  }
}
