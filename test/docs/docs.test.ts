// The documents say what the code says: error codes, limits, reasons and commands.

import { readdirSync, readFileSync } from "node:fs";
import { DEFAULT_LIMITS, GOSSIP_ERROR_CODES, REJECTION_REASONS } from "gossip";
import { DEFAULT_ADMIN_LIMITS } from "gossip/admin";
import { describe, expect, test } from "vitest";
import { AdminService } from "../../src/gen/gossip/admin/v1/admin_pb.js";
import { resolveOptions } from "../../src/peer/options.js";
import { tableRows } from "../support/markdown.js";

const ROOT = new URL("../../", import.meta.url);

function read(path: string): string {
  return readFileSync(new URL(path, ROOT), "utf8");
}

function firstCells(rows: readonly string[][]): (string | undefined)[] {
  return rows.map((cells) => cells[0]);
}

describe("docs/ERRORS.md", () => {
  const rows = tableRows(read("docs/ERRORS.md"), "code");

  test("lists exactly the codes of GossipError, in their order", () => {
    expect(firstCells(rows)).toEqual([...GOSSIP_ERROR_CODES]);
  });

  test("says of each what happened and what to do", () => {
    for (const [code, ...texts] of rows) {
      expect(
        texts.map((text) => text.length > 10),
        code,
      ).toEqual([true, true]);
    }
  });
});

describe("docs/LIMITS.md", () => {
  const markdown = read("docs/LIMITS.md");

  test("lists exactly the limits, with their defaults", () => {
    const documented = tableRows(markdown, "limit").map(([name, value]) => [name, value]);
    const defaults = Object.entries(DEFAULT_LIMITS).map(([name, value]) => [name, written(value)]);
    expect(documented).toEqual(defaults);
  });

  test("lists exactly the limits of the admin service, with their defaults", () => {
    const documented = tableRows(markdown, "admin limit").map(([name, value]) => [name, value]);
    const defaults = Object.entries(DEFAULT_ADMIN_LIMITS).map(([name, value]) => {
      return [name, written(value)];
    });
    expect(documented).toEqual(defaults);
  });

  test("lists exactly the reasons for rejection", () => {
    expect(firstCells(tableRows(markdown, "reason"))).toEqual([...REJECTION_REASONS]);
  });

  test("lists durations with their defaults", () => {
    const durations = tableRows(markdown, "option");
    expect(durations.length).toBeGreaterThan(0);
    const { timing, probeTimeoutMs } = resolveOptions({ address: "127.0.0.1:0" });
    const defaults: Record<string, number> = { ...timing, probeTimeoutMs };
    for (const [name = "", value] of durations) {
      expect(`${name}: ${value}`).toBe(`${name}: ${written(defaults[name] ?? Number.NaN)}`);
    }
  });
});

describe("docs/ADMIN.md", () => {
  const markdown = read("docs/ADMIN.md");

  test("lists exactly the paths that can be read, and their methods", () => {
    const documented = tableRows(markdown, "path").map(([path, method]) => [path, method]);
    const code = read("src/admin/plain-routes.ts");
    const routes = Array.from(
      code.matchAll(/Route\(\s*"([^"]+)",\s*method\.(\w)(\w+)/g),
      ([, path, first = "", rest = ""]) => [path, first.toUpperCase() + rest],
    );
    expect(routes.length).toBeGreaterThan(0);
    expect(documented).toEqual(routes);
  });

  test("calls only methods that there are", () => {
    const called = Array.from(
      markdown.matchAll(/(?:^call |AdminService\/)(\w+)/gm),
      ([, name]) => name,
    );
    const names = AdminService.methods.map((method) => method.name);
    expect(called.length).toBeGreaterThan(0);
    expect(names).toEqual(expect.arrayContaining(called));
  });
});

describe("commands in the documents", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const documents = [
    ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
    ...readdirSync(new URL("docs/", ROOT))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `docs/${name}`),
  ];

  test.each(["npm ci && npm run demo", "npm ci && npm test"])(
    "README.md has the line `%s`",
    (command) => {
      const lines = read("README.md").split("\n");
      expect(lines).toContain(command);
    },
  );

  test.each(documents)("the npm scripts that %s names exist", (document) => {
    const text = read(document);
    const named = Array.from(text.matchAll(/\bnpm run ([\w:-]+)/g), ([, script]) => script);
    if (/\bnpm (test|t)\b/.test(text)) named.push("test");
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });
});

/** A number as the documents write it. */
function written(value: number): string {
  return value.toLocaleString("en-US");
}
