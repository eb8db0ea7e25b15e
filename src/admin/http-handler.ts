// Every HTTP request that comes in: is it to be answered at all, and by what.

import type { HostGuard } from "./host-guard.js";
import type { AdminRequest, AdminResponse } from "./http-messages.js";
import { sendText } from "./responses.js";

/** What may answer a request by its path; false where it is not meant. */
export interface Responder {
  handle(path: string, request: AdminRequest, response: AdminResponse): boolean;
}

/** Guards the door, and asks each responder in turn. */
export class HttpHandler {
  readonly #guard: HostGuard;
  readonly #responders: readonly Responder[];

  constructor(guard: HostGuard, responders: readonly Responder[]) {
    this.#guard = guard;
    this.#responders = responders;
  }

  handle(request: AdminRequest, response: AdminResponse): void {
    // A client that goes, or breaks HTTP, ends its own call only.
    request.on("error", () => {});
    response.on("error", () => {});
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    const { headers, socket } = request;
    const refusal = this.#guard.refusal({
      authority: headerOf(headers[":authority"]) ?? headers.host,
      origin: headers.origin,
      fetchSite: headerOf(headers["sec-fetch-site"]),
      fetchMode: headerOf(headers["sec-fetch-mode"]),
      localAddress: socket?.localAddress,
    });
    if (refusal !== undefined) return sendText(response, 403, refusal);
    const path = pathOf(request.url);
    if (path === undefined) return sendText(response, 400, "the path of the request is malformed");
    if (this.#responders.some((responder) => responder.handle(path, request, response))) return;
    sendText(response, 404, `there is nothing at ${path}: the API is described in docs/ADMIN.md`);
  }
}

function headerOf(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.[0];
}

/** The path without the query; undefined where it is none. */
function pathOf(url: string | undefined): string | undefined {
  return url?.startsWith("/") === true && !url.startsWith("//") ? url.split("?", 1)[0] : undefined;
}
