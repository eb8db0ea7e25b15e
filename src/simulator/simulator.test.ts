// A simulated cluster as its users see it: each fault does what it says, seen through the `Peer` of
// the others; virtual time passes as asked; and what does not agree is named.

import { describe, expect, test } from "vitest";
import type { PeerEvent } from "../peer/event-queue.js";
import type { SimPeer } from "./sim-peer.js";
import { type FaultKind, Simulator, type SimulatorOptions } from "./simulator.js";

/** A cluster whose members list each other, with the default options but for a short period. */
function cluster(peers: number, options: Partial<SimulatorOptions> = {}): Simulator {
  const sim = new Simulator({ seed: 1, peers, options: { pingPeriodMs: 200 }, ...options });
  sim.expectAgreement({ withinMs: 60_000 });
  return sim;
}

/** The rule of the seed, where a test looks at its calls and timeouts. */
const SEEDS_RULE = {
  options: { pingPeriodMs: 200, failureDetection: "immediate" },
} satisfies Partial<SimulatorOptions>;

/** The names that a peer lists, its own among them. */
function namesSeenBy(simPeer: SimPeer): string[] {
  return Array.from(simPeer.peer.members().values(), ({ info }) => info.name).sort();
}

/** The names that each of the running peers lists. */
function views(sim: Simulator): string[] {
  return sim.running.map((simPeer) => namesSeenBy(simPeer).join(" "));
}

/** How long it takes until one peer no longer lists another. */
function msUntilRemoved(sim: Simulator, by: number, of: number, withinMs = 60_000): number {
  const { address } = sim.peer(of);
  const isRemoved = (): boolean => !sim.peer(by).peer.members().has(address);
  return sim.runUntil(isRemoved, { withinMs }) ?? expect.fail(`peer ${of} was not removed`);
}

describe("the start", () => {
  test("seeded: peers find each other through the first", () => {
    const sim = new Simulator({ seed: 1, peers: 3 });
    expect(views(sim)).toEqual(["peer-0", "peer-1", "peer-2"]);
    sim.expectAgreement({ withinMs: 10_000 });
    expect(views(sim)).toEqual(new Array(3).fill("peer-0 peer-1 peer-2"));
  });

  test("converged: each lists all from the first moment, and stays so", () => {
    const sim = new Simulator({ seed: 1, peers: 20, start: "converged" });
    expect(sim.agrees).toBe(true);
    expect(namesSeenBy(sim.peer(7))).toHaveLength(20);
    let changes = 0;
    sim.observe({ onRecordChange: () => (changes += 1) });
    sim.runFor(60_000);
    expect(changes).toBe(0);
    expect(sim.peers.every((peer) => peer.peer.stats().probesTimely > 35)).toBe(true);
  });

  test("stopped: nobody runs until it is started", () => {
    const sim = new Simulator({ seed: 1, peers: 2, start: "stopped" });
    sim.runFor(10_000);
    expect(sim.running).toEqual([]);
    expect(sim.steps).toBe(0);
    sim.restart(sim.peer(0));
    sim.restart(sim.peer(1));
    sim.expectAgreement({ withinMs: 10_000 });
    expect(sim.running).toHaveLength(2);
  });

  test("by DNS: a name stands for the addresses that it is given", () => {
    const sim = new Simulator({
      seed: 1,
      peers: 3,
      start: "stopped",
      dns: { "cluster.test": ["10.0.0.1", "10.0.0.2"] },
    });
    for (const simPeer of sim.peers) simPeer.start();
    void sim.peer(2).peer.addSeed("cluster.test:7946");
    sim.runFor(1_000);
    expect(namesSeenBy(sim.peer(2))).toContain("peer-1");
  });

  test.each([
    [{ seed: -1, peers: 2 }, "seed must be a whole number from 0 to 2^32 - 1 (it is -1)"],
    [{ seed: 2 ** 32, peers: 2 }, "seed must be a whole number from 0 to 2^32 - 1"],
    [{ seed: 0.5, peers: 2 }, "seed must be a whole number from 0 to 2^32 - 1 (it is 0.5)"],
    [{ seed: 1, peers: 0 }, "peers must be a whole number from 1 to 100000 (it is 0)"],
    [{ seed: 1, peers: Number.NaN }, "peers must be a whole number from 1 to 100000"],
  ])("with %j is refused in words", (options, message) => {
    expect(() => new Simulator(options)).toThrow(message);
  });
});

