// Puts the rule mutants before the judges, all of them or those of files that were changed.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { RuleMutant } from "../../test/mutants/rule-mutant.js";
import { RULE_AREAS, RULE_MUTANTS } from "../../test/mutants/rule-mutants.js";
import { RULE_SURVIVORS } from "../../test/mutants/rule-survivors.js";
import { hasSpoken, killersOf, type Measured, measure } from "./measure.js";
import type { Options } from "./options.js";
import { lineOf } from "./patch.js";
import { RandomRuns } from "./random-runs.js";
import { type ReportRow, summaryOf, terminalTable, lineOf as textOf } from "./report.js";
import { Results } from "./results.js";

/** What was found of those that were asked for. */
export interface RulesMeasured {
  readonly rows: readonly ReportRow[];
  readonly results: Results;
  /** Those that nobody killed, and of which that is not known. */
  readonly unexplained: readonly string[];
}

/** Measures, and prints what comes of it. */
export async function measureRules(options: Options, command: string): Promise<RulesMeasured> {
  const mutants = chosen(options);
  const { seed, judges, cpuMs, runs } = options;
  const needsRuns = judges.includes("random runs") && mutants.length > 0;
  const order = { firstSeed: seed, runs: needsRuns ? runs : 0, cpuMs };
  const randomRuns = await RandomRuns.without(order);
  const { withoutMutant } = randomRuns;
  if (needsRuns)
    console.log(`Without a mutant ${withoutMutant.failed} of ${withoutMutant.runs} runs fail.`);
  const conditions = { command, seed, withoutMutant };
  const results = new Results("rules", conditions, options.isResumed);
  const isOneEnough = options.touchedSince !== undefined;
  let left = 0;
  for (const mutant of mutants) {
    const held = results.of(mutant.name) ?? { name: mutant.name };
    if (judges.every((judge) => hasSpoken(judge, held))) continue;
    if (Date.now() > options.endMs) {
      left += 1;
      continue;
    }
    const measured = await measure(mutant, held, { seed, randomRuns, judges, isOneEnough });
    results.add(measured);
    console.log(textOf(measured));
  }
  const rows = mutants.flatMap((mutant) => rowOf(mutant, results.of(mutant.name)));
  console.log(terminalTable(rows));
  for (const line of summaryOf(rows.map(({ measured }) => measured))) console.log(line);
  if (left > 0) console.log(`${left} mutants were left out: the time was over.`);
  return { rows, results, unexplained: unexplained(rows) };
}

function rowOf(mutant: RuleMutant, measured: Measured | undefined): ReportRow[] {
  if (measured === undefined) return [];
  const line = lineOf(readFileSync(mutant.file, "utf8"), mutant);
  return [{ measured, place: `${mutant.file}:${line}`, what: mutant.rule }];
}

function unexplained(rows: readonly ReportRow[]): string[] {
  const names = rows
    .filter(({ measured }) => killersOf(measured).length === 0)
    .map(({ measured }) => measured.name);
  return names.filter((name) => RULE_SURVIVORS[name] === undefined);
}

/** Those that the options name. */
function chosen({ only, areas, touchedSince }: Options): readonly RuleMutant[] {
  let mutants = RULE_MUTANTS;
  for (const area of areas) {
    if (RULE_AREAS[area] === undefined) throw new Error(`there is no area ${area}`);
  }
  if (areas.length > 0) mutants = areas.flatMap((area) => RULE_AREAS[area] ?? []);
  if (only.length > 0) {
    mutants = mutants.filter(({ name }) => only.some((words) => name.includes(words)));
  }
  if (touchedSince === undefined) return mutants;
  const touched = touchedFiles(touchedSince);
  return mutants.filter(({ file }) => touched.has(file));
}

/** The files that differ from that revision; none where there is no such history. */
function touchedFiles(revision: string): ReadonlySet<string> {
  const args = ["diff", "--name-only", revision, "--", "src"];
  const { status, stdout } = spawnSync("git", args, { encoding: "utf8" });
  if (status === 0) return new Set(stdout.split("\n").filter((file) => file !== ""));
  console.log(`SKIPPED: there is no revision ${revision} here to compare with.`);
  return new Set();
}
