// What can be read by a plain GET, without the library of any protocol: answers as JSON, streams as
// lines of JSON or as server-sent events.

import {
  type DescMessage,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  type JsonObject,
  type MessageShape,
  toJson,
} from "@bufbuild/protobuf";
import { Code, type ConnectError } from "@connectrpc/connect";
import { codeToHttpStatus, errorToJson } from "@connectrpc/connect/protocol-connect";
import { thrownText } from "../core/thrown.js";
import type { Logger } from "../peer/logger.js";
import { adminError } from "./admin-error.js";
import type { AdminRequest, AdminResponse } from "./http-messages.js";
import { sendStream, streamFormat } from "./plain-stream.js";
import { requestOf } from "./query-request.js";
import { sendJson, sendText } from "./responses.js";

/** What is answered at one path; the types of its messages are known only where it is made. */
export interface PlainRoute {
  readonly path: string;
  answer(query: URLSearchParams, call: PlainCall): Promise<void>;
}

/** A GET that is being answered. */
interface PlainCall {
  readonly accept: string;
  /** The cursor of the last answer that a browser has seen, when it comes back by itself. */
  readonly lastEventId: string | undefined;
  readonly response: AdminResponse;
  readonly signal: AbortSignal;
}

/** A method that answers once. With `isFine` false, the status is 503: what asks may be a probe. */
export function unaryRoute<I extends DescMessage, O extends DescMessage>(
  path: string,
  { input, output }: DescMethodUnary<I, O>,
  answer: (request: MessageShape<I>) => MessageShape<O> | Promise<MessageShape<O>>,
  isFine: (answer: MessageShape<O>) => boolean = () => true,
): PlainRoute {
  return {
    path,
    answer: async (query, { response }) => {
      const message = await answer(requestOf(input, query));
      sendJson(response, isFine(message) ? 200 : 503, toJson(output, message));
    },
  };
}

/** A method that answers again and again. */
export function streamRoute<I extends DescMessage, O extends DescMessage>(
  path: string,
  { input, output }: DescMethodServerStreaming<I, O>,
  answer: (request: MessageShape<I>, signal: AbortSignal) => AsyncIterable<MessageShape<O>>,
): PlainRoute {
  return {
    path,
    answer: async (query, { accept, lastEventId, response, signal }) => {
      if (lastEventId !== undefined) query.set("cursor", lastEventId);
      const stream = answer(requestOf(input, query), signal);
      // Messages are objects in JSON, unlike some of the well-known types.
      const toObject = (message: MessageShape<O>) => toJson(output, message) as JsonObject;
      await sendStream(response, signal, streamFormat(accept), stream, toObject);
    },
  };
}

/** Answers what is read at its paths. */
export class PlainApi {
  readonly #routes: ReadonlyMap<string, PlainRoute>;
  readonly #shutdownSignal: AbortSignal;
  readonly #logger: Logger;

  constructor(routes: readonly PlainRoute[], shutdownSignal: AbortSignal, logger: Logger) {
    this.#routes = new Map(routes.map((route) => [route.path, route]));
    this.#shutdownSignal = shutdownSignal;
    this.#logger = logger;
  }

  /** Answers where the path is one of its own; false where it is not. */
  handle(path: string, request: AdminRequest, response: AdminResponse): boolean | Promise<void> {
    const route = this.#routes.get(path);
    if (route === undefined) return false;
    if (request.method !== "GET") {
      response.setHeader("Allow", "GET");
      sendText(response, 405, `${path} can only be read: what acts is called by its method`);
      return true;
    }
    return this.#answer(route, request, response);
  }

  async #answer(route: PlainRoute, request: AdminRequest, response: AdminResponse): Promise<void> {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const query = new URLSearchParams(request.url?.split("?", 2)[1]);
    const { accept = "", "last-event-id": lastEventId } = request.headers;
    try {
      await route.answer(query, {
        accept,
        lastEventId: typeof lastEventId === "string" ? lastEventId : undefined,
        response,
        signal: AbortSignal.any([gone.signal, this.#shutdownSignal]),
      });
    } catch (error) {
      const failure = adminError(error);
      if (failure.code === Code.Internal) {
        const reason = thrownText(error);
        this.#logger.error({ path: route.path, reason }, `an admin call failed: ${reason}`);
      }
      sendFailure(response, failure);
    }
  }
}

function sendFailure(response: AdminResponse, error: ConnectError): void {
  // In the midst of a stream there is no other way to say that it is not whole.
  if (response.headersSent) response.destroy();
  else sendJson(response, codeToHttpStatus(error.code), errorToJson(error, undefined));
}
