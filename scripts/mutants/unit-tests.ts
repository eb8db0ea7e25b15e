// What the tests say of a mutant: first those beside the source, then all the others, the nearest first.

import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { FOLDER } from "./cache.js";
import { start } from "./child.js";
import type { Patch } from "./patch.js";
import { mutantEnvironment } from "./vite-plugin.js";

const CONFIG = "test/mutants/vitest.config.ts";
const REPORT = join(FOLDER, "tests.json");
/** Some of the tests of test/ speak over sockets: what they say of a mutant they have to say twice. */
const ACROSS = "test/";
/** All of the tests together take about two minutes. */
const MOST_MS = 15 * 60_000;

/** What came of the tests of a mutant. */
export interface UnitTestsOutcome {
  /** The test that failed first; undefined where all passed. */
  readonly killedBy?: string | undefined;
}

/** Runs the tests until one fails: those beside the source, and then all. */
export async function unitTestsOf(patch: Patch): Promise<UnitTestsOutcome> {
  const beside = patch.file.replace(/\.ts$/, ".test.ts");
  const outcome = existsSync(beside) ? await outcomeOf(patch, [beside]) : {};
  return outcome.killedBy === undefined ? outcomeOf(patch, []) : outcome;
}

/** Runs those of test/ alone. */
export async function testsAcrossOf(patch: Patch): Promise<UnitTestsOutcome> {
  return outcomeOf(patch, [ACROSS]);
}

async function outcomeOf(patch: Patch, places: readonly string[]): Promise<UnitTestsOutcome> {
  const failed = await failedTest(patch, places);
  if (failed === undefined || !failed.file.startsWith(ACROSS)) return { killedBy: failed?.title };
  return { killedBy: (await failedTest(patch, [failed.file]))?.title };
}

interface FailedTest {
  readonly file: string;
  readonly title: string;
}

async function failedTest(
  patch: Patch,
  places: readonly string[],
): Promise<FailedTest | undefined> {
  const args = ["vitest", "run", "--config", CONFIG, "--bail", "1", "--no-file-parallelism"];
  const report = ["--reporter", "json", "--outputFile", REPORT];
  const program = start("npx", [...args, ...report, ...places], mutantEnvironment(patch));
  let isHung = false;
  const timer = setTimeout(() => {
    isHung = true;
    program.kill();
  }, MOST_MS);
  // What it writes is read, or it would wait.
  for await (const _ of program.lines);
  clearTimeout(timer);
  const { code, stderr } = await program.ended;
  if (code === 0) return undefined;
  if (isHung) return { file: places[0] ?? "", title: "the tests do not end" };
  return reported() ?? { file: places[0] ?? "", title: stderr.slice(0, 200) };
}

/** The part of vitest's report that is read. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

function reported(): FailedTest | undefined {
  if (!existsSync(REPORT)) return undefined;
  const { testResults } = JSON.parse(readFileSync(REPORT, "utf8")) as Report;
  for (const { name, message, assertionResults } of testResults) {
    const file = relative(process.cwd(), name);
    const failed = assertionResults.find(({ status }) => status === "failed");
    if (failed !== undefined) return { file, title: `${file}: ${failed.fullName}` };
    if (message !== "") return { file, title: `${file}: ${message.split("\n")[0] ?? ""}` };
  }
  return undefined;
}
