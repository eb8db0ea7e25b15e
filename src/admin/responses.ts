// Plain answers.

import type { JsonValue } from "@bufbuild/protobuf";
import type { AdminResponse } from "./http-messages.js";

/** A short answer for people; a newline is added. */
export function sendText(response: AdminResponse, status: number, text: string): void {
  sendBody(response, status, "text/plain; charset=utf-8", `${text}\n`);
}

/** A JSON document; a newline is added, for those who read it in a terminal. */
export function sendJson(response: AdminResponse, status: number, value: JsonValue): void {
  sendBody(response, status, "application/json", `${JSON.stringify(value)}\n`);
}

/** An answer that is whole, and that nobody is to keep. */
export function sendBody(
  response: AdminResponse,
  status: number,
  contentType: string,
  body: string,
): void {
  response.writeHead(status, {
    "Content-Type": contentType,
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
  });
  // Also for HEAD: Node leaves the body out there.
  response.end(body);
}
