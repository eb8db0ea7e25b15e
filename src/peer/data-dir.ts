// The files of a peer's data directory: the snapshot, which is replaced whole or not at all, and what
// was found in its place and could not be used.

import { lstat, mkdir, readdir, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { GossipError } from "../core/errors.js";
import { thrownCode } from "../core/thrown.js";
import { type DataDirLock, lockDataDir } from "./data-dir-lock.js";
import { readRegularFile, replaceRegularFile } from "./regular-file.js";

const SNAPSHOT_NAME = "snapshot.json";
const ASIDE_PREFIX = `${SNAPSHOT_NAME}.aside-`;
/** What is kept aside for people to look at; then the oldest makes room. */
export const MAX_KEPT_ASIDE = 5;
/** Whom a peer knows is nobody else's business. */
const [FILE_MODE, DIR_MODE] = [0o600, 0o700];

/** What there is of a snapshot. */
export type SnapshotFile =
  | { readonly type: "none" }
  | { readonly type: "text"; readonly text: string }
  /** In words that go on from the name of the file. */
  | { readonly type: "unfit"; readonly fault: string };

/** The data directory of one peer. No link in it is followed. */
export class DataDir {
  /** Where the snapshot is. */
  readonly file: string;
  readonly #dir: string;
  readonly #maxBytes: number;
  #lock: DataDirLock | undefined;

  /** A snapshot has at most `maxBytes`. */
  constructor(dir: string, maxBytes: number) {
    this.#dir = dir;
    this.#maxBytes = maxBytes;
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
      // What cannot be removed is in nobody's way.
      if (isTemporary) await unlink(join(this.#dir, name)).catch(() => {});
    }
  }

  /** The text of the snapshot. */
  async read(): Promise<SnapshotFile> {
    try {
      const rule = { maxBytes: this.#maxBytes, followsLinks: false };
      const reading = await readRegularFile(this.file, rule);
      if (reading.type === "unfit") return reading;
      return { type: "text", text: reading.bytes.toString("utf8") };
    } catch (error) {
      if (thrownCode(error) === "ENOENT") return { type: "none" };
      throw error;
    }
  }

  /**
   * Replaces the snapshot: whatever happens meanwhile, the old one or the new one is there. False where
   * the system does not let it be flushed to the disk, so that a power cut may tear it.
   */
  async write(text: string): Promise<boolean> {
    await this.open();
    return await replaceRegularFile(this.file, text, FILE_MODE);
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
    return (await lstat(path)).mtimeMs;
  } catch {
    return Number.NEGATIVE_INFINITY;
  }
}
