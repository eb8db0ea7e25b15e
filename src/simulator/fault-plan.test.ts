// Plans of random faults: the same for the same seed whatever they happen to, of every kind, and each
// kind happens, says so, and is over when it should be.

import { describe, expect, test } from "vitest";
import {
  applyFaultPlan,
  drawFaultPlan,
  PLANNED_KINDS,
  type PlannedFault,
  type PlannedKind,
  type Stage,
} from "./fault-plan.js";
import { Simulator } from "./simulator.js";

const END_MS = 20_000;
const PING_PERIOD_MS = 200;
const SEED_NAME = "seeds.test";
const SEED_IPS = ["10.0.0.1", "10.0.0.2"];
const SEEDS = 2_000;

/** A cluster of so many, with another beside it, and seeds by name. */
function stageOf(peers: number): Stage {
  const sim = new Simulator({
    seed: 1,
    peers,
    dns: { [SEED_NAME]: SEED_IPS },
    options: { pingPeriodMs: PING_PERIOD_MS },
  });
  const otherSeeds = [Simulator.addressOf(peers - 1)];
  return {
    sim,
    pingPeriodMs: PING_PERIOD_MS,
    otherSeeds,
    seedName: SEED_NAME,
    seedIps: SEED_IPS,
  };
}

/** What of a plan happens, and when anything of it is done. */
function happenings(stage: Stage, plan: readonly PlannedFault[], untilMs: number) {
  const fired: PlannedKind[] = [];
  const atMs: number[] = [];
  stage.sim.observe({
    onFault: () => atMs.push(stage.sim.nowMs),
    onInfoWritten: () => atMs.push(stage.sim.nowMs),
  });
  applyFaultPlan(stage, plan, (kind) => fired.push(kind));
  stage.sim.runFor(untilMs);
  return { fired, atMs };
}

function faultOf(kind: PlannedKind, more: Partial<PlannedFault> = {}): PlannedFault {
  const shares = { place: 0.3, reach: 0.4, strength: 0.4 };
  return { number: 0, kind, atMs: 1_000, durationMs: 1_500, ...shares, ...more };
}

describe("a plan", () => {
  const plans = Array.from({ length: SEEDS }, (_, seed) => drawFaultPlan(seed, { endMs: END_MS }));

  test("is the same for the same seed, and another for another", () => {
    expect(drawFaultPlan(7, { endMs: END_MS })).toEqual(plans[7]);
    expect(drawFaultPlan(8, { endMs: END_MS })).not.toEqual(plans[7]);
  });

  test("has the same faults at the same places in a run of any length", () => {
    const kindsOf = (plan: readonly PlannedFault[]) =>
      plan.map(({ kind, place, reach, strength }) => ({ kind, place, reach, strength }));
    const long = drawFaultPlan(7, { endMs: 1_000 * END_MS });
    expect(kindsOf(long)).toEqual(kindsOf(plans[7] ?? []));
  });

  test("has from two to thirteen faults, numbered from 0, each over before the end", () => {
    const lengths = new Set(plans.map(({ length }) => length));
    expect([Math.min(...lengths), Math.max(...lengths), lengths.size]).toEqual([2, 13, 12]);
    for (const plan of plans) {
      expect(plan.map(({ number }) => number)).toEqual(plan.map((_, index) => index));
      for (const { atMs, durationMs, place, reach, strength } of plan) {
        expect(atMs).toBeGreaterThanOrEqual(0);
        expect(durationMs).toBeGreaterThan(0);
        expect(atMs + durationMs).toBeLessThanOrEqual(END_MS);
        for (const share of [place, reach, strength]) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThan(1);
        }
      }
    }
  });

  test("is of some of the kinds, and every kind is in some of the plans", () => {
    const counts = new Map<string, number>();
    for (const plan of plans) {
      for (const kind of new Set(plan.map((fault) => fault.kind))) {
        counts.set(kind, (counts.get(kind) ?? 0) + 1);
      }
    }
    expect([...counts.keys()].sort()).toEqual([...PLANNED_KINDS].sort());
    for (const count of counts.values()) {
      expect(count).toBeGreaterThan(SEEDS / 50);
      expect(count).toBeLessThan(SEEDS / 2);
    }
  });

  test.each([1, 2, 24])("happens at its times among %i peers", (peers) => {
    const kinds: PlannedKind[] = ["update", "pause", "clock-jump", "loss", "metadata", "crash"];
    const plan = kinds.map((kind, step) => faultOf(kind, { atMs: 100 + 2_000 * step }));
    const stage = stageOf(peers);
    const fired: [kind: PlannedKind, atMs: number][] = [];
    applyFaultPlan(stage, plan, (kind) => fired.push([kind, stage.sim.nowMs]));
    stage.sim.runFor(20_000);
    expect(fired).toEqual(plan.map(({ kind, atMs }) => [kind, atMs]));
  });
});

describe.each(PLANNED_KINDS)("the fault %s", (kind) => {
  test("happens, and says so", () => {
    const stage = stageOf(6);
    expect(happenings(stage, [faultOf(kind)], 1_500).fired).toEqual([kind]);
  });

  test.each([0, 0.35, 0.7, 0.999])("of strength %d is over when it should be", (strength) => {
    const fault = faultOf(kind, { strength, reach: strength });
    const stage = stageOf(6);
    const { atMs } = happenings(stage, [fault], 10_000);
    expect(Math.max(...atMs)).toBeLessThanOrEqual(fault.atMs + fault.durationMs);
    const { network, processes } = stage.sim;
    expect(network.isWhole).toBe(true);
    for (const { host } of processes) {
      const { isPaused, isBlocked, cpuFactor, clockRate, bytesPerMs } = host;
      expect({ isPaused, isBlocked, cpuFactor, clockRate, bytesPerMs }).toEqual({
        isPaused: false,
        isBlocked: false,
        cpuFactor: 1,
        clockRate: 1,
        bytesPerMs: undefined,
      });
    }
  });
});

describe("a fault that nothing could happen to", () => {
  test.each<PlannedKind>([
    "crash",
    "vanished-host",
    "quick-restart",
    "pause",
    "sleep",
    "block",
    "slow",
    "update",
    "metadata",
    "leave",
    "narrow-line",
    "reset-links",
  ])("is not told: %s of a peer that does not run", (kind) => {
    const stage = stageOf(6);
    stage.sim.crash(stage.sim.peer(1));
    expect(happenings(stage, [faultOf(kind)], 1_500).fired).toEqual([]);
  });

  test.each<PlannedKind>(["update", "metadata", "large-metadata", "update-burst"])(
    "is not told, and writes nothing: %s of a peer that stands still",
    (kind) => {
      const stage = stageOf(6);
      stage.sim.pause(stage.sim.peer(1));
      const wrote: string[] = [];
      stage.sim.observe({ onInfoWritten: ({ name }) => wrote.push(name) });
      const { fired } = happenings(stage, [faultOf(kind, { reach: 0 })], 3_000);
      expect([fired, wrote]).toEqual([[], []]);
    },
  );

  test.each<PlannedKind>(["dns-lies", "taken-address"])("is not told: %s without any", (kind) => {
    const stage = { ...stageOf(6), otherSeeds: [], seedIps: [] };
    expect(happenings(stage, [faultOf(kind)], 1_500).fired).toEqual([]);
  });
});
