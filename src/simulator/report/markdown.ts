// A part of the scoreboard as Markdown: every figure comes from the report, none is typed by hand.

import type { RunNumbers } from "../experiments/experiment.js";
import { formatFigure, formatRow } from "./format.js";
import type { Report } from "./report.js";

/** More runs than that are left to the JSON. */
const MAX_RUNS_SHOWN = 30;

/** The part of one experiment; `machine` says where and when it was run. */
export function scoreboardSection(report: Report, machine: string): string {
  const { experiment, summary, anchor, parameters, rows, runs, command, budgetMs, tookMs } = report;
  const parts = [
    `## ${experiment}`,
    `${summary} Beside: ${anchor}. It took ${seconds(tookMs)} of CPU time, of a budget of ${seconds(budgetMs)}, on ${machine}.`,
    markdownTable(
      ["measured", "anchor", "ours", "ratio", "goal", "met", "note", "command"],
      rows.map((row) => {
        const { what, anchor: published, ours, ratio, goal, isMet, note } = formatRow(row);
        return [what, published, ours, ratio, goal, isMet, note, code(command)];
      }),
    ),
    `![${experiment}](plots/${experiment}.svg)`,
    "Parameters:",
    Object.entries(parameters)
      .map(([name, value]) => `- ${name}: ${typeof value === "object" ? value.join(", ") : value}`)
      .join("\n"),
  ];
  if (runs.length <= MAX_RUNS_SHOWN) parts.push("What the runs took:", runsTable(runs));
  return parts.join("\n\n");
}

function runsTable(runs: readonly RunNumbers[]): string {
  return markdownTable(
    [
      "run",
      "finished",
      "virtual time",
      "messages a peer",
      "bytes a peer",
      "dials a peer",
      "CPU charged a peer",
      "connections a peer at the end",
      "false positives",
      "list sizes seen",
    ],
    runs.map(({ label, isFinished, virtualMs, perPeer, falsePositives, listSizes }) => [
      label,
      isFinished ? "yes" : "no",
      formatFigure(virtualMs, "ms"),
      formatFigure(perPeer.messages, "count"),
      formatFigure(perPeer.bytes, "bytes"),
      formatFigure(perPeer.dials, "count"),
      formatFigure(perPeer.cpuMs, "ms"),
      formatFigure(perPeer.connections, "count"),
      formatFigure(falsePositives, "count"),
      formatFigure(listSizes, "count"),
    ]),
  );
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}
