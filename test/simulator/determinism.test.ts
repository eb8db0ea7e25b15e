// The same seed gives the same run: twice in one process, in every version of Node and on every
// machine. The hashes below are of all that happened in a run, in order and with its time.

import { describe, expect, test } from "vitest";
import type { Costs } from "../../src/simulator/costs.js";
import { runRandom } from "../../src/simulator/random-run.js";
import { Simulator, type SimulatorOptions } from "../../src/simulator/simulator.js";

/** Fixed, so that measuring the real costs anew changes no hash. */
const COSTS: Costs = {
  dialMs: 1.2,
  acceptMs: 0.6,
  callMs: 0.2,
  serveMs: 0.3,
  sendMessageMs: 0.008,
  answerMessageMs: 0.01,
  receiveMessageMs: 0.007,
  kilobyteMs: 0.002,
  dialBytes: 100,
  callBytes: 120,
  messageBytes: 14,
};

function simulator(options: Partial<SimulatorOptions>): Simulator {
  return new Simulator({ seed: 42, peers: 10, costs: COSTS, ...options });
}

/** Runs that between them use every part of the simulator. */
const SCENARIOS: Readonly<Record<string, () => Simulator>> = {
  "a quiet cluster of 50 that begins joined": () => {
    const sim = simulator({ peers: 50, start: "converged" });
    sim.runFor(20_000);
    return sim;
  },
  "a join of 30 through one seed": () => {
    const sim = simulator({ peers: 30 });
    sim.expectAgreement({ withinMs: 60_000 });
    return sim;
  },
  "a partition under loss, between zones, with encryption": () => {
    const sim = simulator({
      network: {
        latency: { oneWayMs: 0.3, jitterMs: 0.2 },
        zoneLatency: { "east west": { oneWayMs: 41.7, jitterMs: 3.1 } },
        lossRate: 0.02,
        tls: true,
      },
      zoneOf: (index) => (index % 3 === 0 ? "east" : "west"),
    });
    sim.runFor(10_000);
    sim.lose(sim.peers, sim.peers, 0.1);
    sim.partition(sim.peers.slice(0, 4), sim.peers.slice(4));
    sim.runFor(20_000);
    sim.heal();
    sim.runFor(30_000);
    return sim;
  },
  "troubled processes among originals": () => {
    const sim = simulator({ peers: 6, originals: 3, options: { pingPeriodMs: 300 } });
    sim.runFor(5_000);
    sim.pause(sim.peer(1));
    sim.block(sim.peer(2));
    sim.slow(sim.peer(3), 40);
    sim.driftClock(sim.peer(4), 1.07);
    sim.jumpClock(sim.peer(5), -90_000);
    sim.runFor(5_000);
    sim.resume(sim.peer(1));
    sim.unblock(sim.peer(2));
    sim.restart(sim.peer(5), "anew");
    sim.killHost(sim.peer(3));
    sim.leave(sim.peer(4));
    sim.runFor(20_000);
    return sim;
  },
};

const SEEDS = [1, 2, 3, 17, 119, 4_000_000_000];

describe("golden hashes", () => {
  // A change of the core, of the wire code or of the simulator that changes what is sent, or when,
  // changes these: look whether it was meant to, and write them anew with
  // `npx vitest run test/simulator/determinism.test.ts -u`. A difference between two machines or two
  // versions of Node at the same sources is a bug.
  test("of scenarios", () => {
    const hashes = Object.entries(SCENARIOS).map(([name, run]) => {
      const { traceHash, steps } = run();
      return `${traceHash} after ${steps} steps: ${name}`;
    });
    expect(hashes).toMatchInlineSnapshot(`
      [
        "02d704c6bb8a185d after 11501 steps: a quiet cluster of 50 that begins joined",
        "5409197286a686c8 after 9448 steps: a join of 30 through one seed",
        "1f2ad8fed9061f39 after 7040 steps: a partition under loss, between zones, with encryption",
        "e8ff9ed6e97a34bd after 7119 steps: troubled processes among originals",
      ]
    `);
  });

  test("of random runs", () => {
    const hashes = SEEDS.map((seed) => {
      const { traceHash, steps } = runRandom({ seed, costs: COSTS });
      return `${traceHash} after ${steps} steps: seed ${seed}`;
    });
    expect(hashes).toMatchInlineSnapshot(`
      [
        "5aaa4d77c0a0dd70 after 520 steps: seed 1",
        "d69fc6801e2f149d after 8495 steps: seed 2",
        "b042b27d30c0da56 after 3599 steps: seed 3",
        "dbb0f9bfaa50f263 after 6719 steps: seed 17",
        "b50e3f456d02f06f after 4474 steps: seed 119",
        "989399816b684bd1 after 3977 steps: seed 4000000000",
      ]
    `);
  });
});

describe("the same run, twice in one process", () => {
  test.each(Object.entries(SCENARIOS))("%s", (_name, run) => {
    expect(run().traceHash).toBe(run().traceHash);
  });

  test("has the same lists, counters and clocks, also between other runs", () => {
    const stateOf = (sim: Simulator): unknown =>
      sim.peers.map(({ peer, core, host, isRunning }) => [
        isRunning,
        peer.stats(),
        Array.from(core?.members("all") ?? []),
        host.counters,
        host.monotonicMs(),
      ]);
    const run = SCENARIOS["troubled processes among originals"] ?? expect.fail("no such scenario");
    const first = stateOf(run());
    runRandom({ seed: 1 });
    expect(stateOf(run())).toEqual(first);
  });

  test("is another run with another seed", () => {
    const hashes = SEEDS.map((seed) => runRandom({ seed, peers: 3, faults: [] }).traceHash);
    expect(new Set(hashes).size).toBe(SEEDS.length);
  });

  test("does not depend on the real clock, on chance or on timers", () => {
    const forbidden = (): never => {
      throw new Error("the simulator used something of the real world");
    };
    const random = Math.random;
    const { now } = Date;
    const { setTimeout: realSetTimeout, setImmediate: realSetImmediate } = globalThis;
    const performanceNow = performance.now;
    const expected = runRandom({ seed: 3 }).traceHash;
    let hash: string;
    try {
      Math.random = forbidden;
      Date.now = forbidden;
      performance.now = forbidden;
      Object.assign(globalThis, { setTimeout: forbidden, setImmediate: forbidden });
      hash = runRandom({ seed: 3 }).traceHash;
    } finally {
      Math.random = random;
      Date.now = now;
      performance.now = performanceNow;
      Object.assign(globalThis, { setTimeout: realSetTimeout, setImmediate: realSetImmediate });
    }
    expect(hash).toBe(expected);
  });
});
