// A gRPC server that answers with whatever bytes it is given: a hostile or broken peer that others
// dial. It answers pings as any peer does.

import { Server, ServerCredentials, type ServerDuplexStream } from "@grpc/grpc-js";
import { onTestFinished } from "vitest";
import { SHARE_DATA } from "./raw-client.js";

/** Serves one exchange: may write messages and end the call, or not. */
export type ServeExchange = (call: ServerDuplexStream<Buffer, Buffer>) => void;

/** Starts a server, and gives its address; it is closed when the test ends. */
export async function startRawServer(serve: ServeExchange): Promise<string> {
  const server = new Server();
  for (const [path, handler] of [
    [SHARE_DATA, serve],
    ["/GossipService/Ping", answerWith([Buffer.alloc(0)])],
  ] as const) {
    const method = { path, requestStream: true, responseStream: true, ...BYTES };
    server.addService({ [path]: method }, { [path]: handler });
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  onTestFinished(() => server.forceShutdown());
  return `127.0.0.1:${port}`;
}

/** An exchange that reads nothing of what comes, and answers with these messages. */
export function answerWith(messages: readonly Buffer[]): ServeExchange {
  return (call) => {
    call.on("data", () => {});
    call.on("error", () => {});
    for (const message of messages) call.write(message);
    call.end();
  };
}

const identity = (bytes: Buffer): Buffer => bytes;

const BYTES = {
  requestSerialize: identity,
  requestDeserialize: identity,
  responseSerialize: identity,
  responseDeserialize: identity,
};
