// `npm run lock:complete`: adds to package-lock.json the optional packages of other platforms that
// npm left out. Run it after every change of a dependency.
//
// What a package says of itself comes from the registry. If the registry does not have it, the
// version comes from the package that wants it, and os, cpu and libc from its name.

import type { LockEntry, MissingPackage } from "./lock-file.js";
import { findMissing, isExactVersion, readLock, writeLock } from "./lock-file.js";
import { npm } from "./npm.js";

const systems = "aix android darwin freebsd linux netbsd openbsd openharmony sunos win32".split(
  " ",
);
const processors: ReadonlyMap<string, string> = new Map([
  ...[
    "arm",
    "arm64",
    "ia32",
    "loong64",
    "mips64el",
    "ppc64",
    "riscv64",
    "s390x",
    "wasm32",
    "x64",
  ].map((name) => [name, name] as const),
  ["armv7", "arm"],
]);

type Manifest = Pick<LockEntry, "version" | "os" | "cpu" | "libc" | "license" | "engines"> & {
  "dist.integrity"?: string;
};

const lock = await readLock();
for (const entry of Object.values(lock.packages)) {
  if (entry.link !== true) {
    delete entry.resolved;
  }
}
const missing = findMissing(lock);
for (const wanted of missing) {
  const parent = lock.packages[wanted.parentPath];
  const entry = (await fromRegistry(wanted)) ?? fromName(wanted);
  lock.packages[wanted.path] = inNpmOrder({
    ...entry,
    ...(parent?.dev === true ? { dev: true } : {}),
    optional: true,
  });
  console.log(`added ${wanted.path} ${entry.version}`);
}
await writeLock(lock);
console.log(`package-lock.json: ${missing.length} entries added.`);

async function fromRegistry({ name, range }: MissingPackage): Promise<LockEntry | undefined> {
  const fields = ["version", "dist.integrity", "cpu", "engines", "libc", "license", "os"];
  const { status, stdout } = await npm(["view", `${name}@${range}`, ...fields, "--json"]);
  if (status !== 0 || stdout.trim() === "") {
    return undefined;
  }
  const found = JSON.parse(stdout) as Manifest | Manifest[];
  const manifest = Array.isArray(found) ? found.at(-1) : found;
  if (manifest?.version === undefined) {
    return undefined;
  }
  const { "dist.integrity": integrity, ...rest } = manifest;
  return { ...rest, ...(integrity === undefined ? {} : { integrity }) };
}

function fromName({ name, range }: MissingPackage): LockEntry {
  const words = name.split(/[-/.]/);
  const os = words.find((word) => systems.includes(word));
  const cpu = words.map((word) => processors.get(word)).find((found) => found !== undefined);
  if (!isExactVersion(range) || (os === undefined && cpu === undefined)) {
    throw new Error(
      `The registry does not have ${name}@${range}, and its name does not say for which platform ` +
        "it is. Add it to package-lock.json by hand.",
    );
  }
  const libc = words.some((word) => word.startsWith("musl")) ? "musl" : undefined;
  return {
    version: range,
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(os === undefined ? {} : { os: [os] }),
    ...(libc === undefined ? {} : { libc: [libc] }),
  };
}

/** The order in which npm writes the fields, so that its next change to the file stays small. */
function inNpmOrder(entry: LockEntry): LockEntry {
  const rank = ([key, value]: [string, unknown]): string => {
    const first = ["version", "integrity"].indexOf(key);
    const last = typeof value === "object" && !Array.isArray(value) ? 3 : 2;
    const group = first >= 0 ? first : last;
    return `${group} ${key}`;
  };
  const fields = Object.entries(entry).sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  return Object.fromEntries(fields);
}
