// What gRPC and the operating system say of a failure, as a GossipError that says what to do.

import { status } from "@grpc/grpc-js";
import { parseAddress } from "../core/address.js";
import { GossipError, type GossipErrorCode } from "../core/errors.js";
import type { LinkEnd } from "./transport.js";

/** How gRPC says how a call ended. */
export interface GrpcStatus {
  readonly code: status;
  readonly details: string;
  /** HTTP alone says so: the other side may know nothing of gRPC. */
  readonly isOfHttp?: boolean;
}

/** What the other side, or gRPC, says at length is cut here. */
const MAX_REASON_LENGTH = 200;

/** The error of a call that ended with a gRPC status other than OK. */
export function callError(address: string, cause: GrpcStatus): GossipError {
  const reason = callFailure(address, cause);
  return new GossipError(callErrorCode(cause), `${address}: ${reason}`, { cause });
}

/** The end of a link that ended with a gRPC status other than OK. */
export function linkEnd(address: string, cause: GrpcStatus): LinkEnd {
  // A web server that knows no such page says so, too, but not as gRPC does: it is no peer of any kind.
  if (cause.code === status.UNIMPLEMENTED && cause.isOfHttp !== true) return { type: "unserved" };
  if (cause.code === status.FAILED_PRECONDITION) {
    return { type: "refused", reason: shortReason(address, cause.details) };
  }
  return { type: "broken", error: callError(address, cause) };
}

/** True when the connection did not carry the call; false when the other side refused it. */
export function isConnectionFailure({ code, details }: GrpcStatus): boolean {
  if (code === status.UNAVAILABLE) return true;
  // grpc-js calls it internal when the connection closed just before the call began.
  return code === status.INTERNAL && details.startsWith("Failed to start HTTP/2 stream");
}

function callErrorCode(cause: GrpcStatus): GossipErrorCode {
  if (isConnectionFailure(cause)) return "CALL_UNREACHABLE";
  if (cause.code === status.UNIMPLEMENTED) return "CALL_UNSUPPORTED";
  return "CALL_FAILED";
}

function callFailure(address: string, cause: GrpcStatus): string {
  const reason = shortReason(address, cause.details);
  const name = status[cause.code] ?? `gRPC status ${cause.code}`;
  if (reason === "") return name;
  return isConnectionFailure(cause) ? reason : `${name}: ${reason}`;
}

/**
 * What is worth reading of gRPC's details, which look like "No connection established. Last error:
 * Error: connect ECONNREFUSED 127.0.0.1:1. Resolution note: ", or may be anything at all where the
 * other side wrote them.
 */
function shortReason(address: string, details: string): string {
  const lastError = /Last error: (.*)\. Resolution note: /s.exec(details)?.[1] ?? details;
  const text = lastError
    .replace(/^Error: /, "")
    .replace(/ \(\d{4}-\d\d-\d\dT[\d:.]+Z\)$/, "")
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
  const reason = withoutAddress(text, address);
  if (reason.length <= MAX_REASON_LENGTH) return reason;
  return `${reason.slice(0, MAX_REASON_LENGTH).toWellFormed()}…`;
}

/** The address stands in front already. Node writes it without brackets. */
function withoutAddress(text: string, address: string): string {
  const parts = parseAddress(address);
  if (parts === undefined) return text;
  const suffix = ` ${parts.host}:${parts.port}`;
  return text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
}

/** The error of a link whose other side has a certificate that is over. */
export function expiredError(from: string): GossipError {
  const message = `${from}: the link ends with its certificate, which has expired: renew it there`;
  return new GossipError("CALL_UNREACHABLE", message);
}

/** The error of a port that could not be listened on. */
export function listenError(address: string, cause: NodeJS.ErrnoException): GossipError {
  if (cause.code === "EADDRINUSE") {
    const message = `${address} is in use: stop the process that listens there, or choose another port (0 is any free one)`;
    return new GossipError("ADDRESS_IN_USE", message, { cause });
  }
  const advice =
    cause.code === "EACCES"
      ? "choose a port above 1023, or run with the right to listen there"
      : "choose an address of this machine";
  const message = `cannot listen on ${address} (${cause.code ?? cause.message}): ${advice}`;
  return new GossipError("LISTEN_FAILED", message, { cause });
}
