// The small experiments in a process of their own, bundled with a mutant in place: one line of JSON for
// each figure that is beyond its bound.

import { SCENARIOS } from "./scenarios.js";

/** Each is made so often, from the seed on. */
const TIMES = 4;

const firstSeed = Number(process.argv[2]);
for (const { name, atMost, run } of SCENARIOS) {
  for (let seed = firstSeed; seed < firstSeed + TIMES; seed += 1) {
    for (const [what, figure] of Object.entries(run(seed))) {
      const bound = atMost[what] ?? Number.NEGATIVE_INFINITY;
      if (figure <= bound) continue;
      const shown = Number.isInteger(figure) ? figure : figure.toFixed(2);
      console.log(JSON.stringify(`${name} (seed ${seed}): ${what}: ${shown}, at most ${bound}`));
    }
  }
}
