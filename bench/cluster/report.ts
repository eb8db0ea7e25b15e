// What the cluster benchmark found, as a table.

import { cpus } from "node:os";

/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly ours: string;
  readonly seed: string;
  readonly goal: string;
  readonly met: string;
}

const UNFINISHED = "not within 60 s";

/** A line of the table; `figures` are ours and those of the seed's rule. */
export function row(
  what: string,
  figures: readonly [number | undefined, number | undefined],
  goal?: number,
): Row {
  const [ours, seed] = figures;
  return {
    what,
    ours: text(ours),
    seed: text(seed),
    goal: goal === undefined ? "" : `<= ${goal}`,
    met: metOf(ours, goal),
  };
}

export function describeMachine(): string {
  const cores = cpus();
  const model = cores[0]?.model.trim() ?? "unknown CPU";
  return `${cores.length} x ${model}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`;
}

/** The table as a document. */
export function markdown(rows: readonly Row[], runs: number): string {
  const lines = rows.map(
    ({ what, ours, seed, goal, met }) => `| ${what} | ${ours} | ${seed} | ${goal} | ${met} |`,
  );
  return [
    "# Benchmarks",
    "",
    "Peers on real gRPC over loopback, all of a cluster in one process with the default options,",
    'beside peers of the seed\'s rule (`failureDetection: "immediate"`) and a bare gRPC stream on which',
    "one small message a second goes there and back. Each measurement has a process of its own, and",
    "of each figure the quietest run counts.",
    "",
    `\`npm run bench -- --runs ${runs} --write\` writes this file. ${describeMachine()}.`,
    "",
    "| what | ours | seed's rule | goal | met |",
    "| --- | --- | --- | --- | --- |",
    ...lines,
    "",
  ].join("\n");
}

function metOf(ours: number | undefined, goal: number | undefined): string {
  if (goal === undefined) return "";
  return ours !== undefined && ours <= goal ? "yes" : "no";
}

function text(figure: number | undefined): string {
  return figure === undefined ? UNFINISHED : String(Number(figure.toPrecision(3)));
}
