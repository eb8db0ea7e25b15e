// Every HTTP request that comes in: is it to be answered at all, and by what. What goes wrong meanwhile
// ends that request, and nothing else.

import { thrownText } from "../core/thrown.js";
import type { Logger } from "../peer/logger.js";
import type { HostGuard } from "./host-guard.js";
import type { AdminRequest, AdminResponse } from "./http-messages.js";
import { sendText } from "./responses.js";

/** What may answer a request by its path: at once, or until its promise ends; false where it is not meant. */
export interface Responder {
  handle(path: string, request: AdminRequest, response: AdminResponse): boolean | Promise<void>;
}

/** Guards the door, and asks each responder in turn. */
export class HttpHandler {
  readonly #guard: HostGuard;
  readonly #responders: readonly Responder[];
  readonly #logger: Logger;

  constructor(guard: HostGuard, responders: readonly Responder[], logger: Logger) {
    this.#guard = guard;
    this.#responders = responders;
    this.#logger = logger;
  }

  /** Never throws: whatever becomes of a request, the process goes on. */
  handle(request: AdminRequest, response: AdminResponse): void {
    this.#answer(request, response).catch((error: unknown) => {
      this.#onFault(request.url, response, error);
    });
  }

  async #answer(request: AdminRequest, response: AdminResponse): Promise<void> {
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
    for (const responder of this.#responders) {
      const answering = responder.handle(path, request, response);
      if (answering !== false) return answering === true ? undefined : await answering;
    }
    sendText(response, 404, `there is nothing at ${path}: the API is described in docs/ADMIN.md`);
  }

  #onFault(path: string | undefined, response: AdminResponse, error: unknown): void {
    const reason = thrownText(error);
    this.#logger.error({ path, reason }, `a request could not be answered: ${reason}`);
    try {
      // In the midst of an answer there is no other way to say that it is not whole.
      if (response.headersSent) response.destroy();
      else sendText(response, 500, "the agent could not answer: its log tells why; try again");
    } catch {
      response.destroy();
    }
  }
}

function headerOf(value: string | string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.[0];
}

/** The path without the query; undefined where it is none. */
function pathOf(url: string | undefined): string | undefined {
  return url?.startsWith("/") === true && !url.startsWith("//") ? url.split("?", 1)[0] : undefined;
}
