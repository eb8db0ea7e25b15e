// The scoreboard as Markdown: every figure comes from the reports, none is typed by hand.

import type { RunNumbers } from "../experiments/experiment.js";
import { formatFigure, formatRow } from "./format.js";
import type { Report } from "./report.js";

/** Where and how the figures came about. */
export interface Circumstances {
  readonly command: string;
  readonly machine: string;
  readonly node: string;
  readonly date: string;
}

/** More runs than that are left to the JSON. */
const MAX_RUNS_SHOWN = 30;

/** docs/SCOREBOARD.md. */
export function scoreboardMarkdown(
  reports: readonly Report[],
  { command, machine, node, date }: Circumstances,
): string {
  const seeds = Array.from(new Set(reports.map(({ seed }) => seed))).join(", ");
  const tookMs = reports.reduce((sum, report) => sum + report.tookMs, 0);
  const parts = [
    "# Scoreboard",
    `Written by \`${command}\`; do not edit. What was published, what the simulator measures here with the default options of a peer, and the ratio of the two.`,
    markdownTable(
      ["", ""],
      [
        ["command", code(command)],
        ["seed", seeds],
        ["machine", machine],
        ["Node", node],
        ["date", date],
        ["CPU time", `${(tookMs / 60_000).toFixed(1)} minutes`],
      ],
    ),
    HOW_TO_READ,
    ...reports.map(sectionOf),
  ];
  return `${parts.join("\n\n")}\n`;
}

const HOW_TO_READ = `**How to read it.** Times are virtual, and the same seed gives the same run. Each experiment has a budget of CPU time; what did not finish within it says so, with how far it came, and a smaller size is tried below it. Such rows depend on the speed of the machine, all others do not. \`≥\` is a figure that was reached before the end of the budget. A figure with \`<\` is an upper bound with 95 % confidence (rule of three: nothing was counted); \`open\` means that too little was run to say whether the goal is met. A false positive is a removal, counted for each observer, of a member that ran and was in no trouble. With \`--tenth\` or \`--full\` more is run, in the same order. Run from a checkout, \`gossip\` is \`node dist/cli/main.js\`.`;

function sectionOf(report: Report): string {
  const { experiment, summary, anchor, parameters, rows, runs, command, budgetMs, tookMs } = report;
  const parts = [
    `## ${experiment}`,
    `${summary} Beside: ${anchor}. It took ${seconds(tookMs)} of CPU time, of a budget of ${seconds(budgetMs)}.`,
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
