// The rows of an experiment as a table on the terminal.

import Table from "cli-table3";
import type { Row } from "../simulator/experiments/experiment.js";
import { formatRow } from "../simulator/report/format.js";

const HEAD = ["measured", "anchor", "ours", "ratio", "goal", "met", "note"];
/** Null: as wide as its widest cell. */
const WIDTHS = [44, 14, null, null, null, null, 52];

/** The rows side by side with what they are compared with. */
export function rowTable(rows: readonly Row[]): string {
  const table = new Table({
    head: HEAD,
    colWidths: WIDTHS,
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const row of rows) {
    const { what, anchor, ours, ratio, goal, isMet, note } = formatRow(row);
    table.push([what, anchor, ours, ratio, goal, isMet, note]);
  }
  return table.toString();
}
