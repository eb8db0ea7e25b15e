// Failures as gRPC and Connect tell them: a code for programs, and the message for people.

import { Code, ConnectError } from "@connectrpc/connect";
import { GossipError, type GossipErrorCode } from "../core/errors.js";

const CODES: Readonly<Record<GossipErrorCode, Code>> = {
  INVALID_OPTION: Code.InvalidArgument,
  INVALID_ADDRESS: Code.InvalidArgument,
  INVALID_INFO: Code.InvalidArgument,
  INVALID_TLS: Code.Internal,
  ADDRESS_IN_USE: Code.Internal,
  DATA_DIR_IN_USE: Code.Internal,
  LISTEN_FAILED: Code.Internal,
  LOOKUP_FAILED: Code.Unavailable,
  SEED_UNREACHABLE: Code.Unavailable,
  TOO_MANY_SEEDS: Code.ResourceExhausted,
  UNKNOWN_MEMBER: Code.NotFound,
  MEMBER_LIVE: Code.FailedPrecondition,
  CALL_TIMEOUT: Code.Unavailable,
  CALL_UNREACHABLE: Code.Unavailable,
  CALL_UNSUPPORTED: Code.Unavailable,
  CALL_FAILED: Code.Unavailable,
  STOPPED: Code.Unavailable,
};

/** What a caller is told; what is no failure of the peer's own kind is a fault of ours. */
export function adminError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  if (error instanceof GossipError) return new ConnectError(error.message, CODES[error.code]);
  return new ConnectError("the agent failed: its log tells more", Code.Internal);
}
