// What gRPC says in HTTP/2 headers: statuses, their details, and the time that a call may take.

import { status } from "@grpc/grpc-js";
import type { GrpcStatus } from "./grpc-errors.js";

const UNIT_MS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 0.001,
  n: 0.000_001,
};
/** The longest time that a timer of Node can be set to. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** What gRPC makes of an answer that is none of its own. */
const STATUS_OF_HTTP: Readonly<Record<number, status>> = {
  400: status.INTERNAL,
  401: status.UNAUTHENTICATED,
  403: status.PERMISSION_DENIED,
  404: status.UNIMPLEMENTED,
  429: status.UNAVAILABLE,
  502: status.UNAVAILABLE,
  503: status.UNAVAILABLE,
  504: status.UNAVAILABLE,
};

/** A `grpc-timeout` in milliseconds; undefined when it is none. */
export function deadlineMs(text: string): number | undefined {
  const [, digits = "", unit = ""] = /^(\d{1,8})\s*([HMSmun])$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  if (unitMs === undefined) return undefined;
  return Math.min(Number(digits) * unitMs, MAX_TIMER_MS);
}

/** Details as they go into a header: all but printable ASCII percent-encoded, byte by byte. */
export function encodeDetails(details: string): string {
  // A lone surrogate would throw.
  return details
    .toWellFormed()
    .replace(/[^\x20-\x24\x26-\x7e]+/gu, (text) =>
      Array.from(
        Buffer.from(text),
        (byte) => `%${byte.toString(16).padStart(2, "0").toUpperCase()}`,
      ).join(""),
    );
}

/** The status that headers or trailers carry, if they do. */
export function statusOf(headers: NodeJS.Dict<string | string[] | number>): GrpcStatus | undefined {
  const code = headers["grpc-status"];
  if (code === undefined) {
    const http = Number(headers[":status"] ?? 200);
    if (http === 200) return undefined;
    const mapped = STATUS_OF_HTTP[http] ?? status.UNKNOWN;
    return { code: mapped, details: `Received HTTP status code ${http}`, isOfHttp: true };
  }
  const number = Number(code);
  const known = Number.isInteger(number) && status[number] !== undefined ? number : status.UNKNOWN;
  return { code: known, details: decodeDetails(headers["grpc-message"]) };
}

function decodeDetails(details: string | string[] | number | undefined): string {
  if (typeof details !== "string") return "";
  try {
    return decodeURIComponent(details);
  } catch {
    return details;
  }
}
