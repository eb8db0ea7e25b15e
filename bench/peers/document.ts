// The comparison as tables and charts, for the terminal and for docs/BENCHMARKS.md.

import type { Chart } from "../../src/simulator/experiments/experiment.js";
import { markdownTable } from "../section.js";
import type { Contender } from "./contenders.js";
import {
  FIGURES,
  type FigureName,
  type Summary,
  significant,
  summarize,
  summaryText,
} from "./figures.js";
import type { FloorCosts } from "./floors.js";
import { goalRows, type Results } from "./goals.js";

/** What came out, and how. */
export interface Report {
  readonly results: Results;
  readonly floors: FloorCosts | undefined;
  readonly contenders: readonly Contender[];
  /** The command that gives the like, the machine, the versions and the time that it took. */
  readonly command: string;
  readonly machine: string;
  readonly versions: readonly string[];
  readonly tookS: number;
}

/** A table with its head. */
export interface TextTable {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const FIGURE_NAMES = Object.keys(FIGURES).filter((name): name is FigureName => name in FIGURES);

/** Whether each goal is met. */
export function goalTable({ results, floors }: Report): TextTable {
  const verdict = (met: boolean | undefined): string => (met === true ? "yes" : "no");
  return {
    title: "Goals",
    head: ["ratio of medians", "came out", "goal", "met"],
    rows: goalRows(results, floors).map(({ what, ratio, goal, met }) => [
      what,
      ratio,
      goal,
      met === undefined ? "open" : verdict(met),
    ]),
  };
}

/** A table for each size, with a column for each contender. */
export function sizeTables({ results, contenders }: Report): TextTable[] {
  return Array.from(results, ([peers, byName]) => {
    const here = contenders.filter(({ name }) => byName.has(name));
    const names = FIGURE_NAMES.filter((figure) =>
      here.some(({ name }) => summarize(figure, byName.get(name) ?? []) !== undefined),
    );
    return {
      title: `${peers} peers`,
      head: ["", ...here.map(({ title }) => title)],
      rows: names.map((figure) => [
        FIGURES[figure].title,
        ...here.map(({ name }) => summaryText(summarize(figure, byName.get(name) ?? []))),
      ]),
    };
  });
}

/** What a message costs, in microseconds of CPU of both sides. */
export function floorTable({ floors }: Report): TextTable | undefined {
  if (floors === undefined) return;
  const row = (what: string, costMs: number): readonly string[] => [
    what,
    significant(1_000 * costMs),
    significant(costMs / floors.http2),
    significant(costMs / floors.udp),
  ];
  return {
    title: "A message",
    head: ["a small message, both sides", "CPU, µs", "over raw HTTP/2", "over raw UDP"],
    rows: [
      row("on a link of ours, encoded and decoded", floors.link),
      row("raw frame of node:http2", floors.http2),
      row("raw UDP datagram", floors.udp),
    ],
  };
}

/** The part of docs/BENCHMARKS.md. */
export function markdown(report: Report): string[] {
  const floors = floorTable(report);
  const tables = [goalTable(report), ...sizeTables(report), ...(floors ? [floors] : [])];
  return [
    `\`${report.command}\` wrote this part, in ${Math.round(report.tookS / 60)} minutes.`,
    `${report.machine}; ${report.versions.join(", ")}.`,
    "",
    "![How long news takes, by the number of peers](plots/peers-news.svg)",
    "",
    "![What peers cost, by their number](plots/peers-costs.svg)",
    "",
    ...tables.flatMap(({ title, head, rows }) => [
      `### ${title}`,
      "",
      ...markdownTable(head, rows),
      "",
    ]),
  ].slice(0, -1);
}

/** The part of the README. */
export function readmeLines({ machine }: Report): string[] {
  return [
    "![How long a crash and an update take to be seen by all, beside others](docs/plots/peers-news.svg)",
    "",
    `All peers of a cluster in one process, default options; ${machine}.`,
  ];
}

/** How long news takes: what the README shows. */
export function newsCharts(report: Report): Chart[] {
  return [
    chart(report, "crash", "A crash seen by all", "seconds", true),
    chart(report, "update", "An update seen by all", "seconds", true),
  ];
}

/** What peers cost. */
export function costCharts(report: Report): Chart[] {
  return [
    chart(report, "join", "All joined through one seed", "seconds", false),
    chart(report, "cpu", "CPU of a peer at rest", "ms a second", false),
    chart(report, "bytes", "Bytes of a peer at rest", "bytes a second", false),
    chart(report, "memory", "Memory of all peers in one process", "MiB", false),
  ];
}

function chart(
  { results, contenders }: Report,
  figure: FigureName,
  title: string,
  unit: string,
  isLogarithmic: boolean,
): Chart {
  const pointsOf = (name: string): (readonly [number, number])[] =>
    Array.from(results, ([peers, byName]): readonly [number, Summary | undefined] => [
      peers,
      summarize(figure, byName.get(name) ?? []),
    ]).flatMap(([peers, summary]) =>
      summary !== undefined && Number.isFinite(summary.median)
        ? [[peers, Number(summary.median.toPrecision(4))] as const]
        : [],
    );
  const series = contenders
    .filter(({ isAgent }) => isAgent !== true)
    .map(({ name, title: label }) => ({ name: label, points: pointsOf(name) }))
    .filter(({ points }) => points.length > 0);
  return { title, x: { label: "peers" }, y: { label: unit, isLogarithmic }, series };
}
