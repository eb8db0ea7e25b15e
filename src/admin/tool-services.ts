// What the admin port serves for the tools of gRPC: the health check of the peer, and reflection.

import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect";
import { AdminService } from "../gen/gossip/admin/v1/admin_pb.js";
import { Health } from "../gen/grpc/health/v1/health_pb.js";
import {
  ServerReflection as ReflectionV1,
  ServerReflectionRequestSchema,
  ServerReflectionResponseSchema,
} from "../gen/grpc/reflection/v1/reflection_pb.js";
import {
  ServerReflection as ReflectionV1alpha,
  ServerReflectionRequestSchema as RequestV1alphaSchema,
  ServerReflectionResponseSchema as ResponseV1alphaSchema,
} from "../gen/grpc/reflection/v1alpha/reflection_pb.js";
import { HealthChecks } from "../peer/health-checks.js";
import type { Peer } from "../peer/peer.js";
import { healthResponse } from "../wire/health-check.js";
import { ServerReflection } from "../wire/server-reflection.js";
import type { WatcherSlots } from "./watcher-slots.js";

/** Adds the services to those of the admin port. */
export function addToolServices(router: ConnectRouter, peer: Peer, slots: WatcherSlots): void {
  addHealth(router, peer, slots);
  const reflection = new ServerReflection([AdminService, Health]);
  router.service(ReflectionV1, {
    async *serverReflectionInfo(requests) {
      for await (const request of requests) yield reflection.answer(request);
    },
  });
  router.service(ReflectionV1alpha, {
    async *serverReflectionInfo(requests) {
      for await (const request of requests) {
        // The two versions are the same in bytes.
        const bytes = toBinary(RequestV1alphaSchema, request);
        const answer = reflection.answer(fromBinary(ServerReflectionRequestSchema, bytes));
        yield fromBinary(ResponseV1alphaSchema, toBinary(ServerReflectionResponseSchema, answer));
      }
    },
  });
}

function addHealth(router: ConnectRouter, peer: Peer, slots: WatcherSlots): void {
  const checks = new HealthChecks([AdminService.typeName], () => peer.health());
  async function* responses(service: string, signal: AbortSignal) {
    for await (const status of checks.watch(service, signal)) yield healthResponse(status);
  }
  router.service(Health, {
    check({ service }) {
      const status = checks.status(service);
      if (status !== "unknown-service") return healthResponse(status);
      throw new ConnectError(`${service} is not served here`, Code.NotFound);
    },
    watch: ({ service }, { signal }) => slots.hold(signal, responses(service, signal)),
  });
}
