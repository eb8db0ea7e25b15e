// The adapter between gRPC and our wire code: gRPC carries bytes, and `wire/` alone knows what they
// mean. A message that is no protobuf is then one bad record, not the end of a call.

/** As bytes are, in gRPC's eyes. */
export function identity(bytes: Buffer): Buffer {
  return bytes;
}

/** Bytes as the Buffer that gRPC wants, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
