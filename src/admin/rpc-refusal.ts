// A call that is refused by its headers alone, in the words of its protocol: nothing of its body is read.

import type { ConnectError } from "@connectrpc/connect";
import { codeToString } from "@connectrpc/connect/protocol-connect";
import type { AdminRequest, AdminResponse } from "./http-messages.js";
import { sendJson } from "./responses.js";

const UNAUTHENTICATED = 401;

/**
 * Answers a caller that is not known, and lets the rest of its request go. `isLast`: it may be known on another
 * connection, and is to make no more calls on this one.
 */
export function refuseCaller(
  error: ConnectError,
  request: AdminRequest,
  response: AdminResponse,
  isLast: boolean,
): void {
  const contentType = request.headers["content-type"] ?? "";
  // Of HTTP/1.1, what may still come would be taken for the next request.
  if (request.httpVersionMajor < 2) response.setHeader("Connection", "close");
  if (contentType.startsWith("application/grpc")) {
    response.writeHead(200, {
      "Content-Type": contentType,
      "grpc-status": `${error.code}`,
      "grpc-message": encodeURIComponent(error.rawMessage),
    });
    response.end();
  } else {
    const body = { code: codeToString(error.code), message: error.rawMessage };
    sendJson(response, UNAUTHENTICATED, body);
  }
  response.once("close", () => request.destroy());
  if (isLast && "stream" in request) request.stream.session?.close();
}
