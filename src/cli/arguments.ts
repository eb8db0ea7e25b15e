// Values of flags, parsed and checked.

import { InvalidArgumentError } from "commander";
import ms, { type StringValue } from "ms";

/** A duration such as `100ms`, `1s` or `2m`, in milliseconds. */
export function parseDuration(text: string): number {
  const isDuration = /^\d+(\.\d+)?(ms|s|m|h)$/.test(text);
  const durationMs = isDuration ? ms(text as StringValue) : undefined;
  if (durationMs !== undefined && Number.isInteger(durationMs)) return durationMs;
  throw new InvalidArgumentError("Write a duration with its unit, like 100ms, 1s or 2m.");
}

/** For a flag that can be given several times. */
export function collect(value: string, values: readonly string[]): string[] {
  return [...values, value];
}
