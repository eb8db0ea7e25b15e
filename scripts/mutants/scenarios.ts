// Small experiments, of some seconds of CPU time each, built of what `src/simulator/experiments` is built
// of: each takes a few figures of a cluster, and each figure has a bound that the core as it is keeps with
// room to spare. A mutant that breaks what a rule is for, and not what always holds, is seen by these.

import type { PeerInfo } from "../../src/core/record.js";
import { Budget } from "../../src/simulator/experiments/budget.js";
import { Cluster, Removals } from "../../src/simulator/experiments/cluster.js";
import { mean } from "../../src/simulator/experiments/statistics.js";
import type { SimPeer } from "../../src/simulator/sim-peer.js";
import type { SimulatorOptions } from "../../src/simulator/simulator.js";

/** Figures by what they are. */
type Figures = Readonly<Record<string, number>>;

/** A small experiment. */
export interface Scenario {
  readonly name: string;
  /** What no figure may be above. */
  readonly atMost: Figures;
  run(seed: number): Figures;
}

/** The scenarios end by virtual time alone. */
const ENDLESS = new Budget(() => 0, 1);
const PERIOD_MS = 1_000;
const WARM_UP_MS = 12_000;

function converged(seed: number, peers: number, more: Partial<SimulatorOptions> = {}): Cluster {
  const cluster = new Cluster({ seed, peers, start: "converged", ...more });
  cluster.pass(WARM_UP_MS, ENDLESS);
  cluster.startCounting();
  return cluster;
}

function drawn(cluster: Cluster): SimPeer {
  const [peer] = cluster.draw(1, "drawn");
  if (peer === undefined) throw new Error("there are no peers");
  return peer;
}

/** A change of one peer's info on its way: when each other peer has it. */
class Spread {
  readonly timesMs: number[] = [];
  readonly #waiting: Set<SimPeer>;

