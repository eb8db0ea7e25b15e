// A machine that vanishes ends none of its links. Once another runs at its address, they are over: what
// becomes of the new one is seen as soon as of any other.

import { expect, test } from "vitest";
import { Simulator } from "../../src/simulator/index.js";

test.each([1, 2, 3, 4])(
  "a crash after a machine was replaced is seen at once (seed %i)",
  (seed) => {
    const sim = new Simulator({ seed, peers: 3, start: "converged" });
    const [watcher, replaced] = [sim.peer(0), sim.peer(1)];
    sim.runFor(3_000);
    sim.killHost(replaced);
    // So soon that nobody has given up the links to it.
    sim.runFor(200);
    sim.restart(replaced);
    sim.runFor(20_000);
    sim.leave(sim.peer(2));
    sim.runFor(5_000);
    const suspicions = watcher.peer.stats().suspicions;
    expect(watcher.native?.links(sim.nowMs).length).toBeLessThanOrEqual(2);
    sim.crash(replaced);
    sim.runFor(500);
    expect(watcher.peer.stats().suspicions).toBe(suspicions + 1);
  },
);
