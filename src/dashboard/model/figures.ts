// The agent's figures over time, and what the charts draw of them: rates of counters, and values.

import { signal } from "@preact/signals";
import { FIGURES_KEPT } from "./limits.js";

/** All figures at one time. A name may end in labels: `name{kind="rumor"}`. */
export interface Sample {
  readonly atMs: number;
  readonly figures: Readonly<Record<string, number>>;
}

/** The latest samples, oldest first. */
export const samples = signal<readonly Sample[]>([]);

/** Takes one answer in. A figure that fell means that the agent began anew: nothing before it compares. */
export function takeFigures(atMs: number, figures: Readonly<Record<string, number>>): void {
  samples.value = [...samples.value, { atMs, figures }].slice(-FIGURES_KEPT);
}

/** The sum of all figures of a name, whatever their labels; undefined where there is none. */
export function figure(sample: Sample, name: string, labels = ""): number | undefined {
  let sum: number | undefined;
  for (const [key, value] of Object.entries(sample.figures)) {
    const isOfName = key === name || key.startsWith(`${name}{`);
    if (isOfName && key.includes(labels)) sum = (sum ?? 0) + value;
  }
  return sum;
}

/** The figure at each sample. */
export function values(of: readonly Sample[], name: string, labels = ""): (number | null)[] {
  return of.map((sample) => figure(sample, name, labels) ?? null);
}

/** How fast a counter rises, a second; null where it cannot be told. */
export function rates(of: readonly Sample[], name: string, labels = ""): (number | null)[] {
  return of.map((sample, index) => {
    const before = of[index - 1];
    if (before === undefined) return null;
    const rise = difference(before, sample, name, labels);
    const seconds = (sample.atMs - before.atMs) / 1_000;
    return rise === undefined || seconds <= 0 ? null : rise / seconds;
  });
}

/** By how much one counter rose for each that another did: such as seconds for each update. */
export function means(of: readonly Sample[], sum: string, count: string): (number | null)[] {
  return of.map((sample, index) => {
    const before = of[index - 1];
    if (before === undefined) return null;
    const rise = difference(before, sample, sum);
    const events = difference(before, sample, count);
    return rise === undefined || events === undefined || events <= 0 ? null : rise / events;
  });
}

function difference(from: Sample, to: Sample, name: string, labels = ""): number | undefined {
  const [before, after] = [figure(from, name, labels), figure(to, name, labels)];
  if (before === undefined || after === undefined || after < before) return undefined;
  return after - before;
}
