// A gRPC client that sends whatever bytes it is given: what a hostile or broken peer may do.

import { connect as connectHttp2, constants } from "node:http2";
import { connect as connectTcp } from "node:net";
import { fromBinary } from "@bufbuild/protobuf";
import { Client, credentials, type ServiceError, status } from "@grpc/grpc-js";
import { onTestFinished } from "vitest";
import { type PeerData, PeerDataSchema } from "../../src/gen/gossip_pb.js";
import { portOf } from "./hosts.js";
import { type PeerDataFields, peerData } from "./wire.js";

/** The path of an exchange. */
export const SHARE_DATA = "/GossipService/ShareData";

/** How a call ended: its gRPC status, and what came back before that. */
export interface RawAnswer {
  readonly code: status;
  readonly details: string;
  readonly messages: readonly Buffer[];
}

/** What {@link RawClient.call} may do otherwise than a well-behaved caller. */
export interface RawCallOptions {
  /** Whether the caller closes its side once it has sent everything. Default true. */
  readonly halfCloses?: boolean;
  /** How long the caller waits for the call's end, in milliseconds. Default 10,000. */
  readonly deadlineMs?: number;
}

/** Calls one peer; closed when the test ends. */
export class RawClient {
  readonly #address: string;
  readonly #client: Client;

  constructor(address: string) {
    this.#address = address;
    this.#client = new Client(address, credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
    });
    onTestFinished(() => this.#client.close());
  }

  /** One call that sends `messages`, as they are. */
  call(
    method: string,
    messages: readonly Buffer[],
    { halfCloses = true, deadlineMs = 10_000 }: RawCallOptions = {},
  ): Promise<RawAnswer> {
    const deadline = new Date(Date.now() + deadlineMs);
    const stream = this.#client.makeBidiStreamRequest(method, identity, identity, { deadline });
    const received: Buffer[] = [];
    return new Promise((resolve) => {
      stream.on("data", (message: Buffer) => received.push(message));
      stream.on("error", ({ code, details }: ServiceError) => {
        resolve({ code, details, messages: received });
      });
      stream.on("status", ({ code, details }) => {
        if (code === status.OK) resolve({ code, details, messages: received });
      });
      for (const message of messages) stream.write(message);
      if (halfCloses) stream.end();
    });
  }

  /** An exchange that sends these records; gives the status and the records that come back. */
  async share(
    records: readonly PeerDataFields[],
    options: RawCallOptions = {},
  ): Promise<{ readonly code: status; readonly records: readonly PeerData[] }> {
    const { code, messages } = await this.call(SHARE_DATA, records.map(peerData), options);
    return { code, records: messages.map((message) => fromBinary(PeerDataSchema, message)) };
  }

  /**
   * An exchange that sends `count` messages as fast as the connection takes them, past gRPC's own
   * client, which would be the slower side. Gives the gRPC status, and rejects when there is none
   * within `deadlineMs`.
   */
  flood(count: number, messageOf: (index: number) => Buffer, deadlineMs = 10_000): Promise<number> {
    const session = connectHttp2(`http://${this.#address}`);
    const stream = session.request({
      [constants.HTTP2_HEADER_METHOD]: "POST",
      [constants.HTTP2_HEADER_PATH]: SHARE_DATA,
      [constants.HTTP2_HEADER_CONTENT_TYPE]: "application/grpc",
      [constants.HTTP2_HEADER_TE]: "trailers",
    });
    const ended = new Promise<number>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("not answered in time")), deadlineMs);
      session.on("error", reject);
      session.on("close", () => clearTimeout(timer));
      stream.on("error", reject);
      stream.on("trailers", (trailers) => resolve(Number(trailers["grpc-status"])));
    });
    stream.resume();
    writeMessages(stream, count, messageOf);
    return ended.finally(() => session.destroy());
  }

  /** Sends bytes that are no HTTP/2, let alone gRPC; resolves when the connection has ended. */
  sendGarbage(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      const socket = connectTcp(portOf(this.#address), "127.0.0.1", () => socket.end(bytes));
      socket.on("error", () => {});
      socket.on("close", () => resolve());
      socket.resume();
    });
  }
}

const MESSAGES_IN_A_CHUNK = 2_000;

/** Writes gRPC messages in large chunks, no faster than they are taken. */
function writeMessages(
  stream: NodeJS.WritableStream & { readonly destroyed: boolean },
  count: number,
  messageOf: (index: number) => Buffer,
): void {
  let next = 0;
  const writeMore = (): void => {
    while (next < count && !stream.destroyed) {
      const end = Math.min(count, next + MESSAGES_IN_A_CHUNK);
      const frames: Buffer[] = [];
      for (; next < end; next += 1) frames.push(framed(messageOf(next)));
      if (!stream.write(Buffer.concat(frames))) {
        stream.once("drain", writeMore);
        return;
      }
    }
    stream.end();
  };
  writeMore();
}

/** A message as gRPC frames it: not compressed, its length, its bytes. */
function framed(message: Buffer): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}

function identity(bytes: Buffer): Buffer {
  return bytes;
}
