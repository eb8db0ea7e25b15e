// The paths between hosts: how long packets take, which of them are lost, and who is cut off.

import { describe, expect, test } from "vitest";
import { BareWorld } from "../../test/simulator/bare-world.js";
import type { NetworkOptions } from "./network.js";

/** How long so many packets take from one host to another. */
function draws(world: BareWorld, from: string, to: string, count = 2_000): number[] {
  const a = world.host(from);
  const b = world.host(to);
  return Array.from({ length: count }, () => world.network.oneWayMs(a, b));
}

describe("latency", () => {
  test("lies between the least and the jitter above it, but for one packet in a hundred", () => {
    const world = new BareWorld({ network: { latency: { oneWayMs: 10, jitterMs: 2 } } });
    const times = draws(world, "zone", "zone", 10_000);
    const late = times.filter((ms) => ms > 12);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(10);
    expect(Math.min(...times)).toBeLessThan(10.1);
    expect(new Set(late)).toEqual(new Set([30]));
    expect(late.length).toBeGreaterThan(50);
    expect(late.length).toBeLessThan(150);
  });

  test("between two zones is theirs, in both directions, and within each the common one", () => {
    const world = new BareWorld({
      network: {
        latency: { oneWayMs: 1, jitterMs: 0 },
        zoneLatency: { "east west": { oneWayMs: 80, jitterMs: 0 } },
      },
    });
    expect(draws(world, "west", "east", 1)).toEqual([80]);
    expect(draws(world, "east", "west", 1)).toEqual([80]);
    expect(draws(world, "west", "west", 1)).toEqual([1]);
    expect(draws(world, "west", "north", 1)).toEqual([1]);
  });

  test("is none from a host to itself", () => {
    const world = new BareWorld();
    const host = world.host();
    expect(world.network.oneWayMs(host, host)).toBe(0);
  });
});

describe("a cut", () => {
  test("lets nothing through from one group to the other, and all the way back", () => {
    const world = new BareWorld();
    const [a, b, c] = [world.host(), world.host(), world.host()];
    world.network.cut([a], [b]);
    expect(world.network.isCut(a, b)).toBe(true);
    expect(world.network.isCut(b, a)).toBe(false);
    expect(world.network.isCut(a, c)).toBe(false);
    expect(world.network.isWhole).toBe(false);
    world.network.heal();
    expect(world.network.isCut(a, b)).toBe(false);
    expect(world.network.isWhole).toBe(true);
  });

  test("is around a host that has vanished, in both directions, also after a heal", () => {
    const world = new BareWorld();
    const [a, b] = [world.host(), world.host()];
    b.isUp = false;
    world.network.heal();
    expect(world.network.isCut(a, b)).toBe(true);
    expect(world.network.isCut(b, a)).toBe(true);
  });
});

test("nothing gets to a host that sleeps, or from it, until it wakes", () => {
  const world = new BareWorld();
  const [a, b] = [world.host(), world.host()];
  b.sleep();
  expect([world.network.isCut(a, b), world.network.isCut(b, a)]).toEqual([true, true]);
  expect(world.network.isWhole).toBe(true);
  b.wake(false);
  expect([world.network.isCut(a, b), world.network.isCut(b, a)]).toEqual([false, false]);
});

describe("a network is sound", () => {
  test("while no rule is in force", () => {
    const world = new BareWorld();
    const { network } = world;
    const [a, b] = [world.host(), world.host()];
    expect(network.isSound).toBe(true);
    for (const harm of [
      () => network.cut([a], [b]),
      () => network.refuse([a], [b]),
      () => network.lose([a], [b], 0.1),
    ]) {
      harm();
      expect(network.isSound).toBe(false);
      network.heal();
      expect(network.isSound).toBe(true);
    }
  });

  test("where it loses nothing, and carries ten megabits a second", () => {
    const isSound = (network: NetworkOptions) => new BareWorld({ network }).network.isSound;
    expect(isSound({ lossRate: 0.001 })).toBe(false);
    expect(isSound({ bytesPerMs: 1_249 })).toBe(false);
    expect(isSound({ bytesPerMs: 1_250, tls: true })).toBe(true);
  });
});

test("the longest way takes the ten-fold jitter of the slowest path", () => {
  const longest = (network: NetworkOptions) => new BareWorld({ network }).network.longestOneWayMs;
  const latency = { oneWayMs: 10, jitterMs: 2 };
  const far = { oneWayMs: 40, jitterMs: 1 };
  expect(longest({})).toBe(1.25);
  expect(longest({ latency })).toBe(30);
  expect(longest({ latency, zoneLatency: { "east west": far } })).toBe(50);
  const world = new BareWorld({ network: { latency } });
  expect(Math.max(...draws(world, "zone", "zone"))).toBe(world.network.longestOneWayMs);
});

describe("a refusal", () => {
  test("holds from one group to the other until it is healed", () => {
    const world = new BareWorld();
    const [a, b] = [world.host(), world.host()];
    world.network.refuse([a], [b]);
    expect(world.network.isRefused(a, b)).toBe(true);
    expect(world.network.isRefused(b, a)).toBe(false);
    expect(world.network.isCut(a, b)).toBe(false);
    expect(world.network.isWhole).toBe(false);
    world.network.heal();
    expect(world.network.isRefused(a, b)).toBe(false);
  });
});

describe("loss", () => {
  test("adds up where several rules meet: what passes one can be lost by the next", () => {
    const world = new BareWorld({ network: { lossRate: 0.5 } });
    const [a, b] = [world.host(), world.host()];
    expect(world.network.lossRate(a, b)).toBe(0.5);
    world.network.lose([a], [b], 0.5);
    expect(world.network.lossRate(a, b)).toBe(0.75);
    expect(world.network.lossRate(b, a)).toBe(0.5);
    world.network.heal();
    expect(world.network.lossRate(a, b)).toBe(0.5);
  });

  test("hits about its share of packets of one segment, each of which is lost at its end", () => {
    const world = new BareWorld({ network: { lossRate: 0.2 } });
    const [a, b] = [world.host(), world.host()];
    const share = shareOf(() => world.network.drawLoss(a, b, 100).atEnd);
    expect(Math.abs(share - 0.2)).toBeLessThan(0.02);
  });

  test("hits long messages more often, and mostly where what follows tells of it", () => {
    const world = new BareWorld({ network: { lossRate: 0.05 } });
    const [a, b] = [world.host(), world.host()];
    const bytes = 20 * 1_448;
    const lost = shareOf(() => world.network.drawLoss(a, b, bytes).lost);
    const atEnd = shareOf(() => world.network.drawLoss(a, b, bytes).atEnd);
    // 1 - 0.95^20 of all, and 1 - 0.95^3 at their ends.
    expect(Math.abs(lost - 0.64)).toBeLessThan(0.03);
    expect(Math.abs(atEnd - 0.14)).toBeLessThan(0.02);
  });

  test("is none on a path without loss", () => {
    const world = new BareWorld();
    const [a, b] = [world.host(), world.host()];
    expect(shareOf(() => world.network.drawLoss(a, b, 10 ** 6).lost)).toBe(0);
  });
});

function shareOf(draw: () => boolean, count = 10_000): number {
  let hits = 0;
  for (let number = 0; number < count; number += 1) if (draw()) hits += 1;
  return hits / count;
}
