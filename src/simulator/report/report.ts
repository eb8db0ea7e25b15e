// What came of an experiment with all that is needed to read it: as an object for JSON.

import type { Experiment, ExperimentResult, Scale } from "../experiments/experiment.js";

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
  /** Real time that it took. */
  readonly tookMs: number;
}

/** Puts a report together. */
export function makeReport(
  { name, summary, anchor, parameters }: Experiment,
  run: Pick<Report, "seed" | "scale" | "budgetMs" | "tookMs">,
  result: ExperimentResult,
): Report {
  const command = experimentCommand(name, run.seed, run.scale);
  return { experiment: name, summary, anchor, parameters, command, ...run, ...result };
}

/** The command that runs an experiment. */
export function experimentCommand(name: string, seed: number, scale: Scale): string {
  const flag = scale === "part" ? "" : ` --${scale}`;
  return `gossip simulate --experiment ${name} --seed ${seed}${flag}`;
}
