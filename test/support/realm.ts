// The package once more, in a realm of its own: as test runners load it that give each file of tests a
// context of node:vm. What Node's modules throw there, and what this realm hands over, is of other classes.

import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createContext, runInContext } from "node:vm";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Another realm, and what a script gives in it. */
export interface Realm<T> {
  readonly exports: T;
  run(script: string): unknown;
}

/** Loads `source`, which exports from the files of the package by paths like "./src/index.ts". */
export async function loadInRealm<T>(source: string): Promise<Realm<T>> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: ROOT },
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    packages: "external",
    define: { "import.meta.url": JSON.stringify(pathToFileURL(`${ROOT}src/admin/x.js`).href) },
  });
  const [code] = outputFiles;
  const context = createContext();
  lendGlobals(context);
  const module = { exports: {} };
  const load = runInContext(`(require, module, exports) => { ${code?.text} }`, context);
  load(createRequire(import.meta.url), module, module.exports);
  return { exports: module.exports as T, run: (script) => runInContext(script, context) };
}

/** As such runners do: what the context has no class or function of its own for, it gets of this realm. */
function lendGlobals(context: object): void {
  const own = new Set<string>(runInContext("Object.getOwnPropertyNames(globalThis)", context));
  for (const name of Object.getOwnPropertyNames(globalThis).filter((name) => !own.has(name))) {
    Object.defineProperty(context, name, {
      configurable: true,
      get: () => Reflect.get(globalThis, name),
    });
  }
}
