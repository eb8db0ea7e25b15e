// What to ask of the agent so that its info becomes what stands in the dialog: only what differs, so
// that what others changed meanwhile stays.

import type { MetadataEntry } from "../model/member-view.js";

/** A key and its value, as they stand in the dialog. */
export interface InfoRow {
  readonly id: number;
  readonly key: string;
  readonly value: string;
}

/** The difference, in the form in which the agent takes it. */
export interface InfoChange {
  readonly name?: string;
  readonly metadata: Record<string, { kind: { case: "text"; value: string } }>;
  readonly removedKeys: string[];
}

/** Compares what there was with what stands in the dialog. */
export function infoChange(
  nameBefore: string,
  before: readonly MetadataEntry[],
  name: string,
  rows: readonly InfoRow[],
): InfoChange {
  const values = new Map(before.map((entry) => [entry.key, entry.value]));
  const wanted = new Map(rows.map((row) => [row.key.trim(), row.value]));
  const changed = [...wanted].filter(([key, value]) => key !== "" && values.get(key) !== value);
  return {
    ...(name === nameBefore ? {} : { name }),
    metadata: Object.fromEntries(
      changed.map(([key, value]) => [key, { kind: { case: "text", value } }] as const),
    ),
    removedKeys: [...values.keys()].filter((key) => !wanted.has(key)),
  };
}
