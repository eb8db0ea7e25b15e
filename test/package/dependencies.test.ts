// docs/DEPENDENCIES.md lists what is installed with the package, and a reason for each.

import { minVersion, satisfies } from "semver";
import { describe, expect, test } from "vitest";
import { tableRows } from "../support/markdown.js";
import { readText, runtimeTree } from "./runtime-tree.js";

const markdown = readText("docs/DEPENDENCIES.md");
const manifest = JSON.parse(readText("package.json")) as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly engines: { readonly node: string };
};
const tree = runtimeTree();
const direct = tree.filter(({ broughtBy }) => broughtBy.includes(""));
const indirect = tree.filter(({ broughtBy }) => !broughtBy.includes(""));
const directRows = tableRows(markdown, "direct");
const indirectRows = tableRows(markdown, "indirect");

describe("docs/DEPENDENCIES.md", () => {
  test("lists exactly the dependencies of package.json", () => {
    const names = directRows.map(([name]) => name);
    expect(names).toEqual(Object.keys(manifest.dependencies).sort());
    expect(names).toEqual(direct.map(({ name }) => name));
  });

  test("lists exactly what these bring with them, and which of them brings it", () => {
    const listed = indirectRows.map(([name, broughtBy]) => [name, broughtBy]);
    expect(listed).toEqual(indirect.map(({ name, broughtBy }) => [name, broughtBy.join(", ")]));
  });

  test("gives a reason for each", () => {
    for (const cells of [...directRows, ...indirectRows]) {
      expect(cells.at(-1)?.length, cells[0]).toBeGreaterThan(10);
    }
  });

  test("names exactly those that have a script to run when they are installed", () => {
    const scripted = tree.filter(({ hasInstallScript }) => hasInstallScript);
    const listed = tableRows(markdown, "with a script").map(([name]) => name);
    expect(listed).toEqual(scripted.map(({ name }) => name));
  });
});

test("every dependency is of one exact version", () => {
  for (const [name, version] of Object.entries(manifest.dependencies)) {
    expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
  }
});

test("the lowest Node of each range of `engines` is one that every dependency runs on", () => {
  const lowest = manifest.engines.node.split("||").map((range) => String(minVersion(range)));
  const claims = tree.flatMap(({ name, engines }) => {
    return engines.map((range) => ({ name, range }));
  });
  expect(claims.length).toBeGreaterThan(0);
  for (const version of lowest) {
    expect(claims.filter(({ range }) => !satisfies(version, range))).toEqual([]);
  }
});

test("the package itself runs nothing when it is installed", () => {
  const hooks = ["preinstall", "install", "postinstall", "prepare", "preprepare", "postprepare"];
  expect(hooks.filter((hook) => manifest.scripts[hook] !== undefined)).toEqual([]);
});
