// docs/BENCHMARKS.md holds what several benchmarks write: each has a part of its own, between markers.

import { readFile, writeFile } from "node:fs/promises";
import { cpus, release, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

/** The file that all of them write into. */
export const BENCHMARKS_FILE = fileURLToPath(new URL("../docs/BENCHMARKS.md", import.meta.url));

/** It shows the main plot. */
export const README_FILE = fileURLToPath(new URL("../README.md", import.meta.url));

/** Replaces one part of a file; the others stay as they are. */
export async function writeSection(
  name: string,
  lines: readonly string[],
  file: string = BENCHMARKS_FILE,
): Promise<void> {
  const text = await readFile(file, "utf8");
  const begin = `<!-- begin: ${name} -->`;
  const end = `<!-- end: ${name} -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${file} has lost its markers of ${name}`);
  const section = [begin, "", ...lines, "", ""].join("\n");
  await writeFile(file, text.slice(0, from) + section + text.slice(to));
}

/** The machine and the date, for a report. */
export function describeMachine(): string {
  const cores = cpus();
  const model = cores[0]?.model.trim() ?? "unknown CPU";
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  const date = new Date().toISOString().slice(0, 10);
  return `${cores.length} x ${model}, ${memory}, Linux ${release()}, Node ${process.version}, ${date}`;
}

/** A table in Markdown. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
