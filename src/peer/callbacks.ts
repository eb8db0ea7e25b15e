// Where functions of the application are called: what one throws, or rejects with, ends here, and is
// counted.

import { thrownText } from "../core/thrown.js";
import type { LinkCandidate } from "./admission.js";
import { type Logger, SILENT_LOGGER } from "./logger.js";
import { printable } from "./printable.js";

const LEVELS = ["debug", "info", "warn", "error"] as const;

/** Calls what the application gave. */
export class Callbacks {
  #failed = 0;

  /** How often one of them failed. */
  get failed(): number {
    return this.#failed;
  }

  /**
   * A logger that never throws. Lines that were lost are told of once it works again. What others sent may be in
   * a message: nothing in it makes a line of its own, or steers a terminal.
   */
  logger(logger: Logger): Logger {
    // So that nothing is put together for it.
    if (logger === SILENT_LOGGER) return logger;
    let lost = 0;
    let reason = "";
    const onFailed = (error: unknown): void => {
      lost += 1;
      reason = textOf(error);
    };
    const write = (level: (typeof LEVELS)[number], fields: object, message: string): void => {
      const text = printable(message);
      if (!this.#call(() => logger[level](fields, text), onFailed).isDone || lost === 0) return;
      const told = lost;
      lost = 0;
      const lostText = printable(
        `${told} lines of the log were lost: the logger failed (${reason})`,
      );
      this.#call(() => logger.warn({ lost: told, reason }, lostText), onFailed);
    };
    return {
      debug: (fields, message) => write("debug", fields, message),
      info: (fields, message) => write("info", fields, message),
      warn: (fields, message) => write("warn", fields, message),
      error: (fields, message) => write("error", fields, message),
    };
  }

  /** A rule that never throws: one that fails allows nobody, since what it would have said is not known. */
  rule(allow: (candidate: LinkCandidate) => boolean): (candidate: LinkCandidate) => boolean {
    return (candidate) =>
      this.#call(
        () => allow(candidate),
        () => {},
      ).value === true;
  }

  /** `isDone` is false for a function that threw; one that rejects is told to `onFailed` alone. */
  #call<T>(
    call: () => T,
    onFailed: (error: unknown) => void,
  ): { readonly isDone: boolean; readonly value?: T } {
    const fail = (error: unknown): void => {
      this.#failed += 1;
      onFailed(error);
    };
    try {
      const value = call();
      // Nothing is awaited of the application, but a promise of its that rejects would end the process.
      if (typeof value === "object" && value !== null) {
        Promise.resolve(value).then(undefined, fail);
      }
      return { isDone: true, value };
    } catch (error) {
      fail(error);
      return { isDone: false };
    }
  }
}

/** A promise that nobody has to await: whoever does is told, and its rejection ends nobody else. */
export function kept<T>(
  promise: Promise<T>,
  onRejected: (error: unknown) => void = () => {},
): Promise<T> {
  promise.catch(onRejected);
  return promise;
}

/** What was thrown may be anything, and may not even let itself be written. */
function textOf(error: unknown): string {
  try {
    return thrownText(error);
  } catch {
    return "it threw what cannot be written";
  }
}
