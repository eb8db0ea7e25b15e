// What `npm pack` puts into the package: all that its users need, and nothing else.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { npm } from "../../scripts/npm.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BOUND_MS = 120_000;

interface Packed {
  readonly files: readonly { readonly path: string }[];
}

let packed: readonly string[] = [];

/** Older and newer versions of npm wrap what they packed differently. */
function filesOf(json: string): string[] {
  // What it tells of its own doings may come first.
  const answer = JSON.parse(json.slice(json.search(/^[[{]/m))) as
    | readonly Packed[]
    | Readonly<Record<string, Packed>>
    | Packed;
  const [first] = "files" in answer ? [answer as Packed] : Object.values(answer);
  return (first as Packed | undefined)?.files.map(({ path }) => path) ?? [];
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(`${ROOT}${folder}`, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(ROOT.length));
}

beforeAll(async () => {
  const argv = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const { status, stdout, stderr } = await npm(argv, { cwd: ROOT });
  expect(status, stderr).toBe(0);
  packed = filesOf(stdout);
}, BOUND_MS);

/** The modules that are compiled one by one; the dashboard is bundled. */
const modules = filesIn("src")
  .filter((path) => path.endsWith(".ts") && !path.startsWith("src/dashboard/"))
  .filter((path) => !path.endsWith(".test.ts"))
  .map((path) => path.replace(/^src/, "dist").replace(/\.ts$/, ""));

describe("npm pack", () => {
  test("has each module with its types and its source map", () => {
    const wanted = modules.flatMap((path) => [`${path}.js`, `${path}.d.ts`, `${path}.js.map`]);
    expect(wanted.length).toBeGreaterThan(500);
    const held = new Set(packed);
    expect(wanted.filter((path) => !held.has(path))).toEqual([]);
  });

  test("has what its package.json leads to", () => {
    const manifest = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")) as {
      readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
      readonly bin: Readonly<Record<string, string>>;
    };
    const targets = Object.values(manifest.exports).flatMap((target) => {
      return typeof target === "string" ? [target] : Object.values(target);
    });
    const wanted = [
      ...targets.map((path) => path.replace("./", "")),
      ...Object.values(manifest.bin),
    ];
    expect(wanted.filter((path) => !packed.includes(path))).toEqual([]);
  });

  test("has the dashboard, the contracts, the documents and the license", () => {
    const wanted = [
      "dist/dashboard/index.html",
      ...filesIn("proto"),
      ...filesIn("docs").filter((path) => path.endsWith(".md")),
      ...["README.md", "LICENSE", "CHANGELOG.md", "package.json"],
    ];
    expect(wanted.filter((path) => !packed.includes(path))).toEqual([]);
  });

  test("has nothing else; where it does, `npm run clean` may be all that is missing", () => {
    const compiled = new Set(
      modules.flatMap((path) => [".js", ".js.map", ".d.ts"].map((ending) => `${path}${ending}`)),
    );
    const isMeant = (path: string): boolean =>
      compiled.has(path) ||
      path.startsWith("dist/dashboard/") ||
      /^docs\/((plots|images)\/)?[\w-]+\.(md|svg|png)$/.test(path) ||
      // What the documents lead to.
      /^(deploy|examples)\/[\w.-]+$/.test(path) ||
      /^proto\/[\w/]+\.proto$/.test(path) ||
      ["README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "package.json"].includes(path);
    expect(packed.filter((path) => !isMeant(path))).toEqual([]);
  });

  test("has no test, and nothing of this machine", () => {
    const isStray = (path: string): boolean =>
      path.includes(".test.") || path.endsWith(".tsbuildinfo") || /(^|\/)\./.test(path);
    expect(packed.filter(isStray)).toEqual([]);
  });
});
