// What the pool of random runs and its workers say to each other.

import type { RandomRunResult } from "../simulator/random-run.js";
import type { ScriptCoverage } from "./run-coverage.js";

/** To a worker. */
export type RunOrder =
  | { readonly type: "run"; readonly seed: number; readonly peers: number | undefined }
  /** There are no more: the worker gives its coverage, where it was to take one, and ends. */
  | { readonly type: "end" };

/** From a worker. */
export type RunReport =
  /** It has loaded all that it needs. */
  | { readonly type: "ready" }
  | { readonly type: "ran"; readonly outcome: RunOutcome }
  | { readonly type: "coverage"; readonly scripts: readonly ScriptCoverage[] };

/** What came of one run. */
export interface RunOutcome {
  readonly seed: number;
  readonly fired: RandomRunResult["fired"];
  readonly violations: RandomRunResult["violations"];
  readonly known: RandomRunResult["known"];
  /** Undefined where the run did not come to its end. */
  readonly traceHash: string | undefined;
  /** What was thrown, or how its worker ended, where the run did not come to its end. */
  readonly error: string | undefined;
  /** The command that repeats it, once it was shrunk; undefined where nothing failed. */
  readonly replay: string | undefined;
  /** What happened in the smallest run that fails like it, line by line. */
  readonly story: readonly string[];
}

/** What tells that a run did not come to its end; the command repeats it as it was drawn. */
export function brokenRun(seed: number, peers: number | undefined, error: string): RunOutcome {
  const given = peers === undefined ? "" : ` --peers ${peers}`;
  const replay = `gossip simulate --seed ${seed}${given}`;
  const nothing = { fired: [], violations: [], known: [], story: [], traceHash: undefined };
  return { seed, ...nothing, error, replay };
}