  constructor(cluster: Cluster, owner: SimPeer, info: PeerInfo) {
    const startMs = cluster.sim.nowMs;
    this.#waiting = new Set(cluster.sim.running.filter((peer) => peer !== owner));
    cluster.onChange((observer, { address, after }) => {
      if (address !== owner.address || after?.name !== info.name) return;
      if (this.#waiting.delete(observer)) this.timesMs.push(cluster.sim.nowMs - startMs);
    });
    owner.peer.updateInfo(info);
  }

  get isDone(): boolean {
    return this.#waiting.size === 0;
  }
}

/** How long until it is so; as long as it was waited for where it is never. */
function until(cluster: Cluster, isReached: () => boolean, withinMs: number): number {
  return cluster.wait(isReached, { withinMs, budget: ENDLESS }).tookMs;
}

/** One goes: how long until nobody lists it. */
function goes(cluster: Cluster, go: (peer: SimPeer) => void): number {
  const peer = drawn(cluster);
  const others = cluster.sim.peers.filter((other) => other !== peer);
  const removals = new Removals(cluster, [peer], others);
  cluster.anomalous.add(peer);
  go(peer);
  return until(cluster, () => removals.isDone, 60_000);
}

function falseRemovals(cluster: Cluster): Figures {
  return { "live members removed": cluster.falsePositives };
}

const crash: Scenario = {
  name: "one of 24 crashes",
  atMost: { "ms until all know": 200, "live members removed": 0 },
  run: (seed) => {
    const cluster = converged(seed, 24);
    const tookMs = goes(cluster, (peer) => cluster.sim.crash(peer));
    return { "ms until all know": tookMs, ...falseRemovals(cluster) };
  },
};

const vanish: Scenario = {
  name: "the machine of one of 24 vanishes",
  atMost: { "ms until all know": 7_000, "live members removed": 0 },
  run: (seed) => {
    const cluster = converged(seed, 24);
    const tookMs = goes(cluster, (peer) => cluster.sim.killHost(peer));
    return { "ms until all know": tookMs, ...falseRemovals(cluster) };
  },
};

const update: Scenario = {
  name: "one of 48 changes a key of its large metadata",
  atMost: {
    "ms until all know": 30,
    "copies a peer gets": 7.5,
    "bytes a peer sends": 1_000,
    "share by which the time told is wrong": 0.3,
  },
  run: (seed) => {
    const latency = { oneWayMs: 4, jitterMs: 0.5 };
    const cluster = new Cluster({ seed, peers: 48, start: "converged", network: { latency } });
    const owner = drawn(cluster);
    const values = Array.from({ length: 40 }, (_, index) => [`key-${index}`, "x".repeat(100)]);
    const metadata = Object.fromEntries(values) as Record<string, string>;
    owner.peer.updateInfo({ name: "large", metadata });
    cluster.pass(WARM_UP_MS, ENDLESS);
    cluster.startCounting();
    const before = told(cluster);
    const spread = new Spread(cluster, owner, {
      name: "changed",
      metadata: { ...metadata, "key-7": "changed" },
    });
    const tookMs = until(cluster, () => spread.isDone, 30_000);
    cluster.pass(200, ENDLESS);
    const after = told(cluster);
    const toldMs = (after.sumMs - before.sumMs) / Math.max(1, after.count - before.count);
    const trueMs = mean(spread.timesMs) ?? 0;
    return {
      "ms until all know": tookMs,
      "copies a peer gets": (after.copies - before.copies) / 48,
      "bytes a peer sends": cluster.bytesSent / 48,
      "share by which the time told is wrong": Math.abs(toldMs - trueMs) / trueMs,
    };
  },
};

/** Copies of rumors that came, and how long they had been on their way as far as that was told. */
function told({ sim }: Cluster): { copies: number; sumMs: number; count: number } {
  const sum = { copies: 0, sumMs: 0, count: 0 };
  for (const { peer } of sim.peers) {
    const { rumorsReceived, arrivals } = peer.stats();
    sum.copies += rumorsReceived;
    sum.sumMs += arrivals.sumMs;
    sum.count += arrivals.count;
  }
  return sum;
}

const mesh: Scenario = {
  name: "of 8 one changes its info, and another starts anew and leaves at once",
  atMost: { "copies a peer gets": 1.5, "times it was taken for dead": 0 },
  run: (seed) => {
    const cluster = converged(seed, 8);
    const { sim } = cluster;
    const [owner, leaver] = cluster.draw(2, "mesh");
    if (owner === undefined || leaver === undefined) throw new Error("there are no peers");
    const before = told(cluster);
    const spread = new Spread(cluster, owner, { name: "changed" });
    until(cluster, () => spread.isDone, 5_000);
    cluster.pass(200, ENDLESS);
    const copies = (told(cluster).copies - before.copies) / 8;
    let takenForDead = 0;
    sim.crash(leaver);
    cluster.pass(5_000, ENDLESS);
    sim.restart(leaver);
    sim.observe({
      onRosterChange: (observer, { address, wasListed, isListed, after }) => {
        const isGone = wasListed && !isListed && after?.verdict === "failed";
        if (observer !== leaver && address === leaver.address && isGone) takenForDead += 1;
      },
    });
    cluster.pass(40, ENDLESS);
    sim.leave(leaver);
    cluster.pass(5_000, ENDLESS);
    return { "copies a peer gets": copies, "times it was taken for dead": takenForDead };
  },
};

const rest: Scenario = {
  name: "48 at rest",
  atMost: {
    "bytes a peer sends in a period": 60,
    "links of a peer": 4.6,
    "dials of a peer in a minute": 2,
  },
  run: (seed) => {
    const cluster = converged(seed, 48);
    cluster.pass(60 * PERIOD_MS, ENDLESS);
    const { perPeer } = cluster.numbers("rest", true, {});
    return {
      "bytes a peer sends in a period": perPeer.bytes / 60,
      "links of a peer": perPeer.connections,
      "dials of a peer in a minute": perPeer.dials,
    };
  },
};

const join: Scenario = {
  name: "32 join through one seed",
  atMost: {
    "ms until all list all": 500,
    "dials of a peer in a minute": 9,
    "links of a peer after it": 4.6,
    "bytes that a peer sends": 14_000,
  },
  run: (seed) => {
    const cluster = new Cluster({ seed, peers: 32 });
    cluster.startCounting();
    const { sim } = cluster;
    const tookMs = until(cluster, () => sim.agrees && sim.peer(0).listSize === 32, 60_000);
    cluster.pass(60 * PERIOD_MS - tookMs, ENDLESS);
    const { perPeer } = cluster.numbers("join", true, {});
    return {
      "ms until all list all": tookMs,
      "dials of a peer in a minute": perPeer.dials,
      "links of a peer after it": perPeer.connections,
      "bytes that a peer sends": perPeer.bytes,
    };
  },
};

const asking: Scenario = {
  name: "one of 96 asks all others for their links",
  atMost: { "dials of who asks in a second": 45, "links of who asks after it": 12 },
  run: (seed) => {
    const cluster = converged(seed, 96);
    const asker = drawn(cluster);
    const before = asker.host.counters.dials;
    for (const { address } of cluster.sim.peers) {
      // What comes of it is not looked at.
      asker.peer.askLinks(address, { timeoutMs: 20_000 }).catch(() => {});
    }
    cluster.pass(1_000, ENDLESS);
    const dials = asker.host.counters.dials - before;
    cluster.pass(6_000, ENDLESS);
    return {
      "dials of who asks in a second": dials,
      "links of who asks after it": asker.peer.links().length,
    };
  },
};

const goneFor: Scenario = {
  name: "12 of 48 vanish for a minute",
  atMost: {
    "dials of a peer in that minute": 45,
    "ms until all are back": 2_000,
    "live members removed": 0,
  },
  run: (seed) => {
    const cluster = converged(seed, 48);
    const { sim, anomalous } = cluster;
    const gone = cluster.draw(12, "gone", sim.peers.slice(1));
    for (const peer of gone) {
      anomalous.add(peer);
      sim.killHost(peer);
    }
    cluster.pass(60_000, ENDLESS);
    const dials = sim.running.reduce((sum, { host }) => sum + host.counters.dials, 0);
    for (const peer of gone) sim.restart(peer);
    const isOne = (): boolean => sim.agrees && sim.peers.every(({ listSize }) => listSize === 48);
    return {
      "dials of a peer in that minute": dials / sim.running.length,
      "ms until all are back": until(cluster, isOne, 120_000),
      ...falseRemovals(cluster),
    };
  },
};

const links: Scenario = {
  name: "all links of one of 24 are reset, and then forgotten on the way",
  atMost: { "live members removed": 0 },
  run: (seed) => {
    const cluster = converged(seed, 24);
    const peer = drawn(cluster);
    for (let time = 0; time < 3; time += 1) {
      cluster.sim.resetConnections(peer);
      cluster.pass(4_000, ENDLESS);
    }
    for (let time = 0; time < 2; time += 1) {
      cluster.sim.forgetConnections(peer);
      cluster.pass(20_000, ENDLESS);
    }
    return falseRemovals(cluster);
  },
};

const firewall: Scenario = {
  name: "a firewall refuses dials of most of 24 to one, and its links are reset",
  atMost: { "live members removed": 0 },
  run: (seed) => {
    const cluster = converged(seed, 24);
    const peer = drawn(cluster);
    const others = cluster.sim.peers.filter((other) => other !== peer);
    cluster.sim.refuse(others.slice(0, 10), [peer]);
    cluster.sim.resetConnections(peer);
    cluster.pass(30_000, ENDLESS);
    return falseRemovals(cluster);
  },
};

const deaf: Scenario = {
  name: "three of 48 are deaf every other 20 s",
  atMost: { "live members removed": 250, "times that one comes back": 5 },
  run: (seed) => {
    const cluster = converged(seed, 48);
    const { sim, anomalous } = cluster;
    const faulty = cluster.draw(3, "deaf");
    for (const peer of faulty) anomalous.add(peer);
    const healthy = sim.peers.filter((peer) => !anomalous.has(peer));
    const removals = new Removals(cluster, faulty, healthy);
    for (let round = 0; round < 6; round += 1) {
      sim.cut(healthy, faulty);
      cluster.pass(20_000, ENDLESS);
      sim.heal();
      cluster.pass(20_000, ENDLESS);
    }
    return {
      // Those that are deaf may stop listing the others, for themselves alone.
      "live members removed": cluster.healthyFalsePositives,
      "times that one comes back": removals.mostReturns,
    };
  },
};

const lossy: Scenario = {
  name: "two of 48 lose 80 % of what they send",
  atMost: {
    "ms until all know": 27_000,
    "live members removed": 0,
    "times that one comes back": 3,
  },
  run: (seed) => {
    const cluster = converged(seed, 48);
    const { sim, anomalous } = cluster;
    const faulty = cluster.draw(2, "lossy");
    for (const peer of faulty) anomalous.add(peer);
    const healthy = sim.peers.filter((peer) => !anomalous.has(peer));
    const removals = new Removals(cluster, faulty, healthy);
    sim.lose(faulty, healthy, 0.8);
    cluster.pass(150_000, ENDLESS);
    return {
      "ms until all know": removals.doneMs ?? 150_000,
      ...falseRemovals(cluster),
      "times that one comes back": removals.mostReturns,
    };
  },
};

const split: Scenario = {
  name: "24 are split into halves for two minutes",
  atMost: { "ms until they are one again": 1_000 },
  run: (seed) => {
    const cluster = converged(seed, 24);
    const { sim } = cluster;
    sim.partition(sim.peers.slice(0, 12), sim.peers.slice(12));
    cluster.pass(120_000, ENDLESS);
    sim.heal();
    const isOne = (): boolean => sim.agrees && sim.peers.every(({ listSize }) => listSize === 24);
    return { "ms until they are one again": until(cluster, isOne, 120_000) };
  },
};

const stall: Scenario = {
  name: "three of 24 stand still for 6 s, four times",
  atMost: { "live members removed": 0 },
  run: (seed) => {
    const cluster = converged(seed, 24);
    const { sim, anomalous } = cluster;
    for (let round = 0; round < 4; round += 1) {
      const still = cluster.draw(3, `still ${round}`);
      for (const peer of still) anomalous.add(peer);
      for (const peer of still) sim.pause(peer);
      cluster.pass(6_000, ENDLESS);
      for (const peer of still) sim.resume(peer);
      cluster.pass(12_000, ENDLESS);
    }
    return falseRemovals(cluster);
  },
};

const most: Scenario = {
  name: "20 of 32 crash at once, and then they start anew",
  atMost: {
    "ms until the others agree": 1_500,
    "ms until all are back": 1_500,
    "dials of a peer": 22,
  },
  run: (seed) => {
    const cluster = converged(seed, 32);
    const { sim } = cluster;
    const gone = cluster.draw(20, "most", sim.peers.slice(1));
    for (const peer of gone) sim.crash(peer);
    const agreeMs = until(cluster, () => sim.agrees, 120_000);
    cluster.pass(20_000, ENDLESS);
    for (const peer of gone) sim.restart(peer);
    const isOne = (): boolean => sim.agrees && sim.peers.every(({ listSize }) => listSize === 32);
    const backMs = until(cluster, isOne, 120_000);
    const { perPeer } = cluster.numbers("most", true, {});
    return {
      "ms until the others agree": agreeMs,
      "ms until all are back": backMs,
      "dials of a peer": perPeer.dials,
    };
  },
};

/** All of them, those first that take least. */
export const SCENARIOS: readonly Scenario[] = [
  crash,
  vanish,
  links,
  firewall,
  split,
  stall,
  mesh,
  asking,
  goneFor,
  join,
  most,
  update,
  rest,
  deaf,
  lossy,
];
