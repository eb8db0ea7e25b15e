// What the cluster benchmark found, as a table.

import { describeMachine, markdownTable } from "../section.js";

/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly ours: string;
  readonly seed: string;
  readonly goal: string;
  readonly met: string;
}

const UNFINISHED = "not within 60 s";
/** Stands for a figure that was not measured. */
export const NOT_ASKED = Number.NaN;

/** A line of the table; `figures` are ours and those of the seed's rule. */
export function row(
  what: string,
  figures: readonly [number | undefined, number | undefined],
  goal?: number,
): Row {
  const [ours, seed] = figures;
  return {
    what,
    ours: text(ours),
    seed: text(seed),
    goal: goal === undefined ? "" : `<= ${goal}`,
    met: metOf(ours, goal),
  };
}

/** The part of docs/BENCHMARKS.md. */
export function markdown(rows: readonly Row[], runs: number): string[] {
  return [
    `\`npm run bench -- --runs ${runs} --write\` wrote this part. ${describeMachine()}.`,
    "",
    ...markdownTable(
      ["what", "ours", "seed's rule", "goal", "met"],
      rows.map(({ what, ours, seed, goal, met }) => [what, ours, seed, goal, met]),
    ),
  ];
}

function metOf(ours: number | undefined, goal: number | undefined): string {
  if (goal === undefined) return "";
  return ours !== undefined && ours <= goal ? "yes" : "no";
}

function text(figure: number | undefined): string {
  if (Number.isNaN(figure)) return "–";
  return figure === undefined ? UNFINISHED : String(Number(figure.toPrecision(3)));
}
