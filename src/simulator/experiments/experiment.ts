// What an experiment is: a named scenario with its parameters, the published figures it stands
// beside, the goals, a budget, and the rows and charts that come of it.

import type { Budget } from "./budget.js";

/** How much of an experiment is run: a stated random part, a tenth, or all of it. */
export type Scale = "part" | "tenth" | "full";

/** What a figure is in. Durations are held in milliseconds, amounts of data in bytes. */
export type Unit = "ms" | "bytes" | "bytes/s" | "count" | "share";

/** What a figure should be. */
export type Goal = { readonly atMost: number } | { readonly atLeast: number };

/** One line of the scoreboard. */
export interface Row {
  /** What was measured, with the size of the cluster. */
  readonly what: string;
  readonly unit: Unit;
  /** The published figure: a number to compare with, or words where there is none. */
  readonly anchor?: number | string | undefined;
  readonly goal?: Goal | undefined;
  /** What we measured; undefined when it did not finish within the budget. */
  readonly ours: number | undefined;
  /** Where it did not finish: what the figure is at least, for as much was simulated. */
  readonly atLeast?: number | undefined;
  /** True when `ours` is an upper bound: nothing was counted, by the rule of three. */
  readonly isBound?: boolean | undefined;
  /** What has to be known to read the figure: from how many runs, how far an unfinished one came. */
  readonly note: string;
}

/** What one simulated cluster did. */
export interface RunNumbers {
  readonly label: string;
  readonly seed: number;
  readonly peers: number;
  /** False when the budget ended it. */
  readonly isFinished: boolean;
  readonly virtualMs: number;
  /** Of the same run the same on every machine, unless the CPU budget ended it. */
  readonly traceHash: string;
  readonly perPeer: {
    readonly messages: number;
    readonly bytes: number;
    readonly dials: number;
    readonly cpuMs: number;
    /** Open at the end. */
    readonly connections: number;
  };
  /** Removals of members that ran and were in no trouble, counted for each observer. */
  readonly falsePositives: number;
  /** Those of them by observers that were in no trouble either. */
  readonly healthyFalsePositives: number;
  /** How many different lengths of member lists were seen. */
  readonly listSizes: number;
  /** What this scenario timed, in virtual milliseconds; undefined for what did not happen. */
  readonly timesMs: Readonly<Record<string, number | undefined>>;
}

/** An axis of a chart. */
export interface Axis {
  readonly label: string;
  readonly isLogarithmic?: boolean | undefined;
  /** Names instead of numbers: a point's number is then that of its name, and bars are drawn. */
  readonly categories?: readonly string[] | undefined;
}

/** A chart of what was measured. */
export interface Chart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly (readonly [number, number])[];
  }[];
}

/** What came of an experiment. */
export interface ExperimentResult {
  readonly rows: readonly Row[];
  readonly runs: readonly RunNumbers[];
  readonly charts: readonly Chart[];
}

/** What an experiment is run with. */
export interface ExperimentContext {
  /** What all randomness is drawn from. */
  readonly seed: number;
  readonly scale: Scale;
  /** How much CPU time there is; the simulator itself reads no clock. */
  readonly budget: Budget;
  /** Told how far it is. */
  onProgress(done: number, total: number): void;
}

/** A named experiment. */
export interface Experiment {
  readonly name: string;
  /** What is done, in a sentence. */
  readonly summary: string;
  /** What it is compared with. */
  readonly anchor: string;
  /** Every parameter that is not a default of the peer. */
  readonly parameters: Readonly<Record<string, string | number | readonly number[]>>;
  /**
   * CPU time for the part that is run by default, in seconds; a tenth has ten times as much and the
   * whole a hundred times. What is not done by then is reported as unfinished.
   */
  readonly budgetSeconds: number;
  run(context: ExperimentContext): ExperimentResult;
}
