// `npm run scoreboard`: runs the experiments and prints what was published, what is measured here and
// their ratio side by side; puts each into its part of docs/SCOREBOARD.md, with its plot beside it.

import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { describeMachine, writeSection } from "../bench/section.js";
import { startProgress } from "../src/cli/progress.js";
import { rowTable } from "../src/cli/row-table.js";
import { parseSeed } from "../src/cli/simulate-flags.js";
import type { Scale } from "../src/simulator/experiments/experiment.js";
import { EXPERIMENTS, findExperiment } from "../src/simulator/experiments/registry.js";
import { scoreboardSection } from "../src/simulator/report/markdown.js";
import type { Report } from "../src/simulator/report/report.js";
import { checkPlots, drawSvg } from "../src/simulator/report/svg.js";

const DOCS = new URL("../docs/", import.meta.url);
const PLOTS = new URL("plots/", DOCS);
const SCOREBOARD_FILE = fileURLToPath(new URL("SCOREBOARD.md", DOCS));
const COMMAND_LINE = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const MAX_OUTPUT_BYTES = 2 ** 28;
const USAGE = `npm run scoreboard -- [--only name]... [--seed 1] [--part | --full]

  --only  this experiment and no other; the parts of the others stay as they are
  --part  less of the grids, and less CPU time; the default is a tenth of the grids
  --full  all of the grids`;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    only: { type: "string", multiple: true },
    part: { type: "boolean", default: false },
    full: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) console.log(USAGE);
else await runAll(namesOf(values.only), parseSeed(values.seed), scaleOf(values));

function namesOf(only: readonly string[] | undefined): string[] {
  for (const name of only ?? []) {
    if (findExperiment(name) === undefined) throw new Error(`no experiment ${name}\n${USAGE}`);
  }
  return EXPERIMENTS.map(({ name }) => name).filter((name) => only?.includes(name) ?? true);
}

function scaleOf({ part, full }: { part: boolean; full: boolean }): Scale {
  if (part && full) throw new Error(`--part or --full, not both\n${USAGE}`);
  if (part) return "part";
  return full ? "full" : "tenth";
}

/** Each experiment in a process of its own, as many at once as there are processors. */
async function runAll(names: readonly string[], seed: number, scale: Scale): Promise<void> {
  await checkPlots();
  mkdirSync(PLOTS, { recursive: true });
  const waiting = [...names];
  const progress = startProgress("scoreboard");
  let done = 0;
  // One after the other: each reads the document and writes it.
  let kept = Promise.resolve();
  const worker = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const report = await runOne(name, seed, scale);
      kept = kept.then(() => keep(report));
      await kept;
      const took = `${(report.tookMs / 1_000).toFixed(0)} s`;
      progress.print(`\n${name}: ${report.summary} (${took})\n${rowTable(report.rows)}`);
      done += 1;
      progress.update(done, names.length);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  progress.stop();
  console.log("\nwritten: docs/SCOREBOARD.md and docs/plots/");
}

async function runOne(name: string, seed: number, scale: Scale): Promise<Report> {
  const scaleFlags = scale === "part" ? [] : [`--${scale}`];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [COMMAND_LINE, "simulate", "--experiment", name, "--seed", `${seed}`, "--json", ...scaleFlags],
    { maxBuffer: MAX_OUTPUT_BYTES },
  );
  return JSON.parse(stdout) as Report;
}

/** As soon as it is there, so that hours are not lost with what comes after. */
async function keep(report: Report): Promise<void> {
  writeFileSync(new URL(`${report.experiment}.svg`, PLOTS), await drawSvg(report.charts));
  const lines = scoreboardSection(report, describeMachine()).split("\n");
  await writeSection(report.experiment, lines, SCOREBOARD_FILE);
}
