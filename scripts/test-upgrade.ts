// `npm run test:upgrade [-- --from REVISION]`: agents of an earlier revision and of this one in one
// cluster, replaced one by one, and back again. The earlier one is the last commit where something
// is changed here, and else the one before it. Where there is no history it says so, and passes.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Build, upgrade } from "../test/upgrade/rolling-upgrade.js";
import { npm } from "./npm.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

const { values } = parseArgs({ options: { from: { type: "string" } } });
const revision = values.from ?? previousRevision();
const commit = git("rev-parse", "--verify", "--quiet", `${revision}^{commit}`);
if (commit !== undefined) process.exitCode = await testUpgrade(commit);
else if (values.from === undefined) console.log(`SKIPPED: the rolling upgrade: ${whyNoHistory()}.`);
else {
  console.error(`${values.from} is no revision of this repository`);
  process.exitCode = 2;
}

function previousRevision(): string {
  return git("status", "--porcelain", "--untracked-files=no") === "" ? "HEAD^" : "HEAD";
}

function whyNoHistory(): string {
  if (git("rev-parse", "HEAD") === undefined) return "this is no clone of the repository";
  const isShallow = git("rev-parse", "--is-shallow-repository") === "true";
  return isShallow
    ? "this clone is shallow, and has no commit before the last; `git fetch --deepen 1` gets it"
    : "there is no commit before this one";
}

/** What git says; undefined where it fails. */
function git(...argv: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync("git", argv, { cwd: ROOT, encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

async function testUpgrade(from: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "gossip-upgrade-"));
  try {
    const earlier = await build(from, folder);
    const present: Build = { name: "this", main: join(ROOT, "dist/cli/main.js") };
    const replacements = await upgrade([earlier, present, earlier]);
    for (const { agent, from: old, to, seconds, faults } of replacements) {
      const outcome = faults.length === 0 ? "nobody lost" : faults.join("; ");
      console.log(`${agent}: ${old} -> ${to} in ${seconds.toFixed(1)} s: ${outcome}`);
    }
    return replacements.some(({ faults }) => faults.length > 0) ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Builds a revision in a folder of its own; its packages are those here where they are the same. */
async function build(from: string, folder: string): Promise<Build> {
  const name = from.slice(0, 7);
  console.log(`Building ${name}, ${git("log", "-1", "--format=%s", from)}`);
  const source = join(folder, "source");
  mkdirSync(source);
  const archive = execFileSync("git", ["archive", from], { cwd: ROOT, maxBuffer: 2 ** 30 });
  execFileSync("tar", ["-x", "-C", source], { input: archive });
  if (isSameFile(source, "package-lock.json")) {
    symlinkSync(join(ROOT, "node_modules"), join(source, "node_modules"), "dir");
  } else {
    const { status, stderr } = await npm(["ci"], { cwd: source });
    if (status !== 0) throw new Error(`npm ci failed for ${name}:\n${stderr}`);
  }
  const tsc = join(source, "node_modules", "typescript", "bin", "tsc");
  execFileSync(process.execPath, [tsc, "-b", "src", "--noCheck"], {
    cwd: source,
    stdio: "inherit",
  });
  const main = join(source, "dist/cli/main.js");
  if (!existsSync(main)) throw new Error(`${name} has no command line`);
  return { name, main };
}

function isSameFile(source: string, path: string): boolean {
  return readFileSync(join(source, path), "utf8") === readFileSync(join(ROOT, path), "utf8");
}
