// Errors of usage: what was asked for cannot be.

import { GossipError } from "../core/errors.js";

/** One line, exit code 2. */
export function usage(message: string, cause?: unknown): GossipError {
  return new GossipError("INVALID_OPTION", message, { cause });
}