describe("faults of a process", () => {
  test("a crash is found at the next exchange, and a restart brings it back", () => {
    const sim = cluster(4);
    sim.crash(sim.peer(3));
    expect(msUntilRemoved(sim, 0, 3)).toBeLessThan(4_000);
    sim.expectAgreement({ withinMs: 10_000 });
    expect(views(sim)).toEqual(new Array(3).fill("peer-0 peer-1 peer-2"));
    sim.restart(sim.peer(3), "reborn");
    sim.expectAgreement({ withinMs: 10_000 });
    expect(views(sim)).toEqual(new Array(4).fill("peer-0 peer-1 peer-2 reborn"));
  });

  test("a host that vanishes is found once it does not answer in time", () => {
    const sim = cluster(4);
    sim.killHost(sim.peer(3));
    // A probe of 0.5 s has to time out.
    const tookMs = msUntilRemoved(sim, 0, 3);
    expect(tookMs).toBeGreaterThan(500);
    expect(tookMs).toBeLessThan(4_000);
    sim.restart(sim.peer(3));
    sim.expectAgreement({ withinMs: 20_000 });
    expect(sim.running).toHaveLength(4);
  });

  test("by the seed's rule, it is found by its longer timeouts", () => {
    const sim = cluster(4, SEEDS_RULE);
    sim.killHost(sim.peer(3));
    // An exchange of 2 s and a ping of 1 s have to time out.
    expect(msUntilRemoved(sim, 0, 3)).toBeGreaterThan(3_000);
    sim.restart(sim.peer(3));
    sim.expectAgreement({ withinMs: 20_000 });
    expect(sim.running).toHaveLength(4);
  });

  test("a host that vanishes after its process crashed can be started again", () => {
    const sim = cluster(3);
    sim.crash(sim.peer(2));
    sim.expectAgreement({ withinMs: 10_000 });
    sim.killHost(sim.peer(2));
    sim.runFor(1_000);
    sim.restart(sim.peer(2));
    expect(sim.peer(2).isRunning).toBe(true);
    sim.expectAgreement({ withinMs: 20_000 });
    expect(views(sim)).toEqual(new Array(3).fill("peer-0 peer-1 peer-2"));
  });

  test("a peer that leaves is seen as left, not as failed, and its process ends", async () => {
    const sim = cluster(3);
    const seen: PeerEvent["type"][] = [];
    void (async () => {
      for await (const event of sim.peer(0).peer.events()) seen.push(event.type);
    })();
    sim.leave(sim.peer(2));
    await sim.runForAsync(5_000);
    expect(seen).toEqual(["member-left"]);
    expect(sim.peer(2).isRunning).toBe(false);
    expect(sim.agrees).toBe(true);
  });

  test("a paused peer is removed, and is back some time after it is resumed", () => {
    const sim = cluster(3);
    sim.pause(sim.peer(2));
    expect(msUntilRemoved(sim, 0, 2)).toBeGreaterThan(500);
    sim.resume(sim.peer(2));
    sim.expectAgreement({ withinMs: 20_000 });
    expect(views(sim)).toEqual(new Array(3).fill("peer-0 peer-1 peer-2"));
  });

  test("a short pause removes nobody", () => {
    const sim = cluster(3);
    sim.pause(sim.peer(2));
    sim.runFor(1_500);
    sim.resume(sim.peer(2));
    sim.runFor(10_000);
    expect(sim.agrees).toBe(true);
    expect(sim.peer(0).peer.stats().goneMembers).toBe(0);
  });

  test("a blocked peer answers nobody, though its timers run", () => {
    const sim = cluster(3);
    sim.block(sim.peer(2));
    msUntilRemoved(sim, 0, 2);
    // Its own deadlines have passed too: it takes the others for gone.
    sim.runFor(5_000);
    expect(namesSeenBy(sim.peer(2))).toEqual(["peer-2"]);
    sim.unblock(sim.peer(2));
    sim.expectAgreement({ withinMs: 30_000 });
    expect(namesSeenBy(sim.peer(2))).toHaveLength(3);
  });

  test("a slow peer is charged more CPU for the same work", () => {
    const sim = cluster(2);
    const spentMs = (): number => {
      const before = sim.peer(1).host.counters.cpuMs;
      sim.runFor(10_000);
      return sim.peer(1).host.counters.cpuMs - before;
    };
    const usualMs = spentMs();
    sim.slow(sim.peer(1), 5);
    const slowMs = spentMs();
    expect(slowMs / usualMs).toBeGreaterThan(4);
    expect(slowMs / usualMs).toBeLessThan(6);
  });

  test("a clock that is set back does not keep a restarted peer from being heard", () => {
    const sim = cluster(3);
    sim.jumpClock(sim.peer(2), -3_600_000);
    sim.restart(sim.peer(2), "an hour younger");
    sim.expectAgreement({ withinMs: 20_000 });
    expect(namesSeenBy(sim.peer(0))).toContain("an hour younger");
  });

  test("a clock that drifts makes more exchanges of its periods", () => {
    const sim = cluster(2, SEEDS_RULE);
    sim.driftClock(sim.peer(1), 2);
    const [before0, before1] = sim.peers.map(({ peer }) => peer.stats().exchangesStarted);
    sim.runFor(20_000);
    const [after0, after1] = sim.peers.map(({ peer }) => peer.stats().exchangesStarted);
    expect((after0 ?? 0) - (before0 ?? 0)).toBeCloseTo(100, -1);
    expect((after1 ?? 0) - (before1 ?? 0)).toBeCloseTo(200, -1);
  });
});

