// What small experiments say of a mutant.

import { bundle } from "./bundle.js";
import { start } from "./child.js";
import type { Patch } from "./patch.js";

const PROGRAM = "scripts/mutants/scenarios-child.ts";
/** All of them together take about half a minute. */
const MOST_MS = 10 * 60_000;

/** The first figure that is beyond its bound; undefined where all are within. */
export async function experimentsOf(
  patch: Patch | undefined,
  seed: number,
): Promise<string | undefined> {
  const program = await bundle(PROGRAM, "scenarios", patch);
  const { lines, ended, kill } = start(process.execPath, [program, `${seed}`]);
  let isHung = false;
  const timer = setTimeout(() => {
    isHung = true;
    kill();
  }, MOST_MS);
  try {
    for await (const line of lines) return JSON.parse(line) as string;
  } finally {
    clearTimeout(timer);
    kill();
  }
  if (isHung) return "the experiments do not end";
  const { code, stderr } = await ended;
  return code === 0 ? undefined : `the experiments end with ${lastLineOf(stderr)}`;
}

function lastLineOf(text: string): string {
  const error = text.split("\n").find((line) => /Error/.test(line));
  return error ?? text.slice(0, 200);
}
