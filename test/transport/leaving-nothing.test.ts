// After `await close()` nothing is left of a transport: no timer, socket or pending call, whatever
// stage its connections were at.

import { fork } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:tls";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import { GrpcTransport } from "../../src/transport/grpc.js";
import { TransportTls } from "../../src/transport/transport-tls.js";
import { TestAuthority } from "../support/certificates.js";
import { eventually } from "../support/eventually.js";
import { startFullHost, startSilentHost, unusedAddress } from "../support/hosts.js";
import { closedAtEnd, echo, listenWith, neverRespond } from "./calling.js";
import { Http2Caller } from "./http2-caller.js";
import type { Report, Task } from "./leaving-nothing.js";
import { RawCaller } from "./raw-caller.js";

const SCRIPT = fileURLToPath(new URL("leaving-nothing.ts", import.meta.url));
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Runs the script to its own end. */
async function run(task: Task, onListening: (address: string) => Promise<void>): Promise<Report> {
  const child = fork(SCRIPT, {
    cwd: ROOT,
    execArgv: ["--import", "tsx"],
    env: { ...process.env, TSX_TSCONFIG_PATH: "tsconfig.json" },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const reports: Report[] = [];
  child.on("message", (report: Report) => {
    reports.push(report);
    if (report.type === "listening") {
      void onListening(report.address).then(() => child.send("connected"));
    }
  });
  const exited = once(child, "exit");
  child.send(task);
  expect(await exited).toEqual([0, null]);
  return reports.at(-1) ?? expect.fail("no report");
}

test("a gRPC transport that is closed leaves nothing", async () => {
  const address = await listenWith(closedAtEnd(new GrpcTransport(DEFAULT_LIMITS)), echo);
  const mute = await listenWith(closedAtEnd(new GrpcTransport(DEFAULT_LIMITS)), neverRespond);
  const silent = await startSilentHost();
  const addresses = [address, mute, silent.address, await startFullHost(), await unusedAddress()];

  const report = await run({ kind: "gRPC", addresses }, async (listening) => {
    await RawCaller.connect(listening);
    const caller = new Http2Caller(listening);
    caller.begin().send("half of it");
    caller.begin().end();
    await eventually(() => expect(caller.session.remoteSettings.maxConcurrentStreams).toBe(100));
  });
  expect(report).toEqual({
    type: "done",
    rounds: 2 + 14 + 28 + 14 + 1,
    leftovers: [],
    pendingCalls: 0,
  });
}, 60_000);

test("a gRPC transport over TLS that is closed leaves nothing", async () => {
  const material = await (await TestAuthority.make()).issue();
  const secure = () => {
    return closedAtEnd(new GrpcTransport(DEFAULT_LIMITS, { tls: new TransportTls(material) }));
  };
  const address = await listenWith(secure(), echo);
  const mute = await listenWith(secure(), neverRespond);
  const plain = await listenWith(closedAtEnd(new GrpcTransport(DEFAULT_LIMITS)), echo);
  const { address: silent } = await startSilentHost();
  const addresses = [address, mute, plain, silent, await startFullHost(), await unusedAddress()];

  const task: Task = { kind: "gRPC", addresses, tls: material };
  const report = await run(task, async (listening) => {
    await RawCaller.connect(listening);
    const { port } = new URL(`tcp://${listening}`);
    const caller = connect({ host: "127.0.0.1", port: Number(port), ...material });
    caller.on("error", () => {});
    await once(caller, "secureConnect");
  });
  expect(report).toEqual({
    type: "done",
    rounds: 2 + 14 + 28 + 14 + 1,
    leftovers: [],
    pendingCalls: 0,
  });
}, 120_000);

test("a transport in memory that is closed leaves nothing", async () => {
  const addresses = ["127.0.0.1:1", "127.0.0.1:2"];
  const report = await run({ kind: "memory", addresses }, async () => {});
  expect(report).toEqual({
    type: "done",
    rounds: 2 + 14 + 28 + 14,
    leftovers: [],
    pendingCalls: 0,
  });
}, 60_000);