describe("peers that share a CPU", () => {
  /** A cluster of four in which peer 0 has far more to do than its CPU can. */
  function overloaded(options: Partial<SimulatorOptions>): Simulator {
    const sim = cluster(4, { start: "converged", ...options });
    sim.slow(sim.peer(0), 2_000);
    return sim;
  }

  /** Whom peer 3 lists a minute later. */
  function seenAfterAMinute(sim: Simulator): string[] {
    sim.runFor(60_000);
    return namesSeenBy(sim.peer(3));
  }

  test("wait for each other: who shares that of a busy one is removed with it", () => {
    const alone = overloaded({});
    expect(seenAfterAMinute(alone)).toEqual(["peer-1", "peer-2", "peer-3"]);
    const shared = overloaded({ cpuOf: (index) => Math.floor(index / 2) });
    expect(seenAfterAMinute(shared)).toEqual(["peer-2", "peer-3"]);
  });

  test("are behind by the same, and those on another CPU are not", () => {
    const sim = overloaded({ cpuOf: (index) => Math.floor(index / 2) });
    sim.runFor(10_000);
    const [a, b, c, d] = sim.peers.map(({ host }) => host.backlogMs);
    expect(a).toBeGreaterThan(1_000);
    expect(b).toBe(a);
    expect(c).toBeLessThan(1_000);
    expect(d).toBe(c);
  });

  test("are each charged for what they did themselves", () => {
    const sim = overloaded({ cpuOf: () => 0 });
    sim.runFor(10_000);
    const [busy = 0, ...others] = sim.peers.map(({ host }) => host.counters.cpuMs);
    for (const other of others) expect(other).toBeLessThan(busy / 10);
  });

  test("still wait for what one of them began before it crashed", () => {
    const sim = overloaded({ cpuOf: (index) => Math.floor(index / 2) });
    sim.runFor(10_000);
    const backlogMs = sim.peer(1).host.backlogMs;
    sim.crash(sim.peer(0));
    expect(sim.peer(1).host.backlogMs).toBe(backlogMs);
  });
});

