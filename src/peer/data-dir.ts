// The files of a peer's data directory: the snapshot, which is replaced whole or not at all, and what
// was found in its place and could not be used.

import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { GossipError } from "../core/errors.js";
import { thrownCode } from "../core/thrown.js";
import { type DataDirLock, lockDataDir } from "./data-dir-lock.js";

const SNAPSHOT_NAME = "snapshot.json";
const ASIDE_PREFIX = `${SNAPSHOT_NAME}.aside-`;
/** What is kept aside for people to look at; then the oldest makes room. */
export const MAX_KEPT_ASIDE = 5;
/** A snapshot of the most members that are kept is far smaller. */
export const MAX_SNAPSHOT_BYTES = 64 * 1_024 * 1_024;
/** Whom a peer knows is nobody else's business. */
const [FILE_MODE, DIR_MODE] = [0o600, 0o700];

/** The data directory of one peer. */
export class DataDir {
  /** Where the snapshot is. */
  readonly file: string;
  readonly #dir: string;
  #lock: DataDirLock | undefined;

  constructor(dir: string) {
    this.#dir = dir;
    this.file = join(dir, SNAPSHOT_NAME);
  }

  /**
   * Makes the directory this peer's alone, and clears away what a crash left. Rejects with
   * DATA_DIR_IN_USE where another peer uses it, or with the system's error.
   */
  async open(): Promise<void> {
    if (this.#lock !== undefined) return;
    await mkdir(this.#dir, { recursive: true, mode: DIR_MODE });
    this.#lock = await lockDataDir(this.#dir);
    if (this.#lock === undefined) {
      const message = `${this.#dir} is the data directory of another peer that runs: give each peer one of its own, or stop the other`;
      throw new GossipError("DATA_DIR_IN_USE", message);
    }
    for (const name of await readdir(this.#dir)) {
      const isTemporary = name.startsWith(`${SNAPSHOT_NAME}.`) && !name.startsWith(ASIDE_PREFIX);
      if (isTemporary) await rm(join(this.#dir, name), { force: true });
    }
  }

  /** The text of the snapshot; undefined when there is none. */
  async read(): Promise<string | undefined> {
    try {
      const { size } = await stat(this.file);
      // Too much to be one: whatever it is, it is not read, and found to be none.
      return size > MAX_SNAPSHOT_BYTES ? "" : await readFile(this.file, "utf8");
    } catch (error) {
      if (thrownCode(error) === "ENOENT") return undefined;
      throw error;
    }
  }

  /** Replaces the snapshot: whatever happens meanwhile, the old one or the new one is there. */
  async write(text: string): Promise<void> {
    await this.open();
    await writeFileAtomic(this.file, text, { mode: FILE_MODE });
  }

  /** Moves the snapshot out of the way, and gives its new name. */
  async keepAside(): Promise<string> {
    const numbers = Array.from({ length: MAX_KEPT_ASIDE }, (_, index) => index + 1);
    const paths = numbers.map((number) => join(this.#dir, `${ASIDE_PREFIX}${number}`));
    const ages = await Promise.all(paths.map(modifiedAtMs));
    const oldest = ages.indexOf(Math.min(...ages));
    const path = paths[oldest] ?? join(this.#dir, `${ASIDE_PREFIX}1`);
    await rename(this.file, path);
    return path;
  }

  /** Lets another peer use the directory. */
  async close(): Promise<void> {
    await this.#lock?.release();
    this.#lock = undefined;
  }
}

/** Before all times for a file that is not there. */
async function modifiedAtMs(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return Number.NEGATIVE_INFINITY;
  }
}
