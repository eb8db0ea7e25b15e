// The command line of `npm run mutants`.

import { parseArgs } from "node:util";
import { parseSeed } from "../../src/cli/simulate-flags.js";
import type { Judge } from "./measure.js";

export const USAGE = `npm run mutants -- [--only NAME]... [--area NAME]... [--touched REVISION]
    [--table | --sample N] [--judge NAME]... [--seed S] [--seconds CPU] [--runs N] [--minutes M]
    [--resume] [--write]

  without --table or --sample, each rule mutant is put before all judges
  --only     this mutant, or all whose name holds these words
  --area     the mutants of this area of rules: merging, detection, bounds and so on
  --touched  those of files that were changed since the revision; one judge that kills is enough
  --table    counts how many of 300 random runs fail by each mutant of the table
  --sample   so many mutants of StrykerJS over src/core and src/wire, drawn by the seed
  --judge    "random runs", "experiments" or "tests"; all of them unless given
  --seed     what random runs, experiments and the sample are drawn from; default 1
  --seconds  CPU time for the random runs of one mutant; default 120
  --runs     random runs of one mutant, at most; default as many as there is time for
  --minutes  begins no further mutant after so long; what was left out is said
  --resume   goes on where a measurement was stopped: asks the judges that were not asked yet
  --write    puts what was measured into docs/MUTANTS.md`;

const JUDGES: readonly Judge[] = ["random runs", "experiments", "tests"];
const DEFAULT_SECONDS = 120;
const TABLE_RUNS = 300;
const MOST_RUNS = 1_000_000;

/** What is to be done. */
export interface Options {
  readonly only: readonly string[];
  readonly areas: readonly string[];
  readonly touchedSince: string | undefined;
  readonly isTable: boolean;
  readonly sample: number | undefined;
  readonly judges: readonly Judge[];
  readonly seed: number;
  readonly cpuMs: number;
  readonly runs: number;
  readonly endMs: number;
  readonly isResumed: boolean;
  readonly isWritten: boolean;
}

/** The options that were given; undefined where help was asked for. */
export function parseOptions(argv: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: "string", multiple: true, default: [] },
      area: { type: "string", multiple: true, default: [] },
      touched: { type: "string" },
      table: { type: "boolean", default: false },
      sample: { type: "string" },
      judge: { type: "string", multiple: true, default: [] },
      seed: { type: "string", default: "1" },
      seconds: { type: "string", default: `${DEFAULT_SECONDS}` },
      runs: { type: "string" },
      minutes: { type: "string" },
      resume: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const isTable = values.table;
  const minutes = values.minutes === undefined ? Infinity : positive("--minutes", values.minutes);
  const mostRuns = isTable ? TABLE_RUNS : MOST_RUNS;
  return {
    only: values.only,
    areas: values.area,
    touchedSince: values.touched,
    isTable,
    sample: values.sample === undefined ? undefined : positive("--sample", values.sample),
    judges: judgesOf(values.judge, values.touched !== undefined),
    seed: parseSeed(values.seed),
    // The table counts runs, however long they take.
    cpuMs: isTable ? Number.MAX_SAFE_INTEGER : 1_000 * positive("--seconds", values.seconds),
    runs: values.runs === undefined ? mostRuns : positive("--runs", values.runs),
    endMs: Date.now() + 60_000 * minutes,
    isResumed: values.resume,
    isWritten: values.write,
  };
}

function judgesOf(asked: readonly string[], isTouched: boolean): readonly Judge[] {
  const unknown = asked.find((name) => !JUDGES.some((judge) => judge === name));
  if (unknown !== undefined) throw new Error(`there is no judge ${unknown}\n${USAGE}`);
  if (asked.length > 0) return JUDGES.filter((judge) => asked.includes(judge));
  // The tests beside a file are quick; most mutants get no further.
  return isTouched ? ["tests", "random runs"] : JUDGES;
}

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new Error(`${flag} must be a number above 0\n${USAGE}`);
}
