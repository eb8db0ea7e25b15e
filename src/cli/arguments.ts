// Values of flags, parsed and checked.

import { InvalidArgumentError } from "commander";
import ms, { type StringValue } from "ms";
import { parseAddress } from "../core/address.js";

/** A duration such as `100ms`, `1s` or `2m`, in milliseconds; undefined for what is none. */
export function durationMsOf(text: string): number | undefined {
  const isDuration = /^\d{1,12}(\.\d{1,6})?(ms|s|m|h)$/.test(text);
  const durationMs = isDuration ? ms(text as StringValue) : undefined;
  return Number.isInteger(durationMs) ? durationMs : undefined;
}

/** A duration such as `100ms`, `1s` or `2m`, in milliseconds. */
export function parseDuration(text: string): number {
  const durationMs = durationMsOf(text);
  if (durationMs !== undefined) return durationMs;
  throw new InvalidArgumentError("Write a duration with its unit, like 100ms, 1s or 2m.");
}

/** An address that can be dialled. */
export function parseHostAndPort(text: string): string {
  if (parseAddress(text) !== undefined) return text;
  throw new InvalidArgumentError("Write it as host:port, like 127.0.0.1:7980.");
}

/** A whole number of at least 1. */
export function parseCount(text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count >= 1) return count;
  throw new InvalidArgumentError("Write a whole number from 1 to 999999999.");
}

/** A pair `key=value`; undefined for what is none. */
export function pairOf(text: string): readonly [key: string, value: string] | undefined {
  const at = text.indexOf("=");
  return at < 1 ? undefined : [text.slice(0, at), text.slice(at + 1)];
}

/** For a flag that can be given several times. */
export function collect(value: string, values: readonly string[]): string[] {
  return [...values, value];
}
