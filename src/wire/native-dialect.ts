// The native dialect: the frames of proto/gossip/v1/gossip.proto, to and from the core's messages.
// The code is written by hand, because every message of every peer goes through here; the tests
// compare it with what protobuf-es makes of the contract.

import type { Frame } from "../core/native/frames.js";
import type { RejectionCounter } from "../core/rejection.js";
import { thrownText } from "../core/thrown.js";
import { Gossip } from "../gen/gossip/v1/gossip_pb.js";
import { NativeFrameReader } from "./native-frame-reader.js";
import { NativeFrameWriter } from "./native-frame-writer.js";
import type { NativeLimits } from "./native-limits.js";
import { NativeRecordCodec } from "./native-record-codec.js";
import { NativeRecordsReader } from "./native-records-reader.js";

/** The gRPC path of a link, on which frames go both ways. */
export const LINK_METHOD = `/${Gossip.typeName}/${Gossip.method.link.name}`;

/** A codec for one set of limits. Several peers of one process can share it. */
export class NativeCodec {
  readonly #writer: NativeFrameWriter;
  readonly #reader: NativeFrameReader;

  constructor(limits: NativeLimits) {
    const records = new NativeRecordCodec(limits);
    this.#writer = new NativeFrameWriter(records);
    this.#reader = new NativeFrameReader(limits, new NativeRecordsReader(limits, records));
  }

  /** A frame as a message. */
  encode(frame: Frame): Uint8Array {
    return this.#writer.write(frame);
  }

  /**
   * The frame in a message. What is malformed in it is left out and added to `rejections`;
   * undefined when nothing is left of it.
   */
  decode(message: Uint8Array, rejections: RejectionCounter): Frame | undefined {
    try {
      return this.#reader.read(message, rejections);
    } catch (error) {
      rejections.add("undecodable", thrownText(error));
      return undefined;
    }
  }
}
