// Keeps two peers from one data directory: whoever uses it listens on a socket in it. The system ends
// that with the process, however it ends, so that what a crash leaves behind locks nobody out.

import { lstat, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { thrownCode } from "../core/thrown.js";
import { pause } from "../transport/platform-timers.js";

const LOCK_NAME = "lock";
/** Held by whoever looks whether the lock is of a peer that is no more, and clears it away then. */
const TURN_NAME = "lock.turn";
/** A socket is bound a moment before it listens: so long is looked until it is believed to be of nobody. */
const STALE_AFTER_MS = 75;
const LOOK_PERIOD_MS = 25;

/** A lock that is held. */
export interface DataDirLock {
  release(): Promise<void>;
}

/** What was found where a lock would be. */
type Finding = "held" | "stale" | "none";

/** Takes the lock; undefined where another holds it. Rejects where the system does not let us. */
export async function lockDataDir(dir: string): Promise<DataDirLock | undefined> {
  const path = join(dir, LOCK_NAME);
  return (await listen(path)) ?? (await takeOver(path, join(dir, TURN_NAME)));
}

/**
 * Takes the place of one that is no more, if it is. One peer at a time: another that found it stale too would
 * clear away the lock that the first has put there meanwhile.
 */
async function takeOver(path: string, turnPath: string): Promise<DataDirLock | undefined> {
  const turn = (await listen(turnPath)) ?? (await listenAnew(turnPath));
  if (turn === undefined) return undefined;
  try {
    return await listenAnew(path);
  } finally {
    await turn.release();
  }
}

/** Listens where nobody does, in the place of what one left there that is no more. */
async function listenAnew(path: string): Promise<DataDirLock | undefined> {
  const finding = await look(path);
  if (finding === "held") return undefined;
  // Where there was nothing, there may be the lock of another by now.
  if (finding === "stale") await rm(path, { force: true });
  return await listen(path);
}

/** Listens at a path; undefined when there is something already. */
function listen(path: string): Promise<DataDirLock | undefined> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      if (thrownCode(error) === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    // Exclusive: workers of a cluster would otherwise all be given the one socket of their primary.
    server.listen({ path, exclusive: true }, () => {
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

/** Whether somebody listens there. Rejects where there is something else than a socket. */
async function look(path: string): Promise<Finding> {
  for (let lookedMs = 0; ; lookedMs += LOOK_PERIOD_MS) {
    if (!(await isSocket(path))) return "none";
    const finding = await answerOf(path);
    if (finding !== "stale" || lookedMs >= STALE_AFTER_MS) return finding;
    await pause(LOOK_PERIOD_MS);
  }
}

/** False where there is nothing. A link is not followed: what it leads to is no lock of this directory. */
async function isSocket(path: string): Promise<boolean> {
  try {
    if ((await lstat(path)).isSocket()) return true;
  } catch (error) {
    if (thrownCode(error) === "ENOENT") return false;
    throw error;
  }
  throw new Error(`${path} is no lock of a peer, and in its place: remove it`);
}

/** Who is too busy to answer is there. */
function answerOf(path: string): Promise<Finding> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve("held");
    });
    socket.once("error", (error) => {
      const code = thrownCode(error);
      if (code === "ENOENT") resolve("none");
      else resolve(code === "ECONNREFUSED" ? "stale" : "held");
    });
  });
}
