// The service by its three protocols (gRPC, gRPC-Web, Connect), which one handler serves.

import { Code, ConnectError, createConnectRouter, type Interceptor } from "@connectrpc/connect";
import type { UniversalHandler } from "@connectrpc/connect/protocol";
import {
  compressionGzip,
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from "@connectrpc/connect-node";
import { AdminService } from "../gen/gossip/admin/v1/admin_pb.js";
import type { Logger } from "../peer/logger.js";
import type { Peer } from "../peer/peer.js";
import type { ActionGuard } from "./action-guard.js";
import { adminError } from "./admin-error.js";
import type { AdminActions } from "./admin-service.js";
import type { CertifiedCallers } from "./certified-callers.js";
import type { AdminRequest, AdminResponse } from "./http-messages.js";
import type { AdminLimits } from "./limits.js";
import { RequestBodies } from "./request-bodies.js";
import { refuseCaller } from "./rpc-refusal.js";
import { addToolServices } from "./tool-services.js";
import type { WatcherSlots } from "./watcher-slots.js";

/** What the handler is made from. */
export interface RpcHandlerParts {
  readonly actions: AdminActions;
  readonly callers: CertifiedCallers;
  readonly guard: ActionGuard;
  readonly peer: Peer;
  readonly slots: WatcherSlots;
  readonly limits: Pick<AdminLimits, "maxRequestBytes" | "maxBodyBytes">;
  /** Aborted when the service ends: streams end then. */
  readonly shutdownSignal: AbortSignal;
  readonly logger: Logger;
}

/** Answers the calls of the protocols, by path. */
export class RpcHandler {
  readonly #handlers: ReadonlyMap<string, UniversalHandler>;
  readonly #guard: ActionGuard;
  readonly #callers: CertifiedCallers;
  readonly #bodies: RequestBodies;
  readonly #logger: Logger;

  constructor(parts: RpcHandlerParts) {
    const { actions, callers, guard, peer, slots, limits, shutdownSignal, logger } = parts;
    this.#guard = guard;
    this.#callers = callers;
    this.#bodies = new RequestBodies(limits.maxBodyBytes);
    this.#logger = logger;
    const router = createConnectRouter({
      acceptCompression: [compressionGzip],
      readMaxBytes: limits.maxRequestBytes,
      shutdownSignal,
      interceptors: [telling(logger)],
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

  /** Why its caller may not act; told before anything of the request is read. */
  #refusal({ service, method }: UniversalHandler, request: AdminRequest): ConnectError | undefined {
    if (service.typeName !== AdminService.typeName || !ACTIONS.has(method.name)) return undefined;
    const { authorization = null } = request.headers;
    try {
      this.#guard.check(method.name, authorization, this.#callers.isCertified(request));
      return undefined;
    } catch (error) {
      return ConnectError.from(error);
    }
  }

  async #answer(
    handler: UniversalHandler,
    request: AdminRequest,
    response: AdminResponse,
  ): Promise<void> {
    const refusal = this.#refusal(handler, request);
    if (refusal !== undefined) {
      return refuseCaller(refusal, request, response, this.#callers.isOutdated(request));
    }
    try {
      const call = universalRequestFromNodeRequest(request, response, undefined, undefined);
      const answer = await this.#bodies.during(call, (counted) => handler(counted));
      await universalResponseToNodeResponse(answer, response);
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
