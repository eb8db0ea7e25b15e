// The same seed gives the same run: twice in one process, in every version of Node and on every
// machine. The hashes below are of all that happened in a run, in order and with its time.

import { describe, expect, test } from "vitest";
import type { FailureDetection } from "../../src/peer/options.js";
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
  frameSendMs: 0.03,
  frameReceiveMs: 0.03,
  knockMs: 0.1,
  kilobyteMs: 0.002,
  dialBytes: 100,
  callBytes: 120,
  messageBytes: 14,
};

type Protocol = { readonly failureDetection: FailureDetection };

function simulator(protocol: Protocol, options: Partial<SimulatorOptions>): Simulator {
  const all = { ...options.options, ...protocol };
  return new Simulator({ seed: 42, peers: 10, costs: COSTS, ...options, options: all });
}

/** Runs that between them use every part of the simulator. */
const SCENARIOS: Readonly<Record<string, (protocol: Protocol) => Simulator>> = {
  "a quiet cluster of 50 that begins joined": (protocol) => {
    const sim = simulator(protocol, { peers: 50, start: "converged" });
    sim.runFor(20_000);
    return sim;
  },
  "a join of 30 through one seed": (protocol) => {
    const sim = simulator(protocol, { peers: 30 });
    sim.expectAgreement({ withinMs: 60_000 });
    return sim;
  },
  "a partition under loss, between zones, with encryption": (protocol) => {
    const sim = simulator(protocol, {
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
  "troubled processes among originals": (protocol) => {
    const sim = simulator(protocol, { peers: 6, originals: 3, options: { pingPeriodMs: 300 } });
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
const PROTOCOLS: readonly Protocol[] = [
  { failureDetection: "suspicion" },
  { failureDetection: "immediate" },
];

describe("golden hashes", () => {
  // A change of the core, of the wire code or of the simulator that changes what is sent, or when,
  // changes these: look whether it was meant to, and write them anew with
  // `npx vitest run test/simulator/determinism.test.ts -u`. A difference between two machines or two
  // versions of Node at the same sources is a bug.
  test("of scenarios", () => {
    const hashes = PROTOCOLS.flatMap((protocol) =>
      Object.entries(SCENARIOS).map(([name, run]) => {
        const { traceHash, steps } = run(protocol);
        return `${traceHash} after ${steps} steps, ${protocol.failureDetection}: ${name}`;
      }),
    );
    expect(hashes).toMatchInlineSnapshot(`
      [
        "ddd7e5b26f1f6718 after 9408 steps, suspicion: a quiet cluster of 50 that begins joined",
        "b1a5236ac8ee648c after 2258 steps, suspicion: a join of 30 through one seed",
        "9ac4abb3f1e0e304 after 9315 steps, suspicion: a partition under loss, between zones, with encryption",
        "3e42b2aae507aaa6 after 14065 steps, suspicion: troubled processes among originals",
        "02d704c6bb8a185d after 11501 steps, immediate: a quiet cluster of 50 that begins joined",
        "5409197286a686c8 after 9448 steps, immediate: a join of 30 through one seed",
        "1f2ad8fed9061f39 after 7040 steps, immediate: a partition under loss, between zones, with encryption",
        "23d7e15257b45bd9 after 7147 steps, immediate: troubled processes among originals",
      ]
    `);
  });

  test("of random runs", () => {
    const hashes = PROTOCOLS.flatMap((protocol) =>
      SEEDS.map((seed) => {
        const { traceHash, steps } = runRandom({ seed, ...protocol, costs: COSTS });
        return `${traceHash} after ${steps} steps, ${protocol.failureDetection}: seed ${seed}`;
      }),
    );
    expect(hashes).toMatchInlineSnapshot(`
      [
        "523d5d5d0eed3ce9 after 7697 steps, suspicion: seed 1",
        "1890142131de748b after 3936 steps, suspicion: seed 2",
        "eacb94bdb43b0f51 after 10447 steps, suspicion: seed 3",
        "d5ca3667e2c94e95 after 50294 steps, suspicion: seed 17",
        "bb484c3f7f15f20d after 10087 steps, suspicion: seed 119",
        "aaa6584a1856a3d7 after 10673 steps, suspicion: seed 4000000000",
        "013af74ed3ca6f54 after 8063 steps, immediate: seed 1",
        "e8b0d462513de250 after 3962 steps, immediate: seed 2",
        "65475d3312ea67e2 after 13851 steps, immediate: seed 3",
        "685d2fbead5b4d94 after 17892 steps, immediate: seed 17",
        "e5b5db7f7fae2ce6 after 12985 steps, immediate: seed 119",
        "82df27a34511f035 after 13794 steps, immediate: seed 4000000000",
      ]
    `);
  });
});

describe.each(PROTOCOLS)("the same run, twice in one process, $failureDetection", (protocol) => {
  test.each(Object.entries(SCENARIOS))("%s", (_name, run) => {
    expect(run(protocol).traceHash).toBe(run(protocol).traceHash);
  });

  test("has the same lists, counters and clocks, also between other runs", () => {
    const stateOf = (sim: Simulator): unknown =>
      sim.peers.map(({ peer, host, isRunning }) => [
        isRunning,
        peer.stats(),
        [...peer.members().values()],
        host.counters,
        host.monotonicMs(),
      ]);
    const run = SCENARIOS["troubled processes among originals"] ?? expect.fail("no such scenario");
    const first = stateOf(run(protocol));
    runRandom({ seed: 1 });
    expect(stateOf(run(protocol))).toEqual(first);
  });

  test("is another run with another seed", () => {
    const hashes = SEEDS.map(
      (seed) => runRandom({ seed, peers: 3, faults: [], ...protocol }).traceHash,
    );
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
    const expected = runRandom({ seed: 3, ...protocol }).traceHash;
    let hash: string;
    try {
      Math.random = forbidden;
      Date.now = forbidden;
      performance.now = forbidden;
      Object.assign(globalThis, { setTimeout: forbidden, setImmediate: forbidden });
      hash = runRandom({ seed: 3, ...protocol }).traceHash;
    } finally {
      Math.random = random;
      Date.now = now;
      performance.now = performanceNow;
      Object.assign(globalThis, { setTimeout: realSetTimeout, setImmediate: realSetImmediate });
    }
    expect(hash).toBe(expected);
  });
});
