// `npm run check:generated`: generates the code of proto/ once more, beside src/gen, and fails when
// the two differ. Needs no network.
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

async function readFolder(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = new Map<string, string>();
  for (const entry of entries.filter((found) => found.isFile())) {
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(folder.length + 1), await readFile(path, "utf8"));
  }
  return files;
}

const scratch = await mkdtemp(join(tmpdir(), "gossip-generated-"));
try {
  const buf = join("node_modules", ".bin", "buf");
  const windows = process.platform === "win32";
  const run = spawnSync(buf, ["generate", "--output", scratch], {
    stdio: "inherit",
    shell: windows,
  });
  if (run.status !== 0) {
    throw new Error("buf generate failed.", { cause: run.error });
  }
  const fresh = await readFolder(join(scratch, "src", "gen"));
  const present = await readFolder(join("src", "gen"));
  const paths = [...new Set([...fresh.keys(), ...present.keys()])].sort();
  const stale = paths.filter((path) => fresh.get(path) !== present.get(path));
  if (stale.length > 0) {
    console.error(`Out of date in src/gen: ${stale.join(", ")}. Run \`npm run generate\`.`);
    process.exitCode = 1;
  } else {
    console.log(`src/gen is up to date with proto/ (${paths.length} files).`);
  }
} finally {
  await rm(scratch, { recursive: true });
}
