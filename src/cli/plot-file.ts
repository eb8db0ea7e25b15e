// The file that `--plot` names: checked before the work, written after it.

import { accessSync, constants, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { thrownText } from "../core/thrown.js";
import { checkPlots } from "../simulator/report/svg.js";
import { usage } from "./usage.js";

/** Throws when the plot could not be drawn or written, so that long work is not done for nothing. */
export async function checkPlot(path: string): Promise<void> {
  if (!path.endsWith(".svg")) throw usage(`--plot writes SVG: ${path} must end in .svg`);
  tryOrTell(path, () => accessSync(dirname(path), constants.W_OK));
  await checkPlots();
}

/** Writes the plot. */
export function writePlot(path: string, svg: string): void {
  tryOrTell(path, () => writeFileSync(path, svg));
}

function tryOrTell(path: string, write: () => void): void {
  try {
    write();
  } catch (cause) {
    const problem = thrownText(cause);
    const error = usage(`--plot ${path} cannot be written: ${problem}`, cause);
    throw error;
  }
}
