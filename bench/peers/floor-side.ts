// One side of the floors, in a process of its own: sends small messages on a link of ours, on raw
// HTTP/2 streams or as UDP datagrams, or receives them, so that the CPU of each is comparable.

import { createSocket, type Socket as UdpSocket } from "node:dgram";
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type Http2Server,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import type { Frame } from "../../src/core/native/frames.js";
import { RejectionCounter } from "../../src/core/rejection.js";
import { GrpcTransport } from "../../src/transport/grpc.js";
import { LINK_METHOD, NativeCodec } from "../../src/wire/native-dialect.js";
import type { Carrier, FloorAnswer, FloorRequest } from "./floor-messages.js";

const TIMEOUT_MS = 10_000;
/** The most frequent frame of peers at rest. */
const FRAME: Frame = {
  type: "probe",
  seq: 1_000,
  fingerprint: { lanes: [0x1234_5678, 0x9abc_def0, 0xfedc_ba98, 0x7654_3210], count: 100 },
};
/** What gRPC puts before each message, so that all three carry as many bytes. */
const GRPC_HEADER_BYTES = 5;

const codec = new NativeCodec(DEFAULT_LIMITS);
const rejections = new RejectionCounter();
const message = Buffer.concat([Buffer.alloc(GRPC_HEADER_BYTES), codec.encode(FRAME)]);
/** Sends one message, on each of what is open in turn. */
const senders: (() => void)[] = [];

async function listen(carrier: Carrier): Promise<number> {
  switch (carrier) {
    case "link":
      return new GrpcTransport(DEFAULT_LIMITS).listen({
        address: "127.0.0.1:0",
        methods: [],
        handler: () => {},
        maxMessages: 1,
        receiveTimeoutMs: TIMEOUT_MS,
        sendTimeoutMs: TIMEOUT_MS,
        links: {
          method: LINK_METHOD,
          onLink: () => ({ onFrame: receive, onDrained: () => {}, onEnd: () => {} }),
        },
      });
    case "http2": {
      const server: Http2Server = createServer();
      server.on("stream", (stream: ServerHttp2Stream) => {
        stream.respond();
        stream.on("data", () => {});
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return portOf(server.address());
    }
    case "udp": {
      const socket = createSocket("udp4", () => {});
      await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
      return socket.address().port;
    }
    default:
      return carrier satisfies never;
  }
}

/** Opens one more way to the other side. */
async function open(carrier: Carrier, port: number): Promise<void> {
  switch (carrier) {
    case "link": {
      const request = {
        address: `127.0.0.1:${port}`,
        method: LINK_METHOD,
        timeoutMs: 2 ** 30,
      } as const;
      const listener = { onFrame: () => {}, onDrained: () => {}, onEnd: () => process.exit(1) };
      const link = new GrpcTransport(DEFAULT_LIMITS).openLink(request, listener);
      senders.push(() => link.send(codec.encode(FRAME)));
      return;
    }
    case "http2": {
      const session: ClientHttp2Session = connect(`http://127.0.0.1:${port}`);
      const stream = session.request({ ":method": "POST", ":path": "/" });
      await new Promise<void>((resolve) => stream.once("response", () => resolve()));
      stream.on("data", () => {});
      senders.push(() => stream.write(message));
      return;
    }
    case "udp": {
      const socket: UdpSocket = createSocket("udp4");
      await new Promise<void>((resolve) => socket.connect(port, "127.0.0.1", resolve));
      senders.push(() => socket.send(message));
      return;
    }
    default:
      carrier satisfies never;
  }
}

function receive(bytes: Uint8Array): void {
  if (codec.decode(bytes, rejections) === undefined) throw new Error("no frame");
}

/** Each message on a turn of its own, as those of peers are; or none, which shows what turns cost. */
async function send(messages: number, everyMs: number, isMute: boolean): Promise<void> {
  for (let count = 0; count < messages; count += 1) {
    await setTimeout(everyMs);
    if (!isMute) senders[count % senders.length]?.();
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== "object" || address === null) throw new Error("there is no port");
  return address.port;
}

async function answer(request: FloorRequest): Promise<number> {
  switch (request.type) {
    case "listen":
      return listen(request.carrier);
    case "open":
      await open(request.carrier, request.port);
      return 0;
    case "send":
      await send(request.messages, request.everyMs, request.isMute);
      return 0;
    case "cpu":
      return 0;
    default:
      return request satisfies never;
  }
}

process.on("message", (request: FloorRequest) => {
  answer(request).then(
    (port) => {
      const { user, system } = process.cpuUsage();
      const said: FloorAnswer = { port, cpuMs: (user + system) / 1_000 };
      process.send?.(said);
    },
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit());
