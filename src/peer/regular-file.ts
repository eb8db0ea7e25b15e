// Files that are read no further than a bound, and replaced whole. Regular files alone: a pipe may never
// begin or end, a device may never end or do something once it is opened.

import { randomBytes } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open, rename, stat, unlink } from "node:fs/promises";
import { thrownCode } from "../core/thrown.js";

const MIB = 1_048_576;
/** So much is read at once. */
const CHUNK_BYTES = 65_536;
/** Codes of those that let nobody flush: of Node under `--permission`, and of some file systems. */
const CANNOT_FLUSH: ReadonlySet<string | undefined> = new Set([
  "ERR_ACCESS_DENIED",
  "EINVAL",
  "ENOSYS",
  "ENOTSUP",
  "EOPNOTSUPP",
]);

/** How a file is read. */
export interface ReadRule {
  readonly maxBytes: number;
  /** Whether a link is followed. What a user names may be one; what others can put in place may not. */
  readonly followsLinks: boolean;
}

/** What there was to read. */
export type FileReading =
  | { readonly type: "read"; readonly bytes: Buffer }
  /** In words that go on from the name of the file. */
  | { readonly type: "unfit"; readonly fault: string };

/** Reads a file; rejects with the system's error. It is not opened before it is known what it is. */
export async function readRegularFile(path: string, rule: ReadRule): Promise<FileReading> {
  const fault = kindFault(await (rule.followsLinks ? stat(path) : lstat(path)));
  if (fault !== undefined) return { type: "unfit", fault };
  // It may have been replaced since: then the opening must neither wait nor follow.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
  const file = await open(path, rule.followsLinks ? flags : flags | constants.O_NOFOLLOW);
  try {
    return await readUpTo(file, rule.maxBytes);
  } finally {
    await file.close();
  }
}

/** What it says of its size is not believed: it may grow meanwhile. */
async function readUpTo(file: FileHandle, maxBytes: number): Promise<FileReading> {
  const stats = await file.stat();
  const fault = kindFault(stats) ?? sizeFault(stats.size, maxBytes);
  if (fault !== undefined) return { type: "unfit", fault };
  const chunks: Buffer[] = [];
  for (let read = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES);
    if (bytesRead === 0) return { type: "read", bytes: Buffer.concat(chunks) };
    read += bytesRead;
    const tooLarge = sizeFault(read, maxBytes);
    if (tooLarge !== undefined) return { type: "unfit", fault: tooLarge };
    chunks.push(buffer.subarray(0, bytesRead));
  }
}

/**
 * Replaces a file by its directory: whatever happens meanwhile, the old one or the new one is there. What
 * is no regular file stays, and nothing is written through it. False where the system does not let it be
 * flushed to the disk first.
 */
export async function replaceRegularFile(
  path: string,
  text: string,
  mode: number,
): Promise<boolean> {
  await checkReplaceable(path);
  const temporary = `${path}.${randomBytes(6).toString("hex")}`;
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const file = await open(temporary, flags, mode);
  try {
    const isFlushed = await written(file, text);
    await rename(temporary, path);
    return isFlushed;
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}

async function written(file: FileHandle, text: string): Promise<boolean> {
  try {
    await file.writeFile(text);
    return await flushed(file);
  } finally {
    await file.close();
  }
}

async function flushed(file: FileHandle): Promise<boolean> {
  try {
    await file.sync();
    return true;
  } catch (error) {
    if (CANNOT_FLUSH.has(thrownCode(error))) return false;
    throw error;
  }
}

async function checkReplaceable(path: string): Promise<void> {
  const fault = await lstat(path).then(kindFault, (error: unknown) => {
    if (thrownCode(error) === "ENOENT") return undefined;
    throw error;
  });
  if (fault !== undefined) throw new Error(`${path} ${fault}: it is left as it is`);
}

/** Why it is not read; undefined for a regular file. */
function kindFault(stats: Stats): string | undefined {
  if (stats.isFile()) return undefined;
  return `is ${kindOf(stats)}, and no regular file`;
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return "a directory";
  if (stats.isSymbolicLink()) return "a symbolic link";
  if (stats.isFIFO()) return "a pipe";
  return stats.isSocket() ? "a socket" : "a device";
}

function sizeFault(bytes: number, maxBytes: number): string | undefined {
  if (bytes <= maxBytes) return undefined;
  const isRound = maxBytes % MIB === 0;
  return `is larger than ${isRound ? `${maxBytes / MIB} MiB` : `${maxBytes} bytes`}`;
}
