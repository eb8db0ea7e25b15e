// What came of an experiment with all that is needed to read it: as an object for JSON.

import type { Experiment, ExperimentResult, Scale } from "../experiments/experiment.js";
import { budgetMs } from "../experiments/registry.js";

/** An experiment that was run. */
export interface Report extends ExperimentResult {
  readonly experiment: string;
  readonly summary: string;
  readonly anchor: string;
  readonly parameters: Experiment["parameters"];
  readonly seed: number;
  readonly scale: Scale;
  /** The command that gives the same figures. */
  readonly command: string;
  readonly budgetMs: number;
  /** CPU time that it took. */
  readonly tookMs: number;
}

/** Puts a report together. */
export function makeReport(
  experiment: Experiment,
  run: Pick<Report, "seed" | "scale" | "budgetMs" | "tookMs">,
  result: ExperimentResult,
): Report {
  const { name, summary, anchor, parameters } = experiment;
  const command = commandOf(experiment, run);
  return { experiment: name, summary, anchor, parameters, command, ...run, ...result };
}

function commandOf(
  experiment: Experiment,
  { seed, scale, budgetMs: givenMs }: Pick<Report, "seed" | "scale" | "budgetMs">,
): string {
  const flag = scale === "part" ? "" : ` --${scale}`;
  const budget = givenMs === budgetMs(experiment, scale) ? "" : ` --budget ${givenMs}ms`;
  return `gossip simulate --experiment ${experiment.name} --seed ${seed}${flag}${budget}`;
}
