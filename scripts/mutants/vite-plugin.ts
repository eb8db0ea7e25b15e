// Gives the tests a source file with a mutant in place, without a change on disk.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Plugin } from "vite";
import { type Patch, patched } from "./patch.js";

/** Holds the mutant, as JSON; unset for the code as it is. */
const MUTANT_VARIABLE = "GOSSIP_MUTANT";

/** What a run of the tests needs to know of its mutant. */
export function mutantEnvironment(patch: Patch): Record<string, string> {
  const { file, from, to } = patch;
  return { [MUTANT_VARIABLE]: JSON.stringify({ file, from, to }) };
}

/** The mutant that this process is to run with. */
export function mutantPatch(): Patch | undefined {
  const json = process.env[MUTANT_VARIABLE];
  return json === undefined ? undefined : (JSON.parse(json) as Patch);
}

/** The plugin, which does nothing where there is no mutant. */
export function mutantPlugin(): Plugin {
  const patch = mutantPatch();
  const mutated = patch === undefined ? undefined : resolve(patch.file);
  return {
    name: "mutant",
    enforce: "pre",
    load: (id) => {
      if (patch === undefined || id.split("?")[0] !== mutated) return undefined;
      return patched(readFileSync(patch.file, "utf8"), patch);
    },
  };
}