describe("faults of the network", () => {
  test("a partition makes two clusters, and its end makes one again", () => {
    const sim = cluster(5);
    const [a, b] = [sim.peers.slice(0, 2), sim.peers.slice(2)];
    sim.partition(a, b);
    sim.runFor(20_000);
    expect(views(sim)).toEqual([
      ...new Array(2).fill("peer-0 peer-1"),
      ...new Array(3).fill("peer-2 peer-3 peer-4"),
    ]);
    sim.heal();
    sim.expectAgreement({ withinMs: 30_000 });
    expect(views(sim)).toEqual(new Array(5).fill("peer-0 peer-1 peer-2 peer-3 peer-4"));
  });

  test("a cut of one direction stops the answers to the calls of the other", () => {
    const sim = cluster(2, SEEDS_RULE);
    sim.cut([sim.peer(0)], [sim.peer(1)]);
    const before = sim.peers.map(({ peer }) => peer.stats());
    sim.runFor(5_000);
    const after = sim.peers.map(({ peer }) => peer.stats());
    // What peer 1 asks arrives at peer 0; nothing that peer 0 says arrives at peer 1.
    expect(after[0]?.exchangesServed).toBeGreaterThan(before[0]?.exchangesServed ?? 0);
    expect(after[1]?.exchangesAnswered).toBe(before[1]?.exchangesAnswered);
    expect(after[1]?.exchangesServed).toBe(before[1]?.exchangesServed);
  });

  test("behind a firewall a peer is linked to that can only dial out itself", () => {
    const sim = cluster(3);
    sim.refuse([sim.peer(0)], [sim.peer(2)]);
    sim.runFor(10_000);
    expect(sim.agrees).toBe(true);
    sim.restart(sim.peer(2));
    sim.runFor(10_000);
    expect(sim.agrees).toBe(true);
  });

  test("by the seed's rule, a firewall keeps one side from dialling, and leaves open connections alone", () => {
    const sim = cluster(3, SEEDS_RULE);
    sim.refuse([sim.peer(0)], [sim.peer(2)]);
    sim.runFor(10_000);
    expect(sim.agrees).toBe(true);
    sim.restart(sim.peer(2));
    msUntilRemoved(sim, 0, 2);
    // Peer 2 still dials peer 0.
    sim.runFor(10_000);
    expect(namesSeenBy(sim.peer(2))).toContain("peer-0");
    expect(namesSeenBy(sim.peer(0))).not.toContain("peer-2");
    sim.heal();
    sim.expectAgreement({ withinMs: 30_000 });
  });

  test("loss makes exchanges slower, and loses none of what is sent", () => {
    const sim = cluster(2);
    sim.lose(sim.peers, sim.peers, 0.1);
    sim.peer(0).peer.updateInfo({ name: "updated" });
    sim.expectAgreement({ withinMs: 10_000 });
    expect(namesSeenBy(sim.peer(1))).toEqual(["peer-1", "updated"]);
  });

  test("zones are as far apart as they are said to be", () => {
    const sim = new Simulator({
      seed: 1,
      peers: 3,
      zoneOf: (index) => (index === 2 ? "west" : "east"),
      network: { zoneLatency: { "east west": { oneWayMs: 400, jitterMs: 0 } } },
    });
    const msUntilListed = (index: number): number | undefined =>
      sim.runUntil(() => sim.peer(index).peer.members().size > 1, { withinMs: 10_000 });
    // Two round trips: one for the connection, one for the exchange.
    expect(msUntilListed(1)).toBeLessThan(100);
    expect(msUntilListed(2)).toBeGreaterThan(1_500);
  });
});

test("each fault is told to observers under its name", () => {
  const sim = new Simulator({ seed: 1, peers: 2 });
  const told: FaultKind[] = [];
  const stop = sim.observe({ onFault: (kind) => told.push(kind) });
  const [first, second] = [sim.peer(0), sim.peer(1)];
  sim.partition([first], [second]);
  sim.refuse([first], [second]);
  sim.lose([first], [second], 0.5);
  sim.heal();
  sim.pause(first);
  sim.resume(first);
  sim.block(first);
  sim.unblock(first);
  sim.slow(first, 2);
  sim.jumpClock(first, 1);
  sim.driftClock(first, 1.1);
  sim.leave(second);
  sim.crash(first);
  sim.restart(first);
  sim.killHost(first);
  stop();
  sim.heal();
  expect(told.join(" ")).toBe(
    "cut cut refuse lose heal pause resume block unblock slow jump-clock drift-clock leave crash restart kill-host",
  );
});

describe("virtual time", () => {
  test("passes exactly as long as it is asked to, also when nothing happens", () => {
    const sim = new Simulator({ seed: 1, peers: 1 });
    sim.runFor(12_345);
    expect(sim.nowMs).toBe(12_345);
  });

  test("stops where what is waited for is reached", () => {
    const sim = cluster(2);
    const startMs = sim.nowMs;
    sim.after(500, () => sim.crash(sim.peer(1)));
    const tookMs = sim.runUntil(() => !sim.peer(1).isRunning, { withinMs: 60_000 });
    expect(tookMs).toBeCloseTo(500, 6);
    expect(sim.nowMs - startMs).toBeCloseTo(500, 6);
    expect(sim.runUntil(() => true, { withinMs: 0 })).toBe(0);
    expect(sim.runUntil(() => false, { withinMs: 1_000 })).toBeUndefined();
  });
});

