// Figures and rows as people read them.

import type { Goal, Row, Unit } from "../experiments/experiment.js";

/** A figure with its unit. */
export function formatFigure(value: number, unit: Unit): string {
  switch (unit) {
    case "ms":
      return value < 1_000 ? `${significant(value)} ms` : `${significant(value / 1_000)} s`;
    case "bytes":
      return bytes(value);
    case "bytes/s":
      return `${bytes(value)}/s`;
    case "share":
      return `${significant(100 * value)} %`;
    case "count":
      return significant(value);
    default:
      return unit satisfies never;
  }
}

/** The cells of a row: what, anchor, ours, ratio, goal, and whether it is met. */
export interface RowCells {
  readonly what: string;
  readonly anchor: string;
  readonly ours: string;
  readonly ratio: string;
  readonly goal: string;
  readonly isMet: string;
  readonly note: string;
}

/** A row as text; what there is no figure for is a dash. */
export function formatRow(row: Row): RowCells {
  const { what, unit, anchor, goal, ours, isBound, note } = row;
  const bound = isBound === true ? "< " : "";
  const hasRatio = typeof anchor === "number" && ours !== undefined && anchor !== 0;
  return {
    what,
    anchor: typeof anchor === "number" ? formatFigure(anchor, unit) : (anchor ?? "–"),
    ours: ours === undefined ? "not finished" : bound + formatFigure(ours, unit),
    ratio: hasRatio ? bound + significant(ours / anchor) : "–",
    goal: goal === undefined ? "–" : formatGoal(goal, unit),
    isMet: goal === undefined ? "–" : verdict(row, goal),
    note,
  };
}

function formatGoal(goal: Goal, unit: Unit): string {
  return "atMost" in goal
    ? `≤ ${formatFigure(goal.atMost, unit)}`
    : `≥ ${formatFigure(goal.atLeast, unit)}`;
}

function verdict({ ours, isBound }: Row, goal: Goal): string {
  if (ours === undefined) return "no";
  const isMet = "atMost" in goal ? ours <= goal.atMost : ours >= goal.atLeast;
  if (isMet) return "yes";
  // Nothing was counted, but in too few runs to say that the goal is met.
  return isBound === true ? "open" : "no";
}

function bytes(value: number): string {
  if (value < 1_000) return `${significant(value)} B`;
  if (value < 1_000_000) return `${significant(value / 1_000)} KB`;
  return `${significant(value / 1_000_000)} MB`;
}

/** Three significant digits; whole numbers from 100 on whole. */
function significant(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(3)));
}
