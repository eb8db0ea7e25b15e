// What is installed with the package where it is used, by its lock file.

import { readFileSync } from "node:fs";

const ROOT = new URL("../../", import.meta.url);
const FOLDER = "node_modules/";

interface LockedPackage {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly hasInstallScript?: boolean;
  readonly engines?: { readonly node?: string };
}

/** One package of the tree; of several versions of one, all together. */
export interface RuntimePackage {
  readonly name: string;
  /** The packages that depend on it; the empty name is this one. */
  readonly broughtBy: readonly string[];
  readonly hasInstallScript: boolean;
  /** The versions of Node that it runs on, as far as it says; of each version of it. */
  readonly engines: readonly string[];
}

/** Reads a file of the repository. */
export function readText(path: string): string {
  return readFileSync(new URL(path, ROOT), "utf8");
}

/** All packages that this one needs when it runs, by name. */
export function runtimeTree(): RuntimePackage[] {
  const { packages } = JSON.parse(readText("package-lock.json")) as {
    packages: Readonly<Record<string, LockedPackage>>;
  };
  const broughtBy = new Map<string, Set<string>>();
  const scripted = new Set<string>();
  const engines = new Map<string, string[]>();
  const seen = new Set<string>();
  const walk = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const held = packages[path];
    const name = nameOf(path);
    if (held?.hasInstallScript === true) scripted.add(name);
    const node = held?.engines?.node;
    if (node !== undefined) engines.set(name, [...(engines.get(name) ?? []), node]);
    for (const needed of Object.keys({ ...held?.dependencies, ...held?.optionalDependencies })) {
      const at = locate(packages, path, needed);
      if (at === undefined) continue;
      broughtBy.set(needed, (broughtBy.get(needed) ?? new Set()).add(name));
      walk(at);
    }
  };
  walk("");
  return Array.from(broughtBy, ([name, by]) => ({
    name,
    broughtBy: [...by].sort(),
    hasInstallScript: scripted.has(name),
    engines: engines.get(name) ?? [],
  })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Where Node finds a package that is needed there: in the nearest folder upwards. */
function locate(
  packages: Readonly<Record<string, LockedPackage>>,
  from: string,
  name: string,
): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf(`/${FOLDER}`)))) {
    const path = at === "" ? `${FOLDER}${name}` : `${at}/${FOLDER}${name}`;
    if (packages[path] !== undefined) return path;
    if (at === "") return undefined;
  }
}

function nameOf(path: string): string {
  return path === "" ? "" : path.slice(path.lastIndexOf(FOLDER) + FOLDER.length);
}
