// What random runs are like: every branch is drawn often enough to matter, what cannot be together is
// not, and what is given changes nothing else.

import { describe, expect, test } from "vitest";
import { drawShape, type RunShape } from "./run-shape.js";

const SEEDS = 20_000;
const SHAPES = Array.from({ length: SEEDS }, (_, seed) => drawShape({ seed }));
const SLOW = SHAPES.filter(({ pingPeriodMs }) => pingPeriodMs > 1_000);

function shareOf(isSo: (shape: RunShape) => boolean, among: readonly RunShape[] = SHAPES): number {
  return among.filter(isSo).length / among.length;
}

describe("of many runs", () => {
  test("each has the same shape for the same seed", () => {
    expect(drawShape({ seed: 7 })).toEqual(SHAPES[7]);
    expect(drawShape({ seed: 8 })).not.toEqual(SHAPES[7]);
  });

  test.each<{ what: string; isSo: (shape: RunShape) => boolean; least: number; most: number }>([
    { what: "few peers", isSo: ({ peers }) => peers <= 8, least: 0.8, most: 0.92 },
    {
      what: "more than any has as a neighbour",
      isSo: ({ peers }) => peers > 8 && peers <= 60,
      least: 0.08,
      most: 0.18,
    },
    {
      what: "many peers",
      isSo: ({ peers }) => peers > 60 && peers <= 200,
      least: 0.0005,
      most: 0.004,
    },
    { what: "very many peers", isSo: ({ peers }) => peers > 200, least: 1 / SEEDS, most: 0.001 },
    {
      what: "the seed's rule",
      isSo: ({ failureDetection }) => failureDetection === "immediate",
      least: 0.1,
      most: 0.15,
    },
    { what: "originals", isSo: ({ originals }) => originals > 0, least: 0.25, most: 0.4 },
    { what: "another cluster", isSo: ({ strangers }) => strangers > 0, least: 0.02, most: 0.1 },
    { what: "a twin", isSo: ({ hasTwin }) => hasTwin, least: 0.02, most: 0.08 },
    {
      what: "days of virtual time",
      isSo: ({ pingPeriodMs }) => pingPeriodMs > 1_000,
      least: 0.01,
      most: 0.04,
    },
    { what: "encryption", isSo: ({ network }) => network.tls === true, least: 0.1, most: 0.15 },
    {
      what: "loss",
      isSo: ({ network }) => (network.lossRate ?? 0) > 0,
      least: 0.06,
      most: 0.11,
    },
    {
      what: "a narrow network",
      isSo: ({ network }) => network.bytesPerMs !== undefined,
      least: 0.06,
      most: 0.11,
    },
    {
      what: "low limits",
      isSo: ({ limits }) => limits.maxMessageBytes !== undefined,
      least: 0.22,
      most: 0.28,
    },
    { what: "a disk", isSo: ({ hasDisk }) => hasDisk, least: 0.45, most: 0.55 },
    { what: "seeds by name", isSo: ({ usesDns }) => usesDns, least: 0.06, most: 0.15 },
    {
      what: "a start one after the other",
      isSo: ({ startOverMs }) => startOverMs > 0,
      least: 0.2,
      most: 0.3,
    },
  ])("some have $what", ({ isSo, least, most }) => {
    expect(shareOf(isSo)).toBeGreaterThanOrEqual(least);
    expect(shareOf(isSo)).toBeLessThanOrEqual(most);
  });

  test("every number of peers is drawn that is run in little time", () => {
    const sizes = new Set(SHAPES.map(({ peers }) => peers));
    const missing = Array.from({ length: 59 }, (_, step) => 2 + step).filter((n) => !sizes.has(n));
    expect(missing).toEqual([]);
  });

  test("low limits are of several sizes, and hold together", () => {
    const low = SHAPES.map(({ limits }) => limits).filter(
      ({ maxMessageBytes }) => maxMessageBytes !== undefined,
    );
    expect(new Set(low.map(({ maxMetadataBytes }) => maxMetadataBytes)).size).toBe(4);
    for (const { maxMessageBytes = 0, maxMetadataBytes = 0, maxUnsentBytes = 0 } of low) {
      expect(maxMessageBytes).toBeGreaterThan(maxMetadataBytes);
      expect(maxUnsentBytes).toBeGreaterThan(maxMessageBytes);
    }
  });
});

describe("no run has", () => {
  const NEVER: readonly { what: string; isSo: (shape: RunShape) => boolean }[] = [
    {
      what: "originals beside another cluster, a twin, or very many",
      isSo: ({ originals, strangers, hasTwin, peers }) =>
        originals > 0 && (strangers > 0 || hasTwin || peers > 24),
    },
    {
      what: "another cluster and a twin",
      isSo: ({ strangers, hasTwin }) => strangers > 0 && hasTwin,
    },
    {
      what: "another cluster or a twin by the seed's rule",
      isSo: ({ failureDetection, strangers, hasTwin }) =>
        failureDetection === "immediate" && (strangers > 0 || hasTwin),
    },
    {
      what: "fewer than two peers in its cluster",
      isSo: ({ strangers, peers }) => peers - strangers < 2,
    },
    {
      what: "seeds by a name that the originals or the other cluster do not know",
      isSo: ({ usesDns, originals, strangers }) => usesDns && originals + strangers > 0,
    },
    {
      what: "starts after its faults",
      isSo: ({ startOverMs, faultsEndMs }) => startOverMs >= faultsEndMs,
    },
  ];

  test.each(NEVER)("$what", ({ isSo }) => {
    expect(SHAPES.filter(isSo)).toEqual([]);
  });
});

test("runs of days are of few native peers, with as many ping periods of faults as others", () => {
  expect(SLOW.length).toBeGreaterThan(0);
  for (const { peers, failureDetection, goneRetentionMs = 0, ...shape } of SLOW) {
    expect(peers).toBeLessThanOrEqual(5);
    expect(failureDetection).toBe("suspicion");
    expect(shape.faultsEndMs).toBeGreaterThan(3 * 24 * 3_600_000);
    // Some of the members are forgotten while the faults go on.
    expect(goneRetentionMs).toBeGreaterThanOrEqual(10 * 60_000);
    expect(goneRetentionMs).toBeLessThan(shape.faultsEndMs);
  }
  const fast = SHAPES.filter((shape) => !SLOW.includes(shape));
  expect(shareOf(({ goneRetentionMs }) => goneRetentionMs !== undefined, fast)).toBe(0);
});

describe("what is given", () => {
  const SOME = SHAPES.slice(0, 500);

  test("is so, and what is drawn for the whole run stays", () => {
    for (const [seed, shape] of SOME.entries()) {
      const { peers, network, limits, hasDisk, pingPeriodMs } = drawShape({ seed, peers: 6 });
      expect(peers).toBe(6);
      expect({ network, limits, hasDisk, pingPeriodMs }).toEqual({
        network: shape.network,
        limits: shape.limits,
        hasDisk: shape.hasDisk,
        pingPeriodMs: shape.pingPeriodMs,
      });
    }
  });

  test("as it was drawn gives the same shape: a command that names it repeats the run", () => {
    for (const [seed, shape] of SOME.entries()) {
      const { peers, failureDetection } = shape;
      expect(drawShape({ seed, peers, failureDetection })).toEqual(shape);
    }
  });
});
