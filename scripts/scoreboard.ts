// `npm run scoreboard`: runs every experiment and prints what was published, what is measured here
// and their ratio side by side; writes docs/SCOREBOARD.md and the plots beside it.

import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { startProgress } from "../src/cli/progress.js";
import { rowTable } from "../src/cli/row-table.js";
import { parseSeed, scaleOf } from "../src/cli/simulate-flags.js";
import { runExperiment } from "../src/cli/simulate-run.js";
import { budgetMs, EXPERIMENTS } from "../src/simulator/experiments/registry.js";
import { scoreboardMarkdown } from "../src/simulator/report/markdown.js";
import type { Report } from "../src/simulator/report/report.js";
import { checkPlots, drawSvg } from "../src/simulator/report/svg.js";

const DOCS = new URL("../docs/", import.meta.url);
const PLOTS = new URL("plots/", DOCS);

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    tenth: { type: "boolean", default: false },
    full: { type: "boolean", default: false },
  },
});
const seed = parseSeed(values.seed);
const scale = scaleOf({
  ...(values.tenth ? { tenth: true as const } : {}),
  ...(values.full ? { full: true as const } : {}),
});
await checkPlots();
mkdirSync(PLOTS, { recursive: true });

const reports: Report[] = [];
for (const experiment of EXPERIMENTS) {
  const progress = startProgress(experiment.name);
  const durationMs = budgetMs(experiment, scale);
  const report = runExperiment(experiment, { seed, scale, durationMs }, progress.update);
  progress.stop();
  reports.push(report);
  const took = `${(report.tookMs / 1_000).toFixed(0)} s`;
  console.log(`\n${experiment.name}: ${experiment.summary} (${took})`);
  console.log(rowTable(report.rows));
  writeFileSync(new URL(`${experiment.name}.svg`, PLOTS), await drawSvg(report.charts));
}

const processors = cpus();
const flag = scale === "part" ? "" : ` --${scale}`;
const separator = seed === 1 && flag === "" ? "" : " --";
const markdown = scoreboardMarkdown(reports, {
  command: `npm run scoreboard${separator}${seed === 1 ? "" : ` --seed ${seed}`}${flag}`,
  machine: `${processors.length} x ${processors[0]?.model.trim() ?? "unknown processor"}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
  node: process.version,
  date: new Date().toISOString().slice(0, 10),
});
writeFileSync(new URL("SCOREBOARD.md", DOCS), markdown);
console.log("\nwritten: docs/SCOREBOARD.md and docs/plots/");
