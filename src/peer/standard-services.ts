// What a peer serves for the tools of gRPC on its own port: the health check, and reflection.

import type { StreamRefusal, StreamService } from "../transport/transport.js";
import {
  HEALTH_CHECK_METHOD,
  HEALTH_SERVICE,
  HEALTH_WATCH_METHOD,
  readHealthRequest,
  writeHealthResponse,
} from "../wire/health-check.js";
import { PEER_SERVICES } from "../wire/peer-services.js";
import { REFLECTION_METHODS, ServerReflection } from "../wire/server-reflection.js";
import type { PeerHealth } from "./health.js";
import { HealthChecks } from "./health-checks.js";

const MALFORMED: StreamRefusal = { type: "malformed", reason: "the request cannot be read" };

/** The services of a peer whose health is asked for at each question. */
export function standardServices(health: () => PeerHealth): readonly StreamService[] {
  const checks = new HealthChecks(
    PEER_SERVICES.map((service) => service.typeName),
    health,
  );
  return [checkService(checks), watchService(checks), ...reflectionServices()];
}

function checkService(checks: HealthChecks): StreamService {
  return {
    method: HEALTH_CHECK_METHOD,
    async *serve(requests) {
      const service = await firstService(requests);
      if (service === undefined) return MALFORMED;
      const status = checks.status(service);
      if (status === "unknown-service") {
        return { type: "not-found", reason: `${service} is not served here` };
      }
      yield writeHealthResponse(status);
      return undefined;
    },
  };
}

function watchService(checks: HealthChecks): StreamService {
  return {
    method: HEALTH_WATCH_METHOD,
    async *serve(requests, signal) {
      const service = await firstService(requests);
      if (service === undefined) return MALFORMED;
      for await (const status of checks.watch(service, signal)) yield writeHealthResponse(status);
      return undefined;
    },
  };
}

/** A method that is not served, with the reason for those who call it. */
export function refusedService(
  method: string,
  reason: string,
  onRefused: () => void,
): StreamService {
  return {
    method,
    // biome-ignore lint/correctness/useYield: it has nothing to answer but why.
    async *serve() {
      onRefused();
      return { type: "refused", reason };
    },
  };
}

/** The service that the one request of a call names. */
async function firstService(requests: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  for await (const request of requests) return readHealthRequest(request);
  return undefined;
}

function reflectionServices(): readonly StreamService[] {
  const reflection = new ServerReflection([...PEER_SERVICES, HEALTH_SERVICE]);
  return REFLECTION_METHODS.map((method) => ({
    method,
    async *serve(requests) {
      for await (const request of requests) {
        const answer = reflection.answerBytes(request);
        if (answer === undefined) return MALFORMED;
        yield answer;
      }
      return undefined;
    },
  }));
}
