// What a failed call says of why it failed: short, and with the address once.

import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { callError, listenError } from "../../src/transport/grpc-errors.js";

function serviceError(code: status, details: string): ServiceError {
  const name = "Error";
  return { name, message: `${code} ${details}`, code, details, metadata: new Metadata() };
}

/** As grpc-js 1.14 puts it. */
function notConnected(lastError: string): string {
  return `No connection established. Last error: ${lastError}. Resolution note: `;
}

test.each([
  [
    "a refused connection",
    "127.0.0.1:7946",
    notConnected("Error: connect ECONNREFUSED 127.0.0.1:7946"),
    "127.0.0.1:7946: connect ECONNREFUSED",
  ],
  [
    "a refused connection on IPv6",
    "[::1]:7946",
    notConnected("Error: connect ECONNREFUSED ::1:7946"),
    "[::1]:7946: connect ECONNREFUSED",
  ],
  [
    "a refused connection to one of the addresses of a name",
    "peer:7946",
    notConnected("Error: connect ECONNREFUSED 10.0.0.5:7946"),
    "peer:7946: connect ECONNREFUSED 10.0.0.5:7946",
  ],
  [
    "a handshake that failed",
    "127.0.0.1:7946",
    notConnected("Protocol error (2026-01-31T12:34:56.789Z)"),
    "127.0.0.1:7946: Protocol error",
  ],
  [
    "a name that is not found",
    "peer:7946",
    "getaddrinfo ENOTFOUND peer",
    "peer:7946: getaddrinfo ENOTFOUND peer",
  ],
  ["a reset", "127.0.0.1:7946", "read ECONNRESET", "127.0.0.1:7946: read ECONNRESET"],
  ["no reason at all", "127.0.0.1:7946", "", "127.0.0.1:7946: UNAVAILABLE"],
  ["a reason of blanks", "127.0.0.1:7946", " \n ", "127.0.0.1:7946: UNAVAILABLE"],
])("%s", (_, address, details, expected) => {
  const cause = serviceError(status.UNAVAILABLE, details);
  const error = callError(address, cause);
  expect(error.code).toBe("CALL_UNREACHABLE");
  expect(error.message).toBe(expected);
  expect(error.cause).toBe(cause);
});

test.each([
  [status.UNIMPLEMENTED, "CALL_UNSUPPORTED", "a:1: UNIMPLEMENTED: because"],
  [status.RESOURCE_EXHAUSTED, "CALL_FAILED", "a:1: RESOURCE_EXHAUSTED: because"],
  [status.INTERNAL, "CALL_FAILED", "a:1: INTERNAL: because"],
  [status.CANCELLED, "CALL_FAILED", "a:1: CANCELLED: because"],
  [99 as status, "CALL_FAILED", "a:1: gRPC status 99: because"],
])("a status %i of the other side is %s", (code, expectedCode, message) => {
  expect(callError("a:1", serviceError(code, "because"))).toMatchObject({
    code: expectedCode,
    message,
  });
});

test("a connection that closed just before the call began was no failure of the call", () => {
  const details = "Failed to start HTTP/2 stream with error The session has been destroyed";
  expect(callError("a:1", serviceError(status.INTERNAL, details))).toMatchObject({
    code: "CALL_UNREACHABLE",
    message: `a:1: ${details}`,
  });
});

test("a reason of many lines and a megabyte fits on a line of a log", () => {
  const details = `first\r\nsecond\u2028third\u001b[31m ${"😀".repeat(500_000)}`;
  const { message } = callError("a:1", serviceError(status.INTERNAL, details));
  expect(message).toMatch(/^a:1: INTERNAL: first second third \[31m 😀+\uFFFD?…$/u);
  expect(message.length).toBeLessThan(250);
  expect(message.isWellFormed()).toBe(true);
});

test.each([
  ["EADDRINUSE", "ADDRESS_IN_USE", /^a:1 is in use: .* choose another port/],
  ["EADDRNOTAVAIL", "LISTEN_FAILED", /^cannot listen on a:1 \(EADDRNOTAVAIL\): .* this machine$/],
  ["EACCES", "LISTEN_FAILED", /^cannot listen on a:1 \(EACCES\): choose a port above 1023/],
])("a port that cannot be listened on because of %s is %s", (code, expectedCode, message) => {
  const cause = Object.assign(new Error("listen failed"), { code });
  const error = listenError("a:1", cause);
  expect(error).toMatchObject({ code: expectedCode, message: expect.stringMatching(message) });
  expect(error.cause).toBe(cause);
});
