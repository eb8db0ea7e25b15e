// The messages of gRPC's health check (grpc.health.v1).

import { create, type DescService, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  Health,
  HealthCheckRequestSchema,
  type HealthCheckResponse,
  HealthCheckResponse_ServingStatus,
  HealthCheckResponseSchema,
} from "../gen/grpc/health/v1/health_pb.js";

/** The service. */
export const HEALTH_SERVICE: DescService = Health;
/** The gRPC path of one question. */
export const HEALTH_CHECK_METHOD = `/${Health.typeName}/${Health.method.check.name}`;
/** The gRPC path of a stream of answers. */
export const HEALTH_WATCH_METHOD = `/${Health.typeName}/${Health.method.watch.name}`;

/** What is told of a service. */
export type ServingStatus = "serving" | "not-serving" | "unknown-service";

const STATUSES: Readonly<Record<ServingStatus, HealthCheckResponse_ServingStatus>> = {
  serving: HealthCheckResponse_ServingStatus.SERVING,
  "not-serving": HealthCheckResponse_ServingStatus.NOT_SERVING,
  "unknown-service": HealthCheckResponse_ServingStatus.SERVICE_UNKNOWN,
};

/** The service that a request is about, empty for the whole; undefined when it is no request. */
export function readHealthRequest(message: Uint8Array): string | undefined {
  try {
    return fromBinary(HealthCheckRequestSchema, message).service;
  } catch {
    return undefined;
  }
}

/** An answer. */
export function healthResponse(status: ServingStatus): HealthCheckResponse {
  return create(HealthCheckResponseSchema, { status: STATUSES[status] });
}

/** An answer as bytes. */
export function writeHealthResponse(status: ServingStatus): Uint8Array {
  return toBinary(HealthCheckResponseSchema, healthResponse(status));
}
