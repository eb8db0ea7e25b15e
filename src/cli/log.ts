// The log of the command line: pino, as JSON lines for machines or one short line for people.

import { type Logger as PinoLogger, pino, stdTimeFunctions } from "pino";
import { prettyFactory } from "pino-pretty";
import type { LogFormat, LogLevel } from "./log-choices.js";
import type { LogOutput } from "./log-output.js";

/** A logger that writes there; of lines that were lost it tells by itself. */
export function createLogger(format: LogFormat, level: LogLevel, output: LogOutput): PinoLogger {
  const options = { level, base: null, timestamp: stdTimeFunctions.isoTime };
  const asText = format === "json" ? (line: string) => line : pretty();
  const logger = pino(options, { write: (line: string) => output.write(asText(line)) });
  output.onLost = ({ count, reason }) => {
    logger.warn({ lost: count, reason }, `${count} lines of the log were lost: ${reason}`);
  };
  return logger;
}

function pretty(): (line: string) => string {
  return prettyFactory({
    colorize: process.stdout.isTTY,
    translateTime: "SYS:HH:MM:ss.l",
    messageFormat: "{address} {msg}",
    hideObject: true,
  });
}
