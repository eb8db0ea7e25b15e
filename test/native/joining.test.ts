// Many that start at the same moment: each learns of the others without waiting for its period.

import { expect, test } from "vitest";
import { Simulator } from "../../src/simulator/index.js";

test.each([3, 10, 50])(
  "%i peers that start together list each other within a third of a ping period",
  (peers) => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const sim = new Simulator({ seed, peers });
      const listAll = (): boolean => sim.peers.every(({ listSize }) => listSize === peers);
      expect(sim.runUntil(listAll, { withinMs: 333 }), `seed ${seed}`).toBeDefined();
    }
  },
);
