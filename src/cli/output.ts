// What commands print: tables and times for people, JSON for programs. Text of other peers goes
// through `printable`, so that it cannot steer the terminal.

import { type DescMessage, type MessageShape, toJson } from "@bufbuild/protobuf";
import type { Duration } from "@bufbuild/protobuf/wkt";
import Table from "cli-table3";

const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
];

/** At most so many characters, the last of which then says that there was more. */
export function shortened(text: string, length: number): string {
  const characters = Array.from(text);
  if (characters.length <= length) return text;
  return `${characters.slice(0, length - 1).join("")}…`;
}

/** A time span as people write it: `0.42 ms`, `12 ms`, `3.5 s`, `4 min`, `2 h`, `7 d`. */
export function formatDuration(durationMs: number): string {
  const found = UNITS.find(([, unitMs]) => durationMs >= unitMs);
  if (found === undefined) return `${significant(durationMs)} ms`;
  const [unit, unitMs] = found;
  return `${significant(durationMs / unitMs)} ${unit}`;
}

/** A time span of the admin service in milliseconds, with its fraction. */
export function spanMs({ seconds, nanos }: Duration): number {
  return Number(seconds) * 1_000 + nanos / 1_000_000;
}

/** A time of day, in the local time zone. */
export function formatTime(epochMs: number): string {
  const date = new Date(epochMs);
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => {
    return String(part).padStart(2, "0");
  });
  return `${time.join(":")}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** Rows under a head, without lines; every cell has to be printable. */
export function plainTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const none = Object.fromEntries(BORDERS.map((name) => [name, ""]));
  const table = new Table({
    head: [...head],
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
    chars: none,
  });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

/** Prints an answer of the admin service as JSON, with all of its fields. */
export function printJson<S extends DescMessage>(schema: S, message: MessageShape<S>): void {
  console.log(JSON.stringify(toJson(schema, message, { alwaysEmitImplicit: true }), undefined, 2));
}

/** The same on one line, for streams. */
export function printJsonLine<S extends DescMessage>(schema: S, message: MessageShape<S>): void {
  console.log(JSON.stringify(toJson(schema, message, { alwaysEmitImplicit: true })));
}

const BORDERS = [
  "top",
  "top-mid",
  "top-left",
  "top-right",
  "bottom",
  "bottom-mid",
  "bottom-left",
  "bottom-right",
  "left",
  "left-mid",
  "mid",
  "mid-mid",
  "right",
  "right-mid",
  "middle",
] as const;

/** Two digits, or all of those before the point. */
function significant(value: number): string {
  if (value >= 10) return String(Math.round(value));
  return String(Number(value.toPrecision(2)));
}