describe("code of an application", () => {
  test("awaits a seed in virtual time", async () => {
    const sim = new Simulator({ seed: 1, peers: 2, start: "stopped" });
    for (const simPeer of sim.peers) simPeer.start();
    const reached = sim.peer(0).peer.addSeed(sim.peer(1).address);
    await sim.runForAsync(1_000);
    await reached;
    expect(sim.peer(0).peer.members().has(sim.peer(1).address)).toBe(true);
  });

  test("is told that a seed does not answer", async () => {
    const sim = new Simulator({ seed: 1, peers: 2 });
    sim.killHost(sim.peer(1));
    const outcome = sim
      .peer(0)
      .peer.addSeed(sim.peer(1).address)
      .catch((error) => error.code);
    await sim.runForAsync(10_000);
    expect(await outcome).toBe("SEED_UNREACHABLE");
  });

  test("reads events as they happen, and acts on them at once", async () => {
    const sim = cluster(3);
    const crashedMs = sim.nowMs;
    const { peer } = sim.peer(0);
    const acted: [atMs: number, name: string][] = [];
    void (async () => {
      for await (const event of peer.events()) {
        if (event.type !== "member-failed") continue;
        // A chain of promises, as an application's code has it.
        await Promise.all([Promise.resolve(), (async () => await Promise.resolve())()]);
        peer.updateInfo({ name: `saw ${event.member.info.name} fail` });
        acted.push([sim.nowMs, event.member.info.name]);
      }
    })();
    let removedMs: number | undefined;
    sim.observe({
      onRecordChange: (observer, { after }) => {
        if (observer === sim.peer(0) && after === undefined) removedMs ??= sim.nowMs;
      },
    });
    sim.crash(sim.peer(2));
    await sim.runForAsync(10_000);
    expect(acted).toEqual([[removedMs, "peer-2"]]);
    expect(removedMs).toBeGreaterThan(crashedMs);
    expect(namesSeenBy(sim.peer(1))).toEqual(["peer-1", "saw peer-2 fail"]);
  });

  test("leaves and stops its peer itself", async () => {
    const sim = cluster(4);
    const left = sim.peer(3).peer.leave();
    await sim.runForAsync(10_000);
    await left;
    expect(sim.peer(3).isRunning).toBe(false);
    await sim.peer(2).peer.stop();
    expect(sim.peer(2).isRunning).toBe(false);
    sim.expectAgreement({ withinMs: 10_000 });
    expect(views(sim)).toEqual(new Array(2).fill("peer-0 peer-1"));
  });

  test("gets the same run as without promises", async () => {
    const [a, b] = [new Simulator({ seed: 5, peers: 4 }), new Simulator({ seed: 5, peers: 4 })];
    a.runFor(10_000);
    await b.runForAsync(10_000);
    expect(b.traceHash).toBe(a.traceHash);
  });

  test("sees its peer end with the process", async () => {
    const sim = cluster(2);
    let hasEnded = 0;
    for (const simPeer of sim.peers) {
      void (async () => {
        for await (const _event of simPeer.peer.events());
        hasEnded += 1;
      })();
    }
    sim.crash(sim.peer(0));
    sim.killHost(sim.peer(1));
    await sim.runForAsync(1_000);
    expect(hasEnded).toBe(2);
  });
});

describe("expectAgreement", () => {
  test("tells how long it took", () => {
    const sim = cluster(3);
    expect(sim.expectAgreement({ withinMs: 0 })).toBe(0);
    sim.peer(0).peer.updateInfo({ name: "updated" });
    const tookMs = sim.expectAgreement({ withinMs: 10_000 });
    expect(tookMs).toBeGreaterThan(0);
    expect(tookMs).toBeLessThan(2_000);
  });

  test("fails with the time, who runs, how two differ, and the seed", () => {
    const sim = cluster(3);
    sim.partition([sim.peer(0)], sim.peers.slice(1));
    sim.runFor(20_000);
    const error = new RegExp(
      "^no agreement within 5000 ms of virtual time: 3 run, of which 1 peers list 1, 2 peers list 2 " +
        "\\(seed 1, trace [0-9a-f]{16}\\); " +
        'of 10.0.0.1:7946, 10.0.0.1:7946 says "peer-0" at version \\d+, 10.0.0.2:7946 says nothing$',
    );
    expect(() => sim.expectAgreement({ withinMs: 5_000 })).toThrow(error);
  });
});
