// Where the documents lead: to files and headings that are there, in this tree and in the package.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = new URL("../../", import.meta.url);
const FOLDERS = ["", "docs/", "deploy/"];
const DOCUMENTS = FOLDERS.flatMap((folder) => {
  const names = readdirSync(new URL(`./${folder}`, ROOT)).filter((name) => name.endsWith(".md"));
  return names.map((name) => `${folder}${name}`);
});
/** What npm packs whatever `files` says. */
const ALWAYS_PACKED = ["package.json", "README.md", "LICENSE"];

interface Link {
  readonly document: string;
  readonly to: string;
  /** The file that it leads to, from the root. */
  readonly file: string;
  readonly heading: string | undefined;
}

function read(path: string): string {
  return readFileSync(new URL(path, ROOT), "utf8");
}

/** Without what stands in blocks of code. */
function proseOf(document: string): string {
  return read(document).replace(/^```[\s\S]*?^```$/gm, "");
}

function linksOf(document: string): Link[] {
  const links = proseOf(document).matchAll(/\]\(([^)\s]+)\)|\bsrc="([^"]+)"/g);
  return Array.from(links, ([, inText, inTag]) => inText ?? inTag ?? "")
    .filter((to) => !/^[a-z]+:/.test(to))
    .map((to) => {
      const [path = "", heading] = to.split("#");
      const file = path === "" ? document : posix.join(posix.dirname(document), path);
      return { document, to, file, heading };
    });
}

/** As they are written in links. */
function headingsOf(document: string): Set<string> {
  const headings = Array.from(proseOf(document).matchAll(/^#+ (.+)$/gm), ([, text = ""]) => text);
  return new Set(
    headings.map((text) => {
      const words = text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
      return words.replace(/[^\p{L}\p{N}_\s-]/gu, "").replace(/\s/g, "-");
    }),
  );
}

/** By the `files` of package.json: the last entry that names it, or a folder of it, decides. */
function isPacked(path: string): boolean {
  if (ALWAYS_PACKED.includes(path)) return true;
  const { files } = JSON.parse(read("package.json")) as { readonly files: readonly string[] };
  let isIn = false;
  for (const entry of files) {
    const name = entry.replace(/^!/, "").replace(/\/$/, "");
    if (path === name || path.startsWith(`${name}/`)) isIn = !entry.startsWith("!");
  }
  return isIn;
}

describe.each(DOCUMENTS)("%s", (document) => {
  const links = linksOf(document);

  test("leads to files that are there", () => {
    const dead = links.filter(({ file }) => !existsSync(new URL(file, ROOT)));
    expect(dead.map(({ to }) => to)).toEqual([]);
  });

  test("leads to headings that are there", () => {
    const lost = links.filter(({ file, heading }) => {
      return heading !== undefined && file.endsWith(".md") && !headingsOf(file).has(heading);
    });
    expect(lost.map(({ to }) => to)).toEqual([]);
  });

  test("leads, where it is packed, to what is packed with it", () => {
    const lost = links.filter(({ file }) => isPacked(document) && !isPacked(file));
    expect(lost.map(({ to }) => to)).toEqual([]);
  });
});
