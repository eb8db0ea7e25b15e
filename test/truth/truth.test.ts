// The simulator against the truth: the same scenario in virtual time and with real processes on
// loopback has to take about as long.

import { afterAll, beforeAll, expect, test } from "vitest";
import type { CpuTime, Stage, StageCpu } from "./cluster.js";
import { RealProcesses, type RealRun, runReal, warmUp } from "./real-cluster.js";
import { runSimulated, type SimulatedRun, type StageSlowness } from "./simulated-cluster.js";

const STAGES: readonly Stage[] = ["join", "update", "pause", "crash"];
const REPETITIONS = 5;
/** Virtual time is cheap. */
const SIMULATED_PER_REPETITION = 10;
const MOST_APART = 0.25;
const AT_MEASURED_SPEED: StageSlowness = { join: 1, update: 1, pause: 1, crash: 1 };

let processes: RealProcesses;
beforeAll(async () => {
  processes = await RealProcesses.start();
  await warmUp(processes);
  await warmUp(processes);
}, 150_000);
afterAll(() => processes.stop());

test("takes as long as in truth", { timeout: 180_000 }, async () => {
  const { joinCpuMs } = runSimulated(0, AT_MEASURED_SPEED);
  const real: RealRun[] = [];
  const simulated: SimulatedRun[] = [];
  for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
    const run = await runReal(processes);
    real.push(run);
    const slowness = slownessOf(run.cpu, joinCpuMs);
    for (let count = 0; count < SIMULATED_PER_REPETITION; count += 1) {
      simulated.push(runSimulated(1 + simulated.length, slowness));
    }
  }
  const rows = STAGES.map((stage) => {
    const realMs = median(real.flatMap(({ times }) => times[stage]));
    const simulatedMs = median(simulated.flatMap(({ times }) => times[stage]));
    const ratio = simulatedMs / realMs;
    const waiting = median(real.map(({ cpu }) => waitingFactor(cpu[stage])));
    return { stage, realMs, simulatedMs, ratio, waiting };
  });
  console.table(rows.map(rounded));
  const realJoinCpuMs = median(real.map(({ cpu }) => cpu.join.spentMs));
  console.log(
    `CPU of a join: ${realJoinCpuMs.toFixed(0)} ms real, ${joinCpuMs.toFixed(0)} ms charged`,
  );
  for (const { stage, ratio } of rows) {
    expect.soft(ratio, stage).toBeGreaterThan(1 - MOST_APART);
    expect.soft(ratio, stage).toBeLessThan(1 + MOST_APART);
  }
});

/**
 * How much longer CPU time took than charged: this machine's CPU is not that of the table of costs,
 * and others use it. That is no part of what the simulator models, so it is told.
 */
function slownessOf(cpu: StageCpu, joinCpuMs: number): StageSlowness {
  const speed = cpu.join.spentMs === 0 ? 1 : cpu.join.spentMs / joinCpuMs;
  return {
    join: speed * waitingFactor(cpu.join),
    update: speed * waitingFactor(cpu.update),
    pause: speed * waitingFactor(cpu.pause),
    crash: speed * waitingFactor(cpu.crash),
  };
}

function waitingFactor({ spentMs, waitedMs }: CpuTime): number {
  return spentMs === 0 ? 1 : (spentMs + waitedMs) / spentMs;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function rounded<T extends object>(row: T): object {
  const entries = Object.entries(row).map(([name, value]) => [
    name,
    typeof value === "number" ? Number(value.toPrecision(3)) : value,
  ]);
  return Object.fromEntries(entries);
}
