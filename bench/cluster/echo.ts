// The measure of what must be paid: a bare gRPC stream, on a connection of its own, on which a small
// message goes there and back once a second. A peer at rest sends and answers as many.

import { setTimeout } from "node:timers/promises";
import {
  Client,
  type ClientDuplexStream,
  credentials,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
} from "@grpc/grpc-js";
import { identity } from "../../src/transport/grpc-bytes.js";
import { cpuMsOver } from "./cpu.js";
import type { Figures } from "./messages.js";

const METHOD = "/Echo/Link";
const PERIOD_MS = 1_000;
/** As long as peers are given. */
const SETTLE_MS = 25_000;
const MEASURED_PERIODS = 12;
const MESSAGE = Buffer.alloc(40, 7);
const OPTIONS = { "grpc.use_local_subchannel_pool": 1 };

type EchoStream = ServerDuplexStream<Buffer, Buffer>;

/** CPU of one stream with both its ends, a period. */
export async function measureEcho(streams: number): Promise<Figures> {
  const server = new Server();
  const echo = (stream: EchoStream): void => {
    stream.on("data", (message: Buffer) => stream.write(message));
  };
  server.addService({ [METHOD]: byteStreamMethod(METHOD) }, { [METHOD]: echo });
  const port = await bind(server);
  for (let count = 0; count < streams; count += 1) beginStream(`127.0.0.1:${port}`);
  await setTimeout(SETTLE_MS);
  return { cpuMs: (await cpuMsOver(MEASURED_PERIODS * PERIOD_MS)) / (MEASURED_PERIODS * streams) };
}

/** At a moment of its own in the period, as peers are. */
function beginStream(address: string): void {
  const client = new Client(address, credentials.createInsecure(), OPTIONS);
  const stream: ClientDuplexStream<Buffer, Buffer> = client.makeBidiStreamRequest(
    METHOD,
    identity,
    identity,
  );
  stream.on("data", () => {});
  const send = (): void => {
    stream.write(MESSAGE);
    globalThis.setTimeout(send, PERIOD_MS);
  };
  globalThis.setTimeout(send, Math.random() * PERIOD_MS);
}

function byteStreamMethod(path: string): MethodDefinition<Buffer, Buffer> {
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

function bind(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
}
