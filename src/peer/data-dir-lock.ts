// Keeps two peers from one data directory: whoever uses it listens on a socket in it. The system ends
// that with the process, however it ends, so that what a crash leaves behind locks nobody out.

import { rename, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { thrownCode } from "../core/thrown.js";

const LOCK_NAME = "lock";
/** A socket that was found to be of nobody, on its way out. */
const STALE_NAME = "lock.old";

/** A lock that is held. */
export interface DataDirLock {
  release(): Promise<void>;
}

/** Takes the lock; undefined where another holds it. Rejects where the system does not let us. */
export async function lockDataDir(dir: string): Promise<DataDirLock | undefined> {
  const path = join(dir, LOCK_NAME);
  const lock = await listen(path);
  if (lock !== undefined) return lock;
  if (await isAnswered(path)) return undefined;
  const stale = join(dir, STALE_NAME);
  try {
    // Moved before it is removed: another that found it stale too may have put its own there by now.
    await rename(path, stale);
  } catch (error) {
    if (thrownCode(error) !== "ENOENT") throw error;
  }
  if (await isAnswered(stale)) {
    await rename(stale, path);
    return undefined;
  }
  await rm(stale, { force: true });
  return await listen(path);
}

/** Listens at a path; undefined when there is a socket already. */
function listen(path: string): Promise<DataDirLock | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      if (thrownCode(error) === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(path, () => {
      server.removeAllListeners("error");
      // That a connection could not be accepted is no reason to end.
      server.on("error", () => {});
      server.unref();
      resolve({ release: () => released(server) });
    });
  });
}

/** Removes the socket too. */
function released(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

/** Whether somebody listens there. Who is too busy to answer is there. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error) => {
      resolve(thrownCode(error) !== "ECONNREFUSED" && thrownCode(error) !== "ENOENT");
    });
  });
}
