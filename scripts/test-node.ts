// `npm run test:node [-- VERSION...]`: runs the tests on other versions of Node, by default 22, 24
// and the newest. A version is a number ("22", "24.1.0"), "newest", or "lowest": the lowest of each range
// that `engines` in package.json names. With `--file PATH`, which can be given often, only the tests there
// are run.
//
// The versions come from npm's node-<platform>-<arch> packages, which carry the program itself and
// need no install script. They are kept in .cache/node.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { delimiter, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { minVersion } from "semver";
import { npm } from "./npm.js";

const windows = process.platform === "win32";
const packageName = `node-${windows ? "win" : process.platform}-${process.arch}`;

/** The versions that are meant by what was asked for. */
function versionsOf(asked: string): string[] {
  if (asked !== "lowest") return [asked];
  const { engines } = JSON.parse(readFileSync("package.json", "utf8")) as {
    engines: { node: string };
  };
  return engines.node.split("||").map((range) => String(minVersion(range)));
}

/** Which release "22" or "newest" is now. */
async function findRelease(version: string): Promise<string> {
  const tag = version === "newest" ? "latest" : version;
  const { status, stdout, stderr } = await npm([
    "view",
    `${packageName}@${tag}`,
    "version",
    "--json",
  ]);
  if (status !== 0 && `${stdout}${stderr}`.includes("E404")) {
    throw new Error(
      `There is no npm package ${packageName}@${tag}, so the tests cannot be run on Node ${version} ` +
        `on this platform (${process.platform}, ${process.arch}) this way.`,
    );
  }
  if (status !== 0) {
    throw new Error(`npm could not look up ${packageName}@${tag}:\n${stdout}${stderr}`);
  }
  const found = stdout.trim() === "" ? [] : (JSON.parse(stdout) as string | string[]);
  const release = [found].flat().sort(compareVersions).at(-1);
  if (release === undefined) {
    throw new Error(`${packageName} has no version ${tag}.`);
  }
  return release;
}

function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

/** Installs a release unless it is there already, and returns the path of its program. */
async function install(release: string): Promise<string> {
  const folder = resolve(".cache", "node", release);
  const program = join(folder, "node_modules", packageName, "bin", windows ? "node.exe" : "node");
  if (!existsSync(program)) {
    await mkdir(folder, { recursive: true });
    const options = [
      "--no-save",
      "--no-package-lock",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
    ];
    const { status, stderr } = await npm([
      "install",
      "--prefix",
      folder,
      ...options,
      `${packageName}@${release}`,
    ]);
    if (status !== 0 || !existsSync(program)) {
      throw new Error(`npm could not install ${packageName}@${release}:\n${stderr}`);
    }
  }
  return program;
}

/** Runs the tests; programs that they start as "node" are this Node too. */
function runTests(program: string, files: readonly string[]): boolean {
  const path = [dirname(program), process.env["PATH"] ?? ""].join(delimiter);
  const vitest = join("node_modules", "vitest", "vitest.mjs");
  const run = spawnSync(program, [vitest, "run", ...files], {
    stdio: "inherit",
    env: { ...process.env, PATH: path },
  });
  return run.status === 0;
}

const { values, positionals: asked } = parseArgs({
  options: { file: { type: "string", multiple: true, default: [] } },
  allowPositionals: true,
});
const failed: string[] = [];
try {
  const wanted = asked.length > 0 ? asked : ["22", "24", "newest"];
  for (const version of wanted.flatMap(versionsOf)) {
    const release = await findRelease(version);
    const program = await install(release);
    console.log(`\nThe tests on Node ${release}:`);
    if (!runTests(program, values.file)) {
      failed.push(release);
    }
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
if (failed.length > 0) {
  console.error(`The tests failed on Node ${failed.join(", ")}.`);
  process.exitCode = 1;
}
