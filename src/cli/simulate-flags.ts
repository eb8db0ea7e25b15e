// The flags of `gossip simulate`: their values, and which of them go together.

import type { Scale } from "../simulator/experiments/experiment.js";
import { parseDuration } from "./arguments.js";
import { usage } from "./usage.js";

/** As commander gives them. */
export interface SimulateFlags {
  readonly seed?: number;
  readonly peers?: number;
  readonly faults?: FaultChoice;
  readonly faultsFor?: number;
  readonly runs?: number;
  readonly workers?: number;
  readonly coverage?: true;
  readonly experiment?: string;
  readonly list?: true;
  readonly tenth?: true;
  readonly full?: true;
  readonly budget?: number;
  readonly json?: true;
  readonly plot?: string;
}

/** Which faults of a run's plan happen; undefined for all of them. */
export interface FaultChoice {
  readonly numbers: readonly number[] | undefined;
}

/** What a run is drawn from where no seed is given. */
export const DEFAULT_SEED = 1;

const MAX_SEED = 2 ** 32 - 1;
const MAX_RUNS = 1_000_000;
/** Each takes some 200 MB. */
const MAX_WORKERS = 256;
/** The checkers compare lists after every step, so the runs are of small clusters. */
const MAX_PEERS = 1_000;

/** The value of `--seed`. */
export function parseSeed(text: string): number {
  return parseWhole("--seed", text, 0, MAX_SEED);
}

/** The value of `--peers`. */
export function parsePeers(text: string): number {
  return parseWhole("--peers", text, 1, MAX_PEERS);
}

/** The value of `--runs`. */
export function parseRuns(text: string): number {
  return parseWhole("--runs", text, 1, MAX_RUNS);
}

/** The value of `--workers`. */
export function parseWorkers(text: string): number {
  return parseWhole("--workers", text, 1, MAX_WORKERS);
}

/** The value of `--budget`, in milliseconds. */
export function parseBudget(text: string): number {
  try {
    return parseDuration(text);
  } catch (cause) {
    const error = usage(`--budget must be a duration like 30s or 5m (it is ${text})`, cause);
    throw error;
  }
}

/** The value of `--faults-for`, in milliseconds. */
export function parseFaultsFor(text: string): number {
  try {
    return parseDuration(text);
  } catch (cause) {
    throw usage(`--faults-for must be a duration like 12s (it is ${text})`, cause);
  }
}

/** The value of `--faults`: numbers with commas in between, `none` or `all`. */
export function parseFaults(text: string): FaultChoice {
  if (text === "all") return { numbers: undefined };
  if (text === "none") return { numbers: [] };
  const parts = text.split(",");
  if (!parts.every((part) => /^\d{1,6}$/.test(part))) {
    throw usage(`--faults must be numbers like 1,4, or none, or all (it is ${text})`);
  }
  return { numbers: Array.from(new Set(parts.map(Number))).sort((a, b) => a - b) };
}

/** How much of an experiment is wanted. */
export function scaleOf({ tenth, full }: SimulateFlags): Scale {
  if (full === true) return "full";
  return tenth === true ? "tenth" : "part";
}

/** Throws when flags do not go together. */
export function checkFlags(flags: SimulateFlags): void {
  if (flags.list === true) checkAlone(flags);
  if (flags.tenth === true && flags.full === true) {
    throw usage("--tenth and --full cannot both be given");
  }
  if (flags.experiment === undefined) checkRunFlags(flags);
  else checkExperimentFlags(flags);
}

/** Flags of random runs. */
function checkRunFlags(flags: SimulateFlags): void {
  const { tenth, full, budget, plot, runs, workers, coverage, faults, seed = 0 } = flags;
  if (tenth === true) throw usage("--tenth needs --experiment");
  if (full === true) throw usage("--full needs --experiment");
  if (budget !== undefined) throw usage("--budget needs --experiment");
  if (runs === undefined) {
    if (workers !== undefined) throw usage("--workers needs --runs");
    if (coverage === true) throw usage("--coverage needs --runs");
    if (plot !== undefined) throw usage("--plot needs --experiment or --runs");
    return;
  }
  if (faults !== undefined) {
    throw usage("--faults names the faults of one run: it cannot be given with --runs");
  }
  if (flags.faultsFor !== undefined) {
    throw usage("--faults-for shortens one run: it cannot be given with --runs");
  }
  if (seed + runs - 1 > MAX_SEED) {
    throw usage(`--seed and --runs go beyond the highest seed, ${MAX_SEED}`);
  }
}

function checkExperimentFlags(flags: SimulateFlags): void {
  const { runs, workers, coverage, peers, faults, faultsFor } = flags;
  if (faultsFor !== undefined) throw usage("--faults-for cannot be given with --experiment");
  if (runs !== undefined) throw usage("--runs and --experiment cannot both be given");
  if (workers !== undefined) throw usage("--workers needs --runs");
  if (coverage === true) throw usage("--coverage needs --runs");
  if (peers !== undefined) {
    throw usage("--peers cannot be given with --experiment, which has its own sizes");
  }
  if (faults !== undefined) {
    throw usage("--faults cannot be given with --experiment, which has its own faults");
  }
}

function checkAlone(flags: SimulateFlags): void {
  const other = Object.keys(flags).find((name) => name !== "list");
  if (other !== undefined) throw usage(`--list cannot be given with --${other}`);
}

function parseWhole(flag: string, text: string, least: number, most: number): number {
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw usage(`${flag} must be a whole number from ${least} to ${most} (it is ${text})`);
}
