// The figures of the comparison: what each is called, and the middle and the spread of some runs.

import { median } from "../costs/fit.js";
import type { Findings } from "./work.js";

/** One figure of a contender. */
export interface Figure {
  readonly title: string;
  read(findings: Findings): readonly (number | undefined)[];
}

/** All of them, in the order of the report. */
export const FIGURES = {
  join: { title: "all joined through one seed, s", read: ({ joinS }) => [joinS] },
  update: { title: "an update seen by all, s", read: ({ updateS }) => updateS },
  crash: { title: "a crash seen by all, s", read: ({ crashS }) => crashS },
  leave: { title: "a leave seen by all, s", read: ({ leaveS }) => leaveS },
  cpu: { title: "CPU of a peer at rest, ms a second", read: ({ cpuMsPerS }) => known(cpuMsPerS) },
  bytes: { title: "bytes of a peer at rest, a second", read: ({ bytesPerS }) => known(bytesPerS) },
  memory: { title: "memory of all processes, MiB", read: ({ residentMb }) => known(residentMb) },
  removedRunning: {
    title: "removals of peers that ran",
    read: ({ removedRunning }) => known(removedRunning),
  },
  removedStopped: {
    title: "removals of peers that were stopped for 5 s",
    read: ({ removedStopped }) => known(removedStopped),
  },
} as const satisfies Readonly<Record<string, Figure>>;

/** The name of a figure. */
export type FigureName = keyof typeof FIGURES;

/** What some runs say of a figure. */
export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly count: number;
  /** How many of them were not in time: they count as endless. */
  readonly unfinished: number;
}

/** Undefined where nothing was measured. */
export function summarize(name: FigureName, runs: readonly Findings[]): Summary | undefined {
  const values = runs.flatMap((findings) => FIGURES[name].read(findings));
  if (values.length === 0) return;
  const endless = values.map((value) => value ?? Number.POSITIVE_INFINITY);
  return {
    median: median(endless),
    least: Math.min(...endless),
    most: Math.max(...endless),
    count: values.length,
    unfinished: values.filter((value) => value === undefined).length,
  };
}

/** The middle, with the spread behind it. */
export function summaryText(summary: Summary | undefined): string {
  if (summary === undefined) return "";
  const { median: middle, least, most, count, unfinished } = summary;
  const late = unfinished > 0 ? `, ${unfinished} of ${count} not in time` : "";
  if (!Number.isFinite(middle)) return `not within 60 s${count > 1 ? late : ""}`;
  if (count === 1) return significant(middle);
  const top = Number.isFinite(most) ? significant(most) : "…";
  return `${significant(middle)} (${significant(least)}–${top}${late})`;
}

/** With so many digits as mean something. */
export function significant(value: number): string {
  if (value >= 1_000) return Math.round(value).toLocaleString("en-GB");
  return String(Number(value.toPrecision(value >= 100 ? 3 : 2)));
}

function known(value: number | undefined): readonly number[] {
  return value === undefined ? [] : [value];
}
