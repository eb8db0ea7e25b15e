// The table: how many of as many random runs fail by each of some rule mutants.

import Table from "cli-table3";
import { markdownTable } from "../../bench/section.js";
import { RULE_MUTANTS } from "../../test/mutants/rule-mutants.js";
import type { Options } from "./options.js";
import { RandomRuns, type RandomRunsOutcome } from "./random-runs.js";
import { escaped, measuredBy } from "./report.js";

/** Counts, prints, and gives the lines for docs/MUTANTS.md. */
export async function measureTable(
  { seed, runs, cpuMs, only }: Options,
  command: string,
): Promise<string[]> {
  const mutants = RULE_MUTANTS.filter(({ isInTable }) => isInTable === true).filter(
    ({ name }) => only.length === 0 || only.some((words) => name.includes(words)),
  );
  const randomRuns = await RandomRuns.without({ firstSeed: seed, runs, cpuMs });
  const rows: string[][] = [];
  for (const mutant of mutants) {
    const outcome = await randomRuns.of(mutant, false);
    rows.push([mutant.name, `${outcome.failed} of ${outcome.runs}`, firstText(outcome)]);
    console.log(rows.at(-1)?.join(": "));
  }
  const head = ["what is broken", "random runs that fail", "the first of them"];
  const table = new Table({
    head,
    colWidths: [50, 24, 80],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  table.push(...rows);
  console.log(table.toString());
  const cells = rows.map((row) => row.map(escaped));
  return [...measuredBy(command, randomRuns.withoutMutant), ...markdownTable(head, cells)];
}

function firstText({ first }: RandomRunsOutcome): string {
  if (first === undefined) return "–";
  return `seed ${first.seed}: ${first.fault.split("\n")[0] ?? ""}`;
}
