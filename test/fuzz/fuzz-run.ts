// How long a property is tried, and with which chance: as many runs as are given and always the same
// in `npm test`, for minutes and with another seed each time in `npm run fuzz`.

import fc from "fast-check";
import { seededRandom } from "../support/seeded-random.js";

const MAX_INT = 2 ** 31 - 1;
const { GOSSIP_FUZZ_SEED, GOSSIP_FUZZ_MINUTES } = process.env;

/** What everything drawn is drawn from. */
const FUZZ_SEED = Number(GOSSIP_FUZZ_SEED ?? 1);
/** For how long each property is tried; undefined for a number of runs. */
const FUZZ_MS =
  GOSSIP_FUZZ_MINUTES === undefined ? undefined : Number(GOSSIP_FUZZ_MINUTES) * 60_000;

/** How long a test of one property may take. */
export const FUZZ_BOUND_MS = (FUZZ_MS ?? 0) + 120_000;

/** The command that finds again what was found. */
const FUZZ_AGAIN = `repeat it with: npm run fuzz -- --seed ${FUZZ_SEED}${
  FUZZ_MS === undefined ? "" : ` --minutes ${FUZZ_MS / 60_000}`
}`;

/** Tries a property with all that is drawn; throws what was found, and how to find it again. */
export function tryOften<Drawn>(
  runs: number,
  drawn: fc.Arbitrary<Drawn>,
  holds: (drawn: Drawn) => void,
): void {
  fc.assert(fc.property(drawn, holds), {
    seed: FUZZ_SEED,
    numRuns: FUZZ_MS === undefined ? runs : MAX_INT,
    ...(FUZZ_MS === undefined ? {} : { interruptAfterTimeLimit: FUZZ_MS }),
    reporter: (details) => {
      if (!details.failed) return;
      throw new Error(`${fc.defaultReportMessage(details)}\n${FUZZ_AGAIN}`, {
        cause: details.errorInstance,
      });
    },
  });
}

/** Does something so often, each time with a chance of its own, or again and again for minutes. */
export async function doOften(
  rounds: number,
  act: (random: () => number) => Promise<void>,
): Promise<void> {
  const begunAtMs = performance.now();
  const isOver = (round: number): boolean => {
    return FUZZ_MS === undefined ? round >= rounds : performance.now() - begunAtMs > FUZZ_MS;
  };
  for (let round = 0; !isOver(round); round += 1) {
    try {
      await act(seededRandom(FUZZ_SEED * 1_000 + round));
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`round ${round}: ${message}\n${FUZZ_AGAIN}`, { cause });
    }
  }
}
