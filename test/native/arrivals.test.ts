// How long news takes is measured without trusting anyone's clock: the simulation knows the truth.

import { expect, test } from "vitest";
import { type SimPeer, Simulator } from "../../src/simulator/index.js";

const ONE_WAY_MS = 10;

interface Arrivals {
  readonly sumMs: number;
  readonly count: number;
}

function arrivalsAt(peers: readonly SimPeer[]): Arrivals {
  let [sumMs, count] = [0, 0];
  for (const { peer } of peers) {
    const { arrivals } = peer.stats();
    sumMs += arrivals.sumMs;
    count += arrivals.count;
  }
  return { sumMs, count };
}

test("an update was on its way for as long as its peers say, whatever their clocks say", () => {
  const sim = new Simulator({
    seed: 1,
    peers: 40,
    start: "converged",
    network: { latency: { oneWayMs: ONE_WAY_MS, jitterMs: 1 } },
  });
  const [owner, ...others] = sim.peers;
  if (owner === undefined) return expect.fail("there is no first peer");
  // The time of day is wrong by hours in some of them.
  for (const [index, peer] of others.entries()) sim.jumpClock(peer, (index % 5) * 3_600_000);
  // By then each link has brought an answer to a probe, so that its round trip is known.
  sim.runFor(60_000);
  const before = arrivalsAt(others);

  const toldAtMs = sim.nowMs;
  const tookMs: number[] = [];
  sim.observe({
    onRosterChange: (observer, { address }) => {
      if (address === owner.address && observer !== owner) tookMs.push(sim.nowMs - toldAtMs);
    },
  });
  owner.peer.updateInfo({ name: "news" });
  sim.runFor(5_000);
  expect(tookMs).toHaveLength(others.length);

  const after = arrivalsAt(others);
  expect(after.count - before.count).toBe(others.length);
  const saidMs = (after.sumMs - before.sumMs) / others.length;
  const trueMs = tookMs.reduce((sum, ms) => sum + ms, 0) / others.length;
  expect(trueMs).toBeGreaterThan(ONE_WAY_MS);
  expect(saidMs).toBeGreaterThan(0.7 * trueMs);
  expect(saidMs).toBeLessThan(1.3 * trueMs);
});

test("a time that nobody told is not made up", () => {
  const sim = new Simulator({ seed: 1, peers: 12, start: "converged" });
  // No probe was answered yet: no round trip is known.
  sim.peer(0).peer.updateInfo({ name: "news" });
  sim.runFor(20);
  const heard = sim.peers.slice(1).filter(({ peer }) => {
    return peer.members().get(sim.peer(0).address)?.info.name === "news";
  });
  expect(heard.length).toBeGreaterThan(0);
  expect(arrivalsAt(sim.peers).count).toBeLessThan(heard.length);
});
