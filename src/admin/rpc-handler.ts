// The service by its three protocols (gRPC, gRPC-Web, Connect), which one handler serves.

import {
  Code,
  ConnectError,
  createConnectRouter,
  createContextKey,
  createContextValues,
  type Interceptor,
} from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import {
  compressionGzip,
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from "@connectrpc/connect-node";
import { AdminService } from "../gen/gossip/admin/v1/admin_pb.js";
import type { Logger } from "../peer/logger.js";
import type { Peer } from "../peer/peer.js";
import { type ActionGuard, isCertified } from "./action-guard.js";
import { adminError } from "./admin-error.js";
import type { AdminActions } from "./admin-service.js";
import type { AdminRequest, AdminResponse } from "./http-messages.js";
import { addToolServices } from "./tool-services.js";
import type { WatcherSlots } from "./watcher-slots.js";

/** What the handler is made from. */
export interface RpcHandlerParts {
  readonly actions: AdminActions;
  readonly guard: ActionGuard;
  readonly peer: Peer;
  readonly slots: WatcherSlots;
  readonly maxRequestBytes: number;
  /** Aborted when the service ends: streams end then. */
  readonly shutdownSignal: AbortSignal;
  readonly logger: Logger;
}

/** Answers the calls of the protocols, by path. */
export class RpcHandler {
  readonly #handlers: ReadonlyMap<string, UniversalHandler>;
  readonly #logger: Logger;

  constructor(parts: RpcHandlerParts) {
    const { actions, guard, peer, slots, maxRequestBytes, shutdownSignal, logger } = parts;
    this.#logger = logger;
    const router = createConnectRouter({
      acceptCompression: [compressionGzip],
      readMaxBytes: maxRequestBytes,
      shutdownSignal,
      interceptors: [telling(logger), guarding(guard)],
    });
    router.service(AdminService, {
      listMembers: (request) => actions.listMembers(request),
      watchMembers: (request, { signal }) => actions.watchMembers(request, signal),
      getInfo: () => actions.getInfo(),
      setInfo: (request) => actions.setInfo(request),
      join: (request) => actions.join(request),
      leave: () => actions.leave(),
      forget: (request) => actions.forget(request),
      explain: (request) => actions.explain(request),
      listLinks: (request) => actions.listLinks(request),
      watchReach: (request, { signal }) => actions.watchReach(request, signal),
      watchEvents: (request, { signal }) => actions.watchEvents(request, signal),
      getStats: () => actions.getStats(),
      getHealth: () => actions.getHealth(),
    });
    addToolServices(router, peer, slots);
    this.#handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  }

  /** Answers where the path is one of its own; false where it is not. */
  handle(path: string, request: AdminRequest, response: AdminResponse): false | Promise<void> {
    const handler = this.#handlers.get(path);
    if (handler === undefined) return false;
    return this.#answer(handler, request, response);
  }

  async #answer(
    handler: UniversalHandler,
    request: AdminRequest,
    response: AdminResponse,
  ): Promise<void> {
    try {
      const values = createContextValues().set(CERTIFIED, isCertified(request));
      const call = universalRequestFromNodeRequest(request, response, undefined, values);
      await universalResponseToNodeResponse(await handler(call), response);
    } catch (error) {
      // The client is gone, or wrote what no HTTP client does; it is told nothing more.
      this.#logger.debug({ error: ConnectError.from(error).message }, "an admin call broke off");
      response.destroy();
    }
  }
}

/** What changes something; all else is read. */
const ACTIONS: ReadonlySet<string> = new Set(
  (["setInfo", "join", "leave", "forget"] as const).map((name) => AdminService.method[name].name),
);

/** Whether the caller showed a certificate that counts. */
const CERTIFIED = createContextKey(false);

/** Actions need what the guard asks for. */
function guarding(guard: ActionGuard): Interceptor {
  return (next) => async (request) => {
    const { name } = request.method;
    const isAction = request.service.typeName === AdminService.typeName && ACTIONS.has(name);
    const { header, contextValues } = request;
    if (isAction) guard.check(name, header.get("authorization"), contextValues.get(CERTIFIED));
    return await next(request);
  };
}

/** Failures become those of the protocols; what nobody foresaw is logged. */
function telling(logger: Logger): Interceptor {
  const told = (error: unknown, method: string): ConnectError => {
    const failure = adminError(error);
    if (failure.code === Code.Internal) logger.error({ error, method }, "an admin call failed");
    return failure;
  };
  return (next) => async (request) => {
    const method = request.method.name;
    try {
      const response = await next(request);
      if (!response.stream) return response;
      return { ...response, message: tellingStream(response.message, (e) => told(e, method)) };
    } catch (error) {
      throw told(error, method);
    }
  };
}

async function* tellingStream<T>(
  stream: AsyncIterable<T>,
  told: (error: unknown) => ConnectError,
): AsyncGenerator<T> {
  try {
    yield* stream;
  } catch (error) {
    throw told(error);
  }
}
