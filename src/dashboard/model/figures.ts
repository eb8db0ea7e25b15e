// The agent's figures over time, and what the charts draw of them: rates of counters, and values.

import { signal } from "@preact/signals";
import { FIGURES_KEPT } from "./limits.js";

/** All figures at one time. A figure of many parts has them as `name.part`. */
export interface Sample {
  readonly atMs: number;
  readonly figures: Readonly<Record<string, number>>;
}

/** The latest samples, oldest first. */
export const samples = signal<readonly Sample[]>([]);

/** Takes one answer in. */
export function takeFigures(atMs: number, figures: Readonly<Record<string, number>>): void {
  samples.value = [...samples.value, { atMs, figures }].slice(-FIGURES_KEPT);
}

/** A figure, or the sum of its parts; undefined where there is none. */
export function figure(sample: Sample, name: string): number | undefined {
  const whole = sample.figures[name];
  if (whole !== undefined) return whole;
  const parts = Object.entries(sample.figures).filter(([key]) => key.startsWith(`${name}.`));
  return parts.length === 0 ? undefined : parts.reduce((sum, [, value]) => sum + value, 0);
}

/** The figure at each sample. */
export function values(of: readonly Sample[], name: string): (number | null)[] {
  return of.map((sample) => figure(sample, name) ?? null);
}

/** How fast a counter rises, a second; null where it cannot be told. */
export function rates(of: readonly Sample[], name: string): (number | null)[] {
  return of.map((sample, index) => {
    const before = of[index - 1];
    if (before === undefined) return null;
    const rise = difference(before, sample, name);
    const seconds = (sample.atMs - before.atMs) / 1_000;
    return rise === undefined || seconds <= 0 ? null : rise / seconds;
  });
}

/** By how much one counter rose for each that another did: such as milliseconds for each answer. */
export function means(of: readonly Sample[], sum: string, count: string): (number | null)[] {
  return of.map((sample, index) => {
    const before = of[index - 1];
    if (before === undefined) return null;
    const rise = difference(before, sample, sum);
    const events = difference(before, sample, count);
    return rise === undefined || events === undefined || events <= 0 ? null : rise / events;
  });
}

/** A counter that fell belongs to an agent that began anew: nothing before it compares. */
function difference(from: Sample, to: Sample, name: string): number | undefined {
  const [before, after] = [figure(from, name), figure(to, name)];
  if (before === undefined || after === undefined || after < before) return undefined;
  return after - before;
}
