// Where an agent's log goes: standard output, which never holds the agent up. What its reader does not
// take in time is dropped and counted, and so is what cannot be written; both are told of later.

import { fstatSync, writeSync } from "node:fs";
import { thrownText } from "../core/thrown.js";

/** What waits for a reader at most, in bytes. */
const MAX_WAITING_BYTES = 1_048_576;
const STANDARD_OUTPUT = 1;

/** Takes a line; calls back once it is written, or with why it cannot be. */
export type WriteLine = (line: string, onEnd: (error?: Error | null) => void) => void;

/** Lines that were not written. */
export interface LostLines {
  readonly count: number;
  readonly reason: string;
}

/** Writes lines, while there is room for them. */
export class LogOutput {
  /** Called when lines can be written again after some were not. */
  onLost: (lost: LostLines) => void = () => {};
  readonly #write: WriteLine;
  #waitingBytes = 0;
  #lostCount = 0;
  #lostReason = "";
  #onEmpty: () => void = () => {};

  constructor(write: WriteLine = standardOutput()) {
    this.#write = write;
  }

  write(line: string): void {
    const bytes = Buffer.byteLength(line);
    if (this.#waitingBytes + bytes > MAX_WAITING_BYTES) {
      this.#lose("its reader is too slow");
      return;
    }
    this.#waitingBytes += bytes;
    this.#write(line, (error) => {
      this.#waitingBytes -= bytes;
      if (error === undefined || error === null) this.#onWritten();
      else this.#lose(error.message);
      if (this.#waitingBytes === 0) this.#onEmpty();
    });
  }

  /** Resolves once all is written, or the time is over. */
  async flush(timeoutMs: number): Promise<void> {
    if (this.#waitingBytes === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#onEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #lose(reason: string): void {
    this.#lostCount += 1;
    this.#lostReason = reason;
  }

  #onWritten(): void {
    if (this.#lostCount === 0 || this.#waitingBytes > MAX_WAITING_BYTES / 2) return;
    const lost = { count: this.#lostCount, reason: this.#lostReason };
    this.#lostCount = 0;
    this.onLost(lost);
  }
}

/** A file is written at once, and its disk is fast; anything else has a reader, and waits for it aside. */
function standardOutput(): WriteLine {
  if (isFile()) {
    return (line, onEnd) => {
      try {
        writeSync(STANDARD_OUTPUT, line);
        onEnd();
      } catch (error) {
        onEnd(new Error(thrownText(error), { cause: error }));
      }
    };
  }
  const { stdout } = process;
  if (stdout.isTTY) unblock(stdout);
  // Each write is told of its own failure.
  stdout.removeAllListeners("error").on("error", () => {});
  return (line, onEnd) => void stdout.write(line, onEnd);
}

function isFile(): boolean {
  const stats = fstatSync(STANDARD_OUTPUT);
  return !process.stdout.isTTY && !stats.isFIFO() && !stats.isSocket();
}

/**
 * Node has a terminal block whoever writes to it, as while somebody there has pressed Ctrl-S. libuv has
 * opened it anew for this process, unless it could not, so that nobody else is touched by it.
 */
function unblock(terminal: NodeJS.WriteStream): void {
  const handle: unknown = Reflect.get(terminal, "_handle");
  if (typeof handle !== "object" || handle === null) return;
  const setBlocking: unknown = Reflect.get(handle, "setBlocking");
  const isOwn = Reflect.get(handle, "fd") !== STANDARD_OUTPUT;
  if (isOwn && typeof setBlocking === "function") setBlocking.call(handle, false);
}
