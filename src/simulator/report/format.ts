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
  const { what, unit, anchor, goal, note } = row;
  return {
    what,
    anchor: typeof anchor === "number" ? formatFigure(anchor, unit) : (anchor ?? "–"),
    ours: formatOurs(row),
    ratio: formatRatio(row),
    goal: goal === undefined ? "–" : formatGoal(goal, unit),
    isMet: goal === undefined ? "–" : verdict(row, goal),
    note,
  };
}

function formatOurs({ ours, atLeast, isBound, unit }: Row): string {
  if (ours !== undefined) return (isBound === true ? "< " : "") + formatFigure(ours, unit);
  return atLeast === undefined ? "not finished" : `not finished, ≥ ${formatFigure(atLeast, unit)}`;
}

function formatRatio({ anchor, ours, isBound }: Row): string {
  if (typeof anchor !== "number" || ours === undefined || anchor === 0) return "–";
  return (isBound === true ? "< " : "") + significant(ours / anchor);
}

function formatGoal(goal: Goal, unit: Unit): string {
  return "atMost" in goal
    ? `≤ ${formatFigure(goal.atMost, unit)}`
    : `≥ ${formatFigure(goal.atLeast, unit)}`;
}

/** `open` where too little was run to say. */
function verdict({ ours, atLeast, isBound }: Row, goal: Goal): string {
  if (ours === undefined) {
    const isMissed = "atMost" in goal && atLeast !== undefined && atLeast > goal.atMost;
    return isMissed ? "no" : "open";
  }
  const isMet = "atMost" in goal ? ours <= goal.atMost : ours >= goal.atLeast;
  if (isMet) return "yes";
  return isBound === true ? "open" : "no";
}

function bytes(value: number): string {
  if (value < 1_000) return `${significant(value)} B`;
  if (value < 1_000_000) return `${significant(value / 1_000)} KB`;
  return `${significant(value / 1_000_000)} MB`;
}

/** Whole numbers from 100 on whole, smaller ones with two decimals or three significant digits. */
function significant(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return String(Number(value >= 1 ? value.toFixed(2) : value.toPrecision(3)));
}
