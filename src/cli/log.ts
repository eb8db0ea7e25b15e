// The log of the command line: pino, as JSON lines for machines or one short line for people.

import { type Logger as PinoLogger, pino, stdTimeFunctions } from "pino";
import pretty from "pino-pretty";
import type { LogFormat, LogLevel } from "./log-choices.js";

/** A logger to standard output; written at once, so that a killed process has said what it did. */
export function createLogger(format: LogFormat, level: LogLevel): PinoLogger {
  const options = { level, base: null, timestamp: stdTimeFunctions.isoTime };
  if (format === "json") return pino(options, pino.destination({ fd: 1, sync: true }));
  const stream = pretty({
    sync: true,
    colorize: process.stdout.isTTY,
    translateTime: "SYS:HH:MM:ss.l",
    messageFormat: "{address} {msg}",
    hideObject: true,
  });
  return pino(options, stream);
}
