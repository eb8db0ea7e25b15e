// Programs of one file, with a mutant in place.

import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import { FOLDER } from "./cache.js";
import { type Patch, patched } from "./patch.js";

/** Bundles a program, and gives the path of the file. */
export async function bundle(
  entryPoint: string,
  name: string,
  patch: Patch | undefined,
): Promise<string> {
  const outfile = join(FOLDER, `${name}.mjs`);
  await build({
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: "inline",
    sourcesContent: false,
    logLevel: "error",
    plugins: patch === undefined ? [] : [mutating(patch)],
  });
  return outfile;
}

function mutating(patch: Patch): Plugin {
  const mutated = resolve(patch.file);
  return {
    name: "mutant",
    setup: ({ onLoad }) => {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (path !== mutated) return undefined;
        return { contents: patched(await readFile(path, "utf8"), patch), loader: "ts" };
      });
    },
  };
}
