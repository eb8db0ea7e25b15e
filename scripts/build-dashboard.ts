// `npm run build:dashboard`, and a part of `npm run build`: bundles the page into dist/dashboard, but
// only when something that it is made of has changed. `--force` bundles anyway, `--clean` removes it.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const CONFIG = "src/dashboard/vite.config.ts";
const OUT = "dist/dashboard";
const STAMP = ".cache/dashboard-inputs";
const INPUTS = ["src/dashboard", "src/gen/gossip/admin", "package-lock.json"];

/** A hash of all that the page is made of. */
function hashInputs(): string {
  const hash = createHash("sha256");
  for (const file of INPUTS.flatMap(filesIn).sort()) {
    if (/[.]test[.]tsx?$/.test(file)) continue;
    hash.update(`${file}\0`).update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

function filesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesIn(join(path, name)));
}

function isBuilt(hash: string): boolean {
  try {
    statSync(join(OUT, "index.html"));
    return readFileSync(STAMP, "utf8") === hash;
  } catch {
    return false;
  }
}

async function build(): Promise<void> {
  const hash = hashInputs();
  if (isBuilt(hash) && !process.argv.includes("--force")) return;
  // Vite is slow to load, and seldom needed.
  const vite = await import("vite");
  await vite.build({ configFile: CONFIG, logLevel: "warn" });
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, hash);
}

if (process.argv.includes("--clean")) {
  rmSync(OUT, { recursive: true, force: true });
  rmSync(STAMP, { force: true });
} else {
  await build();
}
