// `npm run scoreboard`: runs every experiment and prints what was published, what is measured here
// and their ratio side by side; writes docs/SCOREBOARD.md and the plots beside it.

import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { startProgress } from "../src/cli/progress.js";
import { rowTable } from "../src/cli/row-table.js";
import { parseSeed } from "../src/cli/simulate-flags.js";
import type { Scale } from "../src/simulator/experiments/experiment.js";
import { EXPERIMENTS } from "../src/simulator/experiments/registry.js";
import { scoreboardMarkdown } from "../src/simulator/report/markdown.js";
import type { Report } from "../src/simulator/report/report.js";
import { checkPlots, drawSvg } from "../src/simulator/report/svg.js";

const DOCS = new URL("../docs/", import.meta.url);
const PLOTS = new URL("plots/", DOCS);
const COMMAND_LINE = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const MAX_OUTPUT_BYTES = 2 ** 28;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    part: { type: "boolean", default: false },
    full: { type: "boolean", default: false },
  },
});
const seed = parseSeed(values.seed);
const scale = scaleOf(values);
await checkPlots();
mkdirSync(PLOTS, { recursive: true });

const progress = startProgress("scoreboard");
const reports = await runAll();
progress.stop();
for (const report of reports) {
  const took = `${(report.tookMs / 1_000).toFixed(0)} s`;
  console.log(`\n${report.experiment}: ${report.summary} (${took})`);
  console.log(rowTable(report.rows));
  writeFileSync(new URL(`${report.experiment}.svg`, PLOTS), await drawSvg(report.charts));
}

const processors = cpus();
const flags = [
  ...(seed === 1 ? [] : ["--seed", `${seed}`]),
  ...(scale === "tenth" ? [] : [`--${scale}`]),
];
const markdown = scoreboardMarkdown(reports, {
  command: ["npm run scoreboard", ...(flags.length > 0 ? ["--"] : []), ...flags].join(" "),
  machine: `${processors.length} x ${processors[0]?.model.trim() ?? "unknown processor"}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
  node: process.version,
  date: new Date().toISOString().slice(0, 10),
});
writeFileSync(new URL("SCOREBOARD.md", DOCS), markdown);
console.log("\nwritten: docs/SCOREBOARD.md and docs/plots/");

function scaleOf({ part, full }: { part: boolean; full: boolean }): Scale {
  if (part && full) throw new Error("--part or --full, not both");
  if (part) return "part";
  return full ? "full" : "tenth";
}

/** Each experiment in a process of its own, as many at once as there are processors. */
async function runAll(): Promise<Report[]> {
  const waiting = [...EXPERIMENTS];
  const done = new Map<string, Report>();
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      done.set(next.name, await runOne(next.name));
      progress.update(done.size, EXPERIMENTS.length);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return EXPERIMENTS.flatMap(({ name }) => done.get(name) ?? []);
}

async function runOne(name: string): Promise<Report> {
  const scaleFlags = scale === "part" ? [] : [`--${scale}`];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [COMMAND_LINE, "simulate", "--experiment", name, "--seed", `${seed}`, "--json", ...scaleFlags],
    { maxBuffer: MAX_OUTPUT_BYTES },
  );
  return JSON.parse(stdout) as Report;
}
