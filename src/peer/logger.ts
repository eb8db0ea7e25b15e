// What the peer needs of a logger: the part of pino's interface that others share.

/**
 * Anything with pino's four methods. `fields` is for programs, `message` for people.
 */
export interface Logger {
  /** What happens all the time. */
  debug(fields: object, message: string): void;
  /** What changed. */
  info(fields: object, message: string): void;
  /** What should not be, and is dealt with. */
  warn(fields: object, message: string): void;
  /** What is not dealt with. */
  error(fields: object, message: string): void;
}

/** A logger that can be told which lines are of one kind: of many of those it may write a few. */
export interface KindLogger extends Logger {
  info(fields: object, message: string, kind?: string): void;
  warn(fields: object, message: string, kind?: string): void;
  error(fields: object, message: string, kind?: string): void;
  /** Tells of all that it counted and did not write. */
  tellRepeats?(): void;
}

/** Says nothing; the default. */
export const SILENT_LOGGER: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
};
