// The file that `--plot` names: checked before the work, written after it.

import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { dirname } from "node:path";
import { thrownText } from "../core/thrown.js";
import { replaceRegularFile } from "../peer/regular-file.js";
import { checkPlots } from "../simulator/report/svg.js";
import { usage } from "./usage.js";

/** As the user's own mask allows. */
const PLOT_MODE = 0o666;

/** Throws when the plot could not be drawn or written, so that long work is not done for nothing. */
export async function checkPlot(path: string): Promise<void> {
  if (!path.endsWith(".svg")) throw usage(`--plot writes SVG: ${path} must end in .svg`);
  await tryOrTell(path, () => access(dirname(path), constants.W_OK));
  await checkPlots();
}

/** Writes the plot, in the place of one that is there. */
export async function writePlot(path: string, svg: string): Promise<void> {
  await tryOrTell(path, () => replaceRegularFile(path, svg, PLOT_MODE));
}

async function tryOrTell(path: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    const problem = thrownText(cause);
    const error = usage(`--plot ${path} cannot be written: ${problem}`, cause);
    throw error;
  }
}
