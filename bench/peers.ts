// Measures this package beside hashicorp's memberlist, serf agents and moleculer on this machine, with
// the same work for all; with --write it puts the figures into docs/BENCHMARKS.md.

import { mkdir, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { type Progress, startProgress } from "../src/cli/progress.js";
import { drawSvg } from "../src/simulator/report/svg.js";
import { buildHosts, CONTENDERS, type Contender, versions } from "./peers/contenders.js";
import {
  costCharts,
  floorTable,
  goalTable,
  markdown,
  newsCharts,
  type Report,
  readmeLines,
  sizeTables,
  type TextTable,
} from "./peers/document.js";
import { type FloorCosts, measureFloors } from "./peers/floors.js";
import { canMakeNamespaces } from "./peers/namespace.js";
import { plan, type Session, type Wanted } from "./peers/plan.js";
import { type Findings, measureContender } from "./peers/work.js";
import { BENCHMARKS_FILE, describeMachine, README_FILE, writeSection } from "./section.js";

const PLOTS = new URL("../docs/plots/", import.meta.url);
const DEFAULT_RUNS = 2;
const FLOOR_REPETITIONS = 4;
/** After so long no cluster is begun any more, so that a full run has an end. */
const LAST_START_MS = 17.5 * 60_000;
const HELP = `npm run bench:peers -- [--runs 2] [--peers 10,50,100,200] [--contender name]... [--floors] [--write]

  --runs       how often; the first run has all, those after it what the goals are about
  --peers      other sizes; all contenders are then run at each of them, in every run
  --contender  only this one, once for each: ${CONTENDERS.map(({ name }) => name).join(", ")}
  --floors     only what a message costs, over raw HTTP/2 frames and raw UDP
  --write      puts the figures into docs/BENCHMARKS.md and docs/plots

It has to be root for the bytes at rest, since each cluster has a network namespace of its own.`;

interface Flags extends Wanted {
  readonly contenders: readonly Contender[];
  readonly onlyFloors: boolean;
  readonly isWriting: boolean;
}

async function main(): Promise<void> {
  const flags = parseFlags();
  if (flags === undefined) return;
  const startedAtMs = performance.now();
  console.log(describeMachine());
  const contenders = flags.onlyFloors ? [] : flags.contenders.filter(isThere);
  buildHosts(contenders);
  const hasNamespaces = canMakeNamespaces();
  if (!hasNamespaces) console.log("Without the bytes at rest: only root can make the namespaces.");
  const results = await runAll(plan(contenders, flags), hasNamespaces);
  const floors = flags.onlyFloors || flags.contenders === CONTENDERS ? await floorsOf() : undefined;
  const report: Report = {
    results,
    floors,
    contenders,
    command: commandOf(flags),
    machine: describeMachine(),
    versions: versions(contenders),
    tookS: (performance.now() - startedAtMs) / 1_000,
  };
  const floor = floorTable(report);
  for (const table of [...sizeTables(report), ...(floor ? [floor] : []), goalTable(report)]) {
    print(table);
  }
  if (flags.isWriting) await write(report);
  else console.log("Not written; --write puts it into docs/BENCHMARKS.md.");
}

function parseFlags(): Flags | undefined {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: String(DEFAULT_RUNS) },
      peers: { type: "string" },
      contender: { type: "string", multiple: true },
      floors: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const peers = values.peers?.split(",").map(Number);
  const runs = Number(values.runs);
  const names = values.contender;
  const unknown = names?.find((name) => !CONTENDERS.some((contender) => contender.name === name));
  const areCounts = [runs, ...(peers ?? [])].every((count) => Number.isInteger(count) && count > 0);
  if (values.help || unknown !== undefined || !areCounts) {
    console.log(unknown === undefined ? HELP : `There is no contender ${unknown}.\n\n${HELP}`);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const contenders =
    names === undefined ? CONTENDERS : CONTENDERS.filter(({ name }) => names.includes(name));
  return { runs, peers, contenders, onlyFloors: values.floors, isWriting: values.write };
}

function isThere(contender: Contender): boolean {
  const missing = contender.missing();
  if (missing !== undefined) console.log(`Without ${contender.title}: it needs ${missing}`);
  return missing === undefined;
}

async function runAll(
  sessions: readonly Session[],
  hasNamespaces: boolean,
): Promise<Map<number, Map<string, Findings[]>>> {
  const results = new Map<number, Map<string, Findings[]>>();
  const progress = startProgress("clusters");
  const startedAtMs = performance.now();
  for (const [done, session] of sessions.entries()) {
    progress.update(done, sessions.length);
    if (performance.now() - startedAtMs > LAST_START_MS) {
      progress.print(`${session.contender.title}, ${session.peers} peers: left out, it is late`);
      continue;
    }
    const findings = await measureContender(session.contender, session, hasNamespaces);
    tell(progress, session, findings);
    const bySize = results.get(session.peers) ?? new Map<string, Findings[]>();
    results.set(session.peers, bySize);
    const { name } = session.contender;
    bySize.set(name, [...(bySize.get(name) ?? []), findings]);
  }
  progress.stop();
  return new Map(Array.from(results).sort(([a], [b]) => a - b));
}

function tell(progress: Progress, { contender, peers }: Session, findings: Findings): void {
  const figures = JSON.stringify(findings, (_, value: unknown) =>
    typeof value === "number" ? Number(value.toPrecision(3)) : value,
  );
  progress.print(`${contender.title}, ${peers} peers: ${figures}`);
}

async function floorsOf(): Promise<FloorCosts> {
  console.log("What a message costs, in half a minute.");
  return measureFloors(FLOOR_REPETITIONS);
}

function print({ title, head, rows }: TextTable): void {
  const table = new Table({ head: [...head], style: { head: [], border: [] } });
  table.push(...rows.map((row) => [...row]));
  console.log(`\n${title}\n${table.toString()}`);
}

async function write(report: Report): Promise<void> {
  await mkdir(PLOTS, { recursive: true });
  await writeFile(new URL("peers-news.svg", PLOTS), await drawSvg(newsCharts(report)));
  await writeFile(new URL("peers-costs.svg", PLOTS), await drawSvg(costCharts(report)));
  await writeSection("peers", markdown(report));
  await writeSection("peers-plot", readmeLines(report), README_FILE);
  console.log(`\nwritten to ${BENCHMARKS_FILE} and docs/plots`);
}

function commandOf({ runs, peers, contenders }: Flags): string {
  const flags = [
    `--runs ${runs}`,
    ...(peers === undefined ? [] : [`--peers ${peers.join(",")}`]),
    ...(contenders === CONTENDERS ? [] : contenders.map(({ name }) => `--contender ${name}`)),
    "--write",
  ];
  return `npm run bench:peers -- ${flags.join(" ")}`;
}

await main();
process.exit();
