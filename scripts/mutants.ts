// `npm run mutants`: breaks the core, one mutant after another, and says who notices: random runs, small
// experiments, tests, or nobody. docs/MUTANTS.md tells of it.

import { fileURLToPath } from "node:url";
import { writeSection } from "../bench/section.js";
import { experimentsOf } from "./mutants/experiments.js";
import { measureRules } from "./mutants/measure-rules.js";
import { measureSample } from "./mutants/measure-sample.js";
import { measureTable } from "./mutants/measure-table.js";
import { type Options, parseOptions, USAGE } from "./mutants/options.js";
import { markdownOf } from "./mutants/report.js";
import { sampleMarkdown } from "./mutants/sample-report.js";

const DOCUMENT = fileURLToPath(new URL("../docs/MUTANTS.md", import.meta.url));

const argv = process.argv.slice(2);
const options = parseOptions(argv);
if (options === undefined) console.log(USAGE);
else await run(options, ["npm run mutants", ...(argv.length > 0 ? ["--"] : []), ...argv].join(" "));

async function run(given: Options, command: string): Promise<void> {
  if (given.isTable) {
    await write("table", await measureTable(given, command), given);
    return;
  }
  await checkExperiments(given);
  if (given.sample !== undefined) {
    const sample = await measureSample(given.sample, given, command);
    await write("sample", sampleMarkdown(sample), given);
    report(sample.unexplained, sample.results.file);
    return;
  }
  const { rows, results, unexplained } = await measureRules(given, command);
  await write("rules", markdownOf(rows, results.conditions), given);
  report(unexplained, results.file);
}

/** What the core as it is does not keep is no measure for mutants. */
async function checkExperiments({ judges, seed }: Options): Promise<void> {
  if (!judges.includes("experiments")) return;
  const beyond = await experimentsOf(undefined, seed);
  if (beyond !== undefined) throw new Error(`without a mutant, too: ${beyond}`);
}

async function write(part: string, lines: readonly string[], { isWritten }: Options) {
  if (isWritten) await writeSection(part, lines, DOCUMENT);
}

function report(unexplained: readonly string[], file: string): void {
  console.log(`All that was found: ${file}`);
  if (unexplained.length === 0) return;
  process.exitCode = 1;
  console.log("Killed by nobody, and not among the known survivors (test/mutants):");
  for (const name of unexplained) console.log(`  ${name}`);
}
