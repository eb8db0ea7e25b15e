// The seed dialect: the methods and messages of proto/gossip.proto, to and from the core's records.
// What comes in is checked here, record by record; behind this file a record is trusted.

import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { parseAddress } from "../core/address.js";
import type { Limits } from "../core/limits.js";
import type { PeerRecord } from "../core/record.js";
import type { RejectionCounter, RejectionReason } from "../core/rejection.js";
import { thrownText } from "../core/thrown.js";
import { GossipService, type PeerData, PeerDataSchema } from "../gen/gossip_pb.js";

const METHODS = GossipService.method;

/** The gRPC path by which a peer is asked whether it is there. */
export const PING_METHOD = `/${GossipService.typeName}/${METHODS.ping.name}`;
/** The gRPC path of an exchange: all that one peer knows against all that the other does. */
export const SHARE_DATA_METHOD = `/${GossipService.typeName}/${METHODS.shareData.name}`;

/** `PingMessage` and `PongMessage` have no fields. */
export const EMPTY_MESSAGE: Uint8Array = new Uint8Array(0);

/** The limits on what is taken in. */
export type RecordLimits = Pick<Limits, "maxAddressLength" | "maxNameBytes">;

/** How many bytes `text` takes in UTF-8. */
export function utf8Length(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

/** One record as a `PeerData` message. */
export function encodeRecord(record: PeerRecord): Uint8Array {
  const { address: addr, version, deleted, name } = record;
  return toBinary(PeerDataSchema, { $typeName: "PeerData", addr, version, deleted, name });
}

/** The record in one message; undefined, with a rejection, when it is malformed. */
export function decodeRecord(
  message: Uint8Array,
  limits: RecordLimits,
  rejections: RejectionCounter,
): PeerRecord | undefined {
  let data: PeerData;
  try {
    data = fromBinary(PeerDataSchema, message, { readUnknownFields: false });
  } catch (error) {
    rejections.add("undecodable", thrownText(error));
    return undefined;
  }
  const { addr: address, version, deleted, name } = data;
  const reason = rejectionOf(data, limits);
  if (reason === undefined) return { address, version, deleted, name };
  rejections.add(reason, address);
  return undefined;
}

function rejectionOf(data: PeerData, limits: RecordLimits): RejectionReason | undefined {
  const reason = addressRejection(data.addr, limits);
  if (reason !== undefined) return reason;
  if (data.version < 0) return "version-negative";
  if (utf8Length(data.name) > limits.maxNameBytes) return "name-too-long";
  return undefined;
}

/** Why an address is not taken in, if so. */
export function addressRejection(
  address: string,
  limits: Pick<Limits, "maxAddressLength">,
): RejectionReason | undefined {
  if (address === "") return "address-empty";
  if (address.length > limits.maxAddressLength) return "address-too-long";
  if (parseAddress(address) === undefined) return "address-malformed";
  return undefined;
}
