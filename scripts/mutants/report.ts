// What was measured, as tables for a terminal and for docs/MUTANTS.md.

import Table from "cli-table3";
import { describeMachine, markdownTable } from "../../bench/section.js";
import { type Judge, killersOf, type Measured } from "./measure.js";
import type { Conditions } from "./results.js";

/** A mutant in a report, and how its survival is explained. */
export interface ReportRow {
  readonly measured: Measured;
  /** Where it is: `file:line`, or its area. */
  readonly place: string;
  /** What it breaks, or what it is. */
  readonly what: string;
}

const WIDTHS = [46, 30, 14, 60];

/** One line for people while it is measured. */
export function lineOf(measured: Measured): string {
  const killers = killersOf(measured);
  const by = killers.length === 0 ? "nobody" : killers.join(", ");
  return `${measured.name}: ${by}${detailOf(measured)}`;
}

/** A table for the terminal. */
export function terminalTable(rows: readonly ReportRow[]): string {
  const head = ["mutant", "where", "killed by", "how"];
  const table = new Table({
    head,
    colWidths: WIDTHS,
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const { measured, place } of rows) {
    table.push([measured.name, place, killersText(measured), detailOf(measured).slice(2)]);
  }
  return table.toString();
}

/** How many are killed by whom, in sentences. */
export function summaryOf(all: readonly Measured[]): string[] {
  const killed = all.filter((measured) => killersOf(measured).length > 0);
  const by = (judges: readonly Judge[]): string => {
    const count = all.filter((measured) => killersOf(measured).some((k) => judges.includes(k)));
    return `${count.length} (${inPercent(count.length, all.length)})`;
  };
  return [
    `${all.length} mutants, ${killed.length} killed (${inPercent(killed.length, all.length)}): by random runs ${by(["random runs"])}, by experiments ${by(["experiments"])}, by the simulator, which is one of the two, ${by(["random runs", "experiments"])}, by tests ${by(["tests"])}.`,
  ];
}

/** The lines of a part of docs/MUTANTS.md. */
export function markdownOf(
  rows: readonly ReportRow[],
  { command, withoutMutant }: Conditions,
): string[] {
  const cells = rows.map(({ measured, place, what }) => [
    escaped(measured.name),
    escaped(place),
    escaped(what),
    runsText(measured),
    measured.experiment === undefined ? "–" : escaped(measured.experiment ?? "no"),
    measured.test === undefined ? "–" : escaped(measured.test ?? "no"),
  ]);
  return [
    ...measuredBy(command, withoutMutant),
    ...summaryOf(rows.map(({ measured }) => measured)),
    "",
    ...markdownTable(["mutant", "where", "rule", "random runs", "experiments", "tests"], cells),
  ];
}

/** By which command, on which machine; and what is known of the core as it is. */
export function measuredBy(
  command: string,
  { runs, failed }: Conditions["withoutMutant"],
): string[] {
  const sound = failed === 0 ? "all of them are sound" : `${failed} of them fail`;
  return [
    `\`${command}\`; ${describeMachine()}.`,
    "",
    `Without a mutant ${runs} runs: ${sound}.`,
    "",
  ];
}

function killersText(measured: Measured): string {
  const killers = killersOf(measured);
  return killers.length === 0 ? "NOBODY" : killers.join(", ");
}

function detailOf({ randomRuns, experiment, test }: Measured): string {
  const parts: string[] = [];
  if (randomRuns !== undefined) {
    const { runs, unchanged, first } = randomRuns;
    const fault = first?.fault.split("\n")[0] ?? "";
    if (first === undefined) parts.push(`${runs} runs sound, ${unchanged} of them unchanged`);
    else parts.push(`seed ${first.seed}, run ${runs}: ${fault.slice(0, 160)}`);
  }
  if (typeof experiment === "string") parts.push(experiment);
  if (typeof test === "string") parts.push(test);
  return parts.map((part) => `; ${part}`).join("");
}

function runsText({ randomRuns }: Measured): string {
  if (randomRuns === undefined) return "–";
  const { runs, unchanged, first } = randomRuns;
  if (first === undefined) return `no (${runs} runs, ${unchanged} unchanged)`;
  const invariant = first.fault.split(":")[0] ?? "";
  return escaped(`${invariant}, by run ${runs} (seed ${first.seed})`);
}

/** In a cell of a table in Markdown. */
export function escaped(text: string): string {
  return text.replace(/\s+/g, " ").replace(/\|/g, "\\|").slice(0, 240);
}

export function inPercent(count: number, of: number): string {
  return of === 0 ? "–" : `${((100 * count) / of).toFixed(1)} %`;
}
