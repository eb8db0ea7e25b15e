// `npm ci` runs no script of a package: the settings that are checked in with this one see to it.

import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { npm } from "../../scripts/npm.js";
import { testFolder } from "../support/folder.js";

const NPMRC = fileURLToPath(new URL("../../.npmrc", import.meta.url));
const BOUND_MS = 120_000;

/** A project whose package, and whose one dependency, leave a file when their scripts run. */
function makeProject(): string {
  const folder = testFolder();
  const write = (path: string, content: unknown): void => {
    writeFileSync(join(folder, path), JSON.stringify(content));
  };
  const postinstall = (mark: string): string => {
    return `node -e "require('fs').writeFileSync(process.argv[1], '')" ${JSON.stringify(join(folder, mark))}`;
  };
  mkdirSync(join(folder, "dependency"));
  write("dependency/package.json", {
    name: "dependency",
    version: "1.0.0",
    scripts: { postinstall: postinstall("dependency-ran") },
  });
  write("package.json", {
    name: "project",
    version: "1.0.0",
    scripts: { postinstall: postinstall("project-ran") },
    dependencies: { dependency: "file:dependency" },
  });
  write("package-lock.json", {
    name: "project",
    version: "1.0.0",
    lockfileVersion: 3,
    packages: {
      "": {
        name: "project",
        version: "1.0.0",
        hasInstallScript: true,
        dependencies: { dependency: "file:dependency" },
      },
      dependency: { version: "1.0.0", hasInstallScript: true },
      "node_modules/dependency": { resolved: "dependency", link: true },
    },
  });
  return folder;
}

async function install(folder: string, ...options: string[]): Promise<void> {
  const argv = [
    "ci",
    "--offline",
    "--prefix",
    folder,
    "--cache",
    join(folder, "cache"),
    ...options,
  ];
  const { status, stderr } = await npm(argv, { cwd: folder });
  expect(status, stderr).toBe(0);
  expect(existsSync(join(folder, "node_modules", "dependency"))).toBe(true);
}

describe("npm ci", () => {
  test("runs no script, with the settings of this repository", { timeout: BOUND_MS }, async () => {
    const folder = makeProject();
    copyFileSync(NPMRC, join(folder, ".npmrc"));
    await install(folder);
    expect(existsSync(join(folder, "dependency-ran"))).toBe(false);
    expect(existsSync(join(folder, "project-ran"))).toBe(false);
  });

  test("would run some without them", { timeout: BOUND_MS }, async () => {
    const folder = makeProject();
    // Said outright, since the settings may also come from outside.
    await install(folder, "--ignore-scripts=false");
    expect(existsSync(join(folder, "project-ran"))).toBe(true);
  });
});
