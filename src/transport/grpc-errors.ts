// What gRPC and the operating system say of a failure, as a GossipError that says what to do.

import { type ServiceError, status } from "@grpc/grpc-js";
import { GossipError, type GossipErrorCode } from "../core/errors.js";

/** The error of a call that ended with a gRPC status other than OK. */
export function callError(address: string, cause: ServiceError): GossipError {
  return new GossipError(callErrorCode(cause.code), `${address}: ${cause.details}`, { cause });
}

function callErrorCode(code: status): GossipErrorCode {
  if (code === status.UNAVAILABLE) return "CALL_UNREACHABLE";
  if (code === status.UNIMPLEMENTED) return "CALL_UNSUPPORTED";
  return "CALL_FAILED";
}

/** The error of a port that could not be listened on. */
export function listenError(address: string, cause: NodeJS.ErrnoException): GossipError {
  if (cause.code === "EADDRINUSE") {
    const message = `${address} is in use: stop the process that listens there, or choose another port (0 is any free one)`;
    return new GossipError("ADDRESS_IN_USE", message, { cause });
  }
  const message = `cannot listen on ${address} (${cause.code ?? cause.message}): choose an address of this machine`;
  return new GossipError("LISTEN_FAILED", message, { cause });
}
