// What `gossip simulate` does: one random run, many of them, or a named experiment within its budget.

import { availableParallelism } from "node:os";
import { Budget } from "../simulator/experiments/budget.js";
import type { Experiment, Scale } from "../simulator/experiments/experiment.js";
import { budgetMs, EXPERIMENTS, findExperiment } from "../simulator/experiments/registry.js";
import { makeReport, type Report } from "../simulator/report/report.js";
import { drawSvg } from "../simulator/report/svg.js";
import { checkPlot, writePlot } from "./plot-file.js";
import { startProgress } from "./progress.js";
import { rowTable } from "./row-table.js";
import { checkFlags, DEFAULT_SEED, type SimulateFlags, scaleOf } from "./simulate-flags.js";
import { simulateMany, simulateOne } from "./simulate-runs.js";
import { usage } from "./usage.js";

/** Does what the flags say. */
export async function simulate(flags: SimulateFlags): Promise<void> {
  checkFlags(flags);
  if (flags.list === true) return printExperiments();
  const { seed = DEFAULT_SEED, experiment: name, runs, plot } = flags;
  const experiment = name === undefined ? undefined : experimentNamed(name);
  if (plot !== undefined) await checkPlot(plot);
  if (experiment !== undefined) return simulateExperiment(experiment, seed, flags);
  const options = { seed, peers: flags.peers, json: flags.json === true };
  if (runs !== undefined) {
    const { workers = availableParallelism(), coverage = false } = flags;
    return simulateMany({ ...options, runs, workers, coverage, plot });
  }
  simulateOne(options, flags.faults ?? { numbers: undefined }, flags.faultsFor);
}

function printExperiments(): void {
  const widest = Math.max(...EXPERIMENTS.map(({ name }) => name.length));
  for (const { name, summary } of EXPERIMENTS) console.log(`${name.padEnd(widest)}  ${summary}`);
}

function experimentNamed(name: string): Experiment {
  const experiment = findExperiment(name);
  if (experiment !== undefined) return experiment;
  const names = EXPERIMENTS.map((known) => known.name).join(", ");
  throw usage(`there is no experiment ${JSON.stringify(name)}: there are ${names}`);
}

async function simulateExperiment(
  experiment: Experiment,
  seed: number,
  flags: SimulateFlags,
): Promise<void> {
  const progress = startProgress(experiment.name);
  const scale = scaleOf(flags);
  const durationMs = flags.budget ?? budgetMs(experiment, scale);
  const report = runExperiment(experiment, { seed, scale, durationMs }, progress.update);
  progress.stop();
  if (flags.plot !== undefined) await writePlot(flags.plot, await drawSvg(report.charts));
  console.log(flags.json === true ? JSON.stringify(report, undefined, 2) : reportText(report));
}

/** With what an experiment is run. */
interface ExperimentRun {
  readonly seed: number;
  readonly scale: Scale;
  /** Its budget of CPU time. */
  readonly durationMs: number;
}

/** Runs an experiment within its budget. */
function runExperiment(
  experiment: Experiment,
  { seed, scale, durationMs }: ExperimentRun,
  onProgress: (done: number, total: number) => void,
): Report {
  const startMs = cpuMs();
  const budget = new Budget(cpuMs, durationMs);
  const result = experiment.run({ seed, scale, budget, onProgress });
  const tookMs = Math.round(cpuMs() - startMs);
  return makeReport(experiment, { seed, scale, budgetMs: durationMs, tookMs }, result);
}

/** CPU time that this process has used. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function reportText(report: Report): string {
  const { experiment, summary, anchor, rows, command, tookMs, budgetMs: durationMs } = report;
  return [
    `${experiment}: ${summary}`,
    `beside: ${anchor}`,
    rowTable(rows),
    `${(tookMs / 1_000).toFixed(1)} s of CPU time, of a budget of ${durationMs / 1_000} s; again: ${command}`,
  ].join("\n");
}
