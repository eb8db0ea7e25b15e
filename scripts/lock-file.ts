// Reads package-lock.json and finds the optional packages that it should list and does not.
//
// Tools with native code name one optional package for each platform. A lock file has to list all
// of them, or `npm ci` says "Missing: ... from lock file" on the platforms that were left out; npm
// leaves out those that the registry in use could not give it.
import { readFile, writeFile } from "node:fs/promises";

export type LockEntry = {
  version?: string;
  resolved?: string;
  integrity?: string;
  cpu?: readonly string[];
  dev?: boolean;
  libc?: readonly string[];
  license?: string;
  optional?: boolean;
  os?: readonly string[];
  engines?: Readonly<Record<string, string>>;
  link?: boolean;
  optionalDependencies?: Readonly<Record<string, string>>;
};

export type LockFile = { packages: Record<string, LockEntry> };

export type MissingPackage = {
  readonly name: string;
  readonly range: string;
  /** Where the lock lists the package that wants it. */
  readonly parentPath: string;
  /** Where the lock should list it: beside the package that wants it. */
  readonly path: string;
};

const lockUrl = new URL("../package-lock.json", import.meta.url);
const marker = "node_modules/";
const exactVersion = /^\d+\.\d+\.\d+(?:[-+].+)?$/;

export async function readLock(): Promise<LockFile> {
  return JSON.parse(await readFile(lockUrl, "utf8")) as LockFile;
}

export async function writeLock(lock: LockFile): Promise<void> {
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en"));
  const text = JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2);
  await writeFile(lockUrl, `${text}\n`);
}

export function isExactVersion(range: string): boolean {
  return exactVersion.test(range);
}

export function findMissing(lock: LockFile): MissingPackage[] {
  const missing = new Map<string, MissingPackage>();
  for (const [parentPath, entry] of Object.entries(lock.packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      if (!isListed(lock, parentPath, name, range)) {
        const path = folderAround(parentPath) + marker + name;
        missing.set(path, { name, range, parentPath, path });
      }
    }
  }
  return [...missing.values()];
}

/** Looks where Node would: in the package's own node_modules, then in those around it. */
function isListed(lock: LockFile, parentPath: string, name: string, range: string): boolean {
  const roots = [`${parentPath}/`];
  for (let path = parentPath; path.includes(marker); path = folderAround(path).slice(0, -1)) {
    roots.push(folderAround(path));
  }
  for (const root of roots) {
    const entry = lock.packages[root + marker + name];
    if (entry !== undefined) {
      return !isExactVersion(range) || entry.version === range;
    }
  }
  return false;
}

/** "node_modules/a/node_modules/b" is in "node_modules/a/"; "node_modules/a" is in "". */
function folderAround(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf(marker), 0));
}
