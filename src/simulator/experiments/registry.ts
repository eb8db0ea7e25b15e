// All experiments by name.

import { churn } from "./churn.js";
import type { Experiment } from "./experiment.js";
import { idle } from "./idle.js";
import { join } from "./join.js";
import { kill } from "./kill.js";
import { lifeguardInterval } from "./lifeguard-interval.js";
import { lifeguardThreshold } from "./lifeguard-threshold.js";
import { rapidFaults } from "./rapid-faults.js";
import { trouble } from "./trouble.js";
import { update } from "./update.js";

/** The experiments, in the order of the scoreboard. */
export const EXPERIMENTS: readonly Experiment[] = [
  lifeguardInterval,
  lifeguardThreshold,
  rapidFaults,
  join,
  update,
  kill,
  trouble,
  idle,
  churn,
];

/** The experiment of that name. */
export function findExperiment(name: string): Experiment | undefined {
  return EXPERIMENTS.find((experiment) => experiment.name === name);
}

/** How much CPU time an experiment has at a scale, in milliseconds. */
export function budgetMs(experiment: Experiment, scale: "part" | "tenth" | "full"): number {
  const factor = { part: 1, tenth: 10, full: 100 }[scale];
  return experiment.budgetSeconds * 1_000 * factor;
}
