// The adapter between gRPC and our wire code: gRPC carries bytes, and `wire/` alone knows what they
// mean. A message that is no protobuf is then one bad record, not the end of a call.

import type { MethodDefinition } from "@grpc/grpc-js";

/** As bytes are, in gRPC's eyes. */
export function identity(bytes: Buffer): Buffer {
  return bytes;
}

/** Bytes as the Buffer that gRPC wants, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * A method as a stream of bytes both ways. On the wire a unary call is a stream of one message, so
 * that this serves `Ping` as well.
 */
export function byteStreamMethod(path: string): MethodDefinition<Buffer, Buffer> {
  return {
    path,
    requestStream: true,
    responseStream: true,
    requestSerialize: identity,
    requestDeserialize: identity,
    responseSerialize: identity,
    responseDeserialize: identity,
  };
}
