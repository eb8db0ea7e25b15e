// Where the tools of the mutants keep what they make: within the repository, so that packages are found,
// and apart for each process, so that two do not disturb each other.

import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** What stays. */
export const KEPT_FOLDER = join(".cache", "mutants");
/** What goes with this process. */
export const FOLDER = join(KEPT_FOLDER, `${process.pid}`);

mkdirSync(FOLDER, { recursive: true });
process.once("exit", () => rmSync(FOLDER, { recursive: true, force: true }));
