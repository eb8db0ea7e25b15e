// Lines that repeat: the first few are written, the others are counted, and told of in one line.

import { type KindLogger, type Logger, SILENT_LOGGER } from "./logger.js";

/** Lines of one kind that are written within {@link REPEAT_WINDOW_MS}; the others are counted. */
export const REPEATS_WRITTEN = 3;
/** How long lines of one kind are counted together. */
export const REPEAT_WINDOW_MS = 60_000;
/** Kinds of lines that are counted at once; of the oldest it is told before its time. */
export const MAX_REPEATING = 256;

type Level = "info" | "warn" | "error";

/** What is known of the lines of one kind. */
interface Repeats {
  readonly level: Level;
  readonly startedAtMs: number;
  count: number;
  /** The last one that was not written. */
  fields: object;
  message: string;
}

/** That logger, with its repeats collapsed; a silent one stays what it is. */
export function collapsed(logger: Logger, now: () => number): KindLogger {
  return logger === SILENT_LOGGER ? logger : new CollapsedLog(logger, now);
}

/**
 * A logger that writes few of many lines that say the same. Lines are of one kind where their `kind` is
 * the same, which is the message where none is given. What is of level `debug` is written as it comes.
 */
export class CollapsedLog implements KindLogger {
  readonly #logger: Logger;
  readonly #now: () => number;
  /** By level and kind, the oldest first. */
  readonly #kinds = new Map<string, Repeats>();

  /** @param now - milliseconds on a clock that never jumps. */
  constructor(logger: Logger, now: () => number) {
    this.#logger = logger;
    this.#now = now;
  }

  debug(fields: object, message: string): void {
    this.#tellOver(this.#now());
    this.#logger.debug(fields, message);
  }

  info(fields: object, message: string, kind = message): void {
    this.#write("info", fields, message, kind);
  }

  warn(fields: object, message: string, kind = message): void {
    this.#write("warn", fields, message, kind);
  }

  error(fields: object, message: string, kind = message): void {
    this.#write("error", fields, message, kind);
  }

  tellRepeats(): void {
    for (const [key, repeats] of this.#kinds) this.#tell(key, repeats, this.#now());
  }

  #write(level: Level, fields: object, message: string, kind: string): void {
    const now = this.#now();
    this.#tellOver(now);
    const key = `${level} ${kind}`;
    const repeats = this.#kinds.get(key) ?? this.#begin(key, level, now);
    repeats.count += 1;
    if (repeats.count <= REPEATS_WRITTEN) this.#logger[level](fields, message);
    else Object.assign(repeats, { fields, message });
  }

  #begin(key: string, level: Level, now: number): Repeats {
    const [oldest] = this.#kinds;
    if (oldest !== undefined && this.#kinds.size >= MAX_REPEATING) this.#tell(...oldest, now);
    const repeats = { level, startedAtMs: now, count: 0, fields: {}, message: "" };
    this.#kinds.set(key, repeats);
    return repeats;
  }

  /** They began one after the other, and end so. */
  #tellOver(now: number): void {
    for (const [key, repeats] of this.#kinds) {
      if (now < repeats.startedAtMs + REPEAT_WINDOW_MS) return;
      this.#tell(key, repeats, now);
    }
  }

  #tell(key: string, { level, startedAtMs, count, fields, message }: Repeats, now: number): void {
    this.#kinds.delete(key);
    const repeats = count - REPEATS_WRITTEN;
    if (repeats <= 0) return;
    const seconds = Math.round((now - startedAtMs) / 1_000);
    this.#logger[level]({ ...fields, repeats }, `… ${repeats} more in ${seconds} s: ${message}`);
  }
}

/** What to call the other side in a `kind`: each connection of one host has another port. */
export function hostOf(from: string): string {
  return from.slice(0, Math.max(0, from.lastIndexOf(":"))) || from;
}
