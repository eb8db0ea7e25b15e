// A caller that sends a million messages: it gets its answer, and what it sent is not kept. The
// server's process has too little memory for it to be otherwise.

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import { GrpcTransport } from "../../src/transport/grpc.js";
import { callBy, closedAtEnd, message, textsOf } from "./calling.js";
import { framed, Http2Caller } from "./http2-caller.js";

const SCRIPT = fileURLToPath(new URL("flooded-server.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HEAP_MIB = 64;
const MESSAGES = 1_000_000;
const MESSAGES_A_CHUNK = 1_000;

async function startFloodedServer(): Promise<string> {
  const child = fork(SCRIPT, {
    cwd: ROOT,
    execArgv: [`--max-old-space-size=${HEAP_MIB}`, "--import", "tsx"],
    env: { ...process.env, TSX_TSCONFIG_PATH: "tsconfig.json" },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [address] = await once(child, "message");
  return String(address);
}

test("a million messages in one call are answered, and not kept", async () => {
  const address = await startFloodedServer();
  const call = new Http2Caller(address).begin().read();
  const chunk = Buffer.concat(
    Array.from({ length: MESSAGES_A_CHUNK }, (_, index) => framed(message(`message ${index}`))),
  );
  for (let sent = 0; sent < MESSAGES; sent += MESSAGES_A_CHUNK) {
    if (!call.stream.write(chunk)) await once(call.stream, "drain");
  }
  call.end();
  expect(await call.status(60_000)).toBe("0 OK");
  const answer = message(`kept 1000, dropped ${MESSAGES - 1_000}`);
  expect(call.bytesReceived).toBe(framed(answer).byteLength);

  const caller = closedAtEnd(new GrpcTransport(DEFAULT_LIMITS));
  const next = await callBy(caller, { address, messages: [message("and one more")] });
  expect(textsOf(next)).toEqual(["kept 1, dropped 0"]);
}, 90_000);
