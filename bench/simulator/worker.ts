// Simulates one cluster in a process of its own, so that its peak of memory is its own.

import { Simulator } from "../../src/simulator/simulator.js";
import type { SimulatorCost, SimulatorLoad } from "./messages.js";

const SEED = 1;

function simulate({ peers, virtualMs, marksMs }: SimulatorLoad): SimulatorCost {
  const startMs = performance.now();
  const sim = new Simulator({
    seed: SEED,
    peers,
    start: "converged",
    options: { pingPeriodMs: 1_000 },
  });
  const marksWallMs = marksMs.map((markMs) => {
    sim.runFor(markMs - sim.nowMs);
    return performance.now() - startMs;
  });
  sim.runFor(virtualMs - sim.nowMs);
  const { user, system } = process.cpuUsage();
  return {
    wallMs: performance.now() - startMs,
    cpuMs: (user + system) / 1_000,
    peakBytes: process.resourceUsage().maxRSS * 1_024,
    marksWallMs,
    messages: sim.peers.reduce((sum, { host }) => sum + host.counters.messagesSent, 0),
    traceHash: sim.traceHash,
  };
}

process.once("message", (load: SimulatorLoad) => {
  process.send?.(simulate(load), () => process.exit());
});
