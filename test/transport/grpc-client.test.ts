// The calling side on gRPC against servers that misbehave: each call ends in time with an error that
// says why, nothing stays behind, and the next call is as good as any.

import type { ServerHttp2Stream } from "node:http2";
import { connect } from "node:net";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import { GrpcTransport, type TransportLimits } from "../../src/transport/grpc.js";
import { eventually } from "../support/eventually.js";
import { portOf, unusedAddress } from "../support/hosts.js";
import {
  callBy,
  closedAtEnd,
  errorOf,
  message,
  messagesOf,
  STREAM,
  textsOf,
  UNARY,
} from "./calling.js";
import { useFakeTimers } from "./fake-timers.js";
import { FRAME, FrameReader, frame } from "./frames.js";
import { framed } from "./http2-caller.js";
import {
  answering,
  answerNow,
  respondTo,
  type ServeCall,
  TestHttp2Server,
  TestTcpServer,
} from "./http2-server.js";

function newTransport(limits: Partial<TransportLimits> = {}): GrpcTransport {
  return closedAtEnd(new GrpcTransport({ ...DEFAULT_LIMITS, ...limits }));
}

/** What the calls of one server are to meet, one after another. */
function oneAfterAnother(...serves: readonly ServeCall[]): ServeCall {
  let calls = 0;
  return (stream, path) => {
    serves[Math.min(calls, serves.length - 1)]?.(stream, path);
    calls += 1;
  };
}

const answerOk = answering(message("ok"));

describe("a server that says nothing", () => {
  test("is CALL_TIMEOUT, and every connection to it is closed", async () => {
    const server = await TestTcpServer.start((socket) => socket.resume());
    const caller = newTransport();
    const { address } = server;
    const calls = Array.from({ length: 20 }, () => callBy(caller, { address, timeoutMs: 300 }));
    const outcomes = await Promise.all(calls);
    expect(new Set(outcomes.map((outcome) => errorOf(outcome).code))).toEqual(
      new Set(["CALL_TIMEOUT"]),
    );
    expect(errorOf(outcomes[0] ?? expect.fail()).message).toBe(
      `${address} did not answer within 300 ms`,
    );
    expect(caller.connectionCount).toBe(0);
    expect(server.connections).toBeGreaterThan(0);
    // The server has seen the end of each of them; it never ends one itself.
    await eventually(() => {
      expect(Array.from(server.sockets, (socket) => socket.readableEnded)).not.toContain(false);
    });
  });

  test("after it has taken in the call is CALL_TIMEOUT too", async () => {
    const server = await TestHttp2Server.start((stream) => stream.resume());
    const caller = newTransport();
    const outcome = await callBy(caller, { address: server.address, timeoutMs: 300 });
    expect(errorOf(outcome).code).toBe("CALL_TIMEOUT");
    await eventually(() => expect(server.sessions.size).toBe(0));
  });

  test("and reads nothing either is CALL_TIMEOUT, whatever there is to send", async () => {
    const server = await TestHttp2Server.start((stream) => stream.pause());
    const caller = newTransport();
    const outcome = await callBy(caller, {
      address: server.address,
      messages: messagesOf(100_000),
      timeoutMs: 1_000,
    });
    expect(errorOf(outcome).code).toBe("CALL_TIMEOUT");
    await eventually(() => expect(server.sessions.size).toBe(0));
  });

  test("after half of its answer is CALL_TIMEOUT", async () => {
    const server = await TestHttp2Server.start((stream) => {
      respondTo(stream);
      stream.write(framed(message("half of it")));
    });
    const outcome = await callBy(newTransport(), { address: server.address, timeoutMs: 300 });
    expect(errorOf(outcome).code).toBe("CALL_TIMEOUT");
  });

  test("but answers without end is CALL_TIMEOUT", async () => {
    const server = await TestHttp2Server.start((stream) => {
      respondTo(stream);
      const chunk = Buffer.concat(messagesOf(1_000).map((one) => framed(one)));
      const writeMore = (): void => {
        while (stream.writable && stream.write(chunk));
        stream.once("drain", writeMore);
      };
      writeMore();
    });
    const request = { address: server.address, timeoutMs: 1_000, maxMessages: 10 };
    const outcome = await callBy(newTransport(), request);
    expect(errorOf(outcome).code).toBe("CALL_TIMEOUT");
    await eventually(() => expect(server.sessions.size).toBe(0));
  });

  test("to one call does not end another on the same connection", async () => {
    const streams = new Map<string, ServerHttp2Stream>();
    const server = await TestHttp2Server.start((stream, path) => {
      streams.set(path, stream);
      stream.resume();
    });
    const caller = newTransport();
    const { address } = server;
    const slow = callBy(caller, { address, method: UNARY });
    const lost = await callBy(caller, { address, method: STREAM, timeoutMs: 300 });
    expect(errorOf(lost).code).toBe("CALL_TIMEOUT");
    await eventually(() => expect(streams.get(STREAM)?.closed).toBe(true));

    const stream = streams.get(UNARY) ?? expect.fail("the call is not there");
    expect(stream.closed).toBe(false);
    answerNow(stream, message("ok"));
    expect(textsOf(await slow)).toEqual(["ok"]);
    expect(server.connections).toBe(1);
    // The connection is not used again, and goes with its last call.
    expect(caller.connectionCount).toBe(0);
    await eventually(() => expect(server.sessions.size).toBe(0));
  });
});

describe("a server that is no peer", () => {
  test.each([
    ["nonsense", "nonsense".repeat(100)],
    ["HTTP/1.1", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"],
    ["an empty greeting, then nonsense", `\0\0\0\x04\0\0\0\0\0${"nonsense".repeat(100)}`],
    ["one zero byte after another", Buffer.alloc(100_000)],
  ])("and answers with %s is CALL_UNREACHABLE or CALL_FAILED at once", async (_, bytes) => {
    const server = await TestTcpServer.start((socket) => {
      socket.resume();
      socket.write(bytes);
    });
    const caller = newTransport();
    const outcome = await callBy(caller, { address: server.address, timeoutMs: 600_000 });
    expect(["CALL_UNREACHABLE", "CALL_FAILED"]).toContain(errorOf(outcome).code);
    expect(errorOf(outcome).message).toMatch(/^127\.0\.0\.1:\d+: \S/);
    expect(caller.connectionCount).toBe(0);
    await eventually(() => {
      expect(Array.from(server.sockets, (socket) => socket.readableEnded)).not.toContain(false);
    });
  });

  test.each<[string, ServeCall, string]>([
    [
      "HTTP 404",
      (stream) => stream.respond({ ":status": 404 }, { endStream: true }),
      "CALL_UNSUPPORTED",
    ],
    [
      "HTTP 503",
      (stream) => stream.respond({ ":status": 503 }, { endStream: true }),
      "CALL_UNREACHABLE",
    ],
    [
      "HTTP 200 without a status",
      (stream) => stream.respond({ ":status": 200 }, { endStream: true }),
      "CALL_FAILED",
    ],
    ["a reset of the call", (stream) => stream.close(2), "CALL_FAILED"],
    [
      "a status that does not exist",
      (stream) => {
        respondTo(stream, { "grpc-status": "99" });
        stream.end();
      },
      "CALL_FAILED",
    ],
    [
      "half a message",
      (stream) => {
        respondTo(stream);
        stream.end(Buffer.from([0, 0, 0, 0, 9, 1]));
      },
      "answered",
    ],
  ])("and answers with %s does no harm", async (_, serve, expected) => {
    const server = await TestHttp2Server.start(oneAfterAnother(serve, answerOk));
    const caller = newTransport();
    const { address } = server;
    const outcome = await callBy(caller, { address });
    expect(outcome.type === "failed" ? outcome.error.code : outcome.type).toBe(expected);
    expect(textsOf(await callBy(caller, { address }))).toEqual(["ok"]);
  });

  test("and sends a message above maxMessageBytes fails that call only", async () => {
    const responds: (() => void)[] = [];
    const server = await TestHttp2Server.start((stream, path) => {
      if (path === UNARY) responds.push(() => answerNow(stream, message("ok")));
      else answering(new Uint8Array(1_001))(stream, path);
    });
    const caller = newTransport({ maxMessageBytes: 1_000 });
    const { address } = server;
    const other = callBy(caller, { address, method: UNARY });
    await eventually(() => expect(responds).toHaveLength(1));
    const error = errorOf(await callBy(caller, { address }));
    expect(error.code).toBe("CALL_FAILED");
    expect(error.message).toContain("RESOURCE_EXHAUSTED");
    responds[0]?.();
    expect(textsOf(await other)).toEqual(["ok"]);
    expect(server.connections).toBe(1);
  });

  test("and says at length why it refuses is quoted in short", async () => {
    const words = `no\nway\u0007 ${"because ".repeat(200)}`;
    const server = await TestHttp2Server.start((stream) => {
      respondTo(stream, { "grpc-status": "7", "grpc-message": encodeURI(words) });
      stream.end();
    });
    const { message: text } = errorOf(await callBy(newTransport(), { address: server.address }));
    expect(text).toMatch(/: PERMISSION_DENIED: no way because because .*…$/);
    expect(text.length).toBeLessThan(300);
  });
});

describe("a connection that breaks", () => {
  test.each<[string, (server: TestHttp2Server) => void, Buffer]>([
    ["in the middle of the call", (server) => server.cut(), Buffer.alloc(0)],
    ["with a reset in the middle of the call", (server) => server.reset(), Buffer.alloc(0)],
    ["in the middle of the answer", (server) => server.cut(), framed(message("half of it"))],
    ["in the middle of a message", (server) => server.cut(), Buffer.from([0, 0, 0, 0, 9, 1])],
  ])("%s fails the call at once; the next is made on a new one", async (_, breakIt, part) => {
    let isFirst = true;
    const server = await TestHttp2Server.start((stream, path) => {
      if (!isFirst) return answerOk(stream, path);
      isFirst = false;
      respondTo(stream);
      stream.write(part, () => setImmediate(() => breakIt(server)));
    });
    const caller = newTransport();
    const { address } = server;
    const failed = await callBy(caller, { address, timeoutMs: 600_000 });
    expect(errorOf(failed).code).toBe("CALL_UNREACHABLE");
    expect(textsOf(await callBy(caller, { address }))).toEqual(["ok"]);
    expect(server.connections).toBe(2);
  });

  test("while it is idle is not used again, and nobody notices", async () => {
    const server = await TestHttp2Server.start(answerOk);
    const caller = newTransport();
    const { address } = server;
    for (let round = 1; round <= 5; round += 1) {
      expect(textsOf(await callBy(caller, { address }))).toEqual(["ok"]);
      expect(server.connections).toBe(round);
      // The caller has had no turn to notice when it calls again.
      server.cut();
    }
  });

  test("with its server is not used again once another has taken its place", async () => {
    const first = await TestHttp2Server.start(answerOk);
    const caller = newTransport();
    const { address } = first;
    expect(textsOf(await callBy(caller, { address }))).toEqual(["ok"]);
    await first.close();
    const nobody = await callBy(caller, { address, timeoutMs: 600_000 });
    expect(errorOf(nobody)).toMatchObject({
      code: "CALL_UNREACHABLE",
      message: `${address}: connect ECONNREFUSED`,
    });
    await TestHttp2Server.start(answering(message("new")), portOf(address));
    expect(textsOf(await callBy(caller, { address }))).toEqual(["new"]);
  });

  test("each time a call is made on it fails the call after one more try", async () => {
    const server = await TestHttp2Server.start(oneAfterAnother(answerOk, () => server.cut()));
    const caller = newTransport();
    const { address } = server;
    expect(textsOf(await callBy(caller, { address }))).toEqual(["ok"]);
    const outcome = await callBy(caller, { address, timeoutMs: 600_000 });
    expect(errorOf(outcome).code).toBe("CALL_UNREACHABLE");
    expect(server.connections).toBe(2);
  });

  test("after part of an answer came is not tried again", async () => {
    const server = await TestHttp2Server.start(
      oneAfterAnother(answerOk, (stream) => {
        respondTo(stream);
        stream.write(framed(message("half of it")), () => setImmediate(() => server.cut()));
      }),
    );
    const caller = newTransport();
    const { address } = server;
    expect(textsOf(await callBy(caller, { address }))).toEqual(["ok"]);
    expect(errorOf(await callBy(caller, { address })).code).toBe("CALL_UNREACHABLE");
    expect(server.connections).toBe(1);
  });
});

describe("a server that says goodbye", () => {
  const NOTHING = Buffer.alloc(0);
  const SETTINGS = frame({ type: FRAME.settings, flags: 0, streamId: 0, payload: NOTHING });
  /** No call has been taken in, and none will be, without an error. */
  const GOAWAY = frame({ type: FRAME.goaway, flags: 0, streamId: 0, payload: Buffer.alloc(8) });

  // Node before 20.18 takes it for an error of the stream.
  test("before the first call is CALL_UNREACHABLE, or CALL_FAILED", async () => {
    const server = await TestTcpServer.start((socket) => {
      socket.resume();
      socket.write(Buffer.concat([SETTINGS, GOAWAY]));
    });
    const caller = newTransport();
    const outcome = await callBy(caller, { address: server.address, timeoutMs: 600_000 });
    expect(errorOf(outcome).code).toMatch(/^CALL_(UNREACHABLE|FAILED)$/);
    expect(server.connections).toBe(1);
  });

  test("to a call it has not taken in is CALL_UNREACHABLE", async () => {
    const server = await TestTcpServer.start((socket) => {
      socket.write(SETTINGS);
      const reader = new FrameReader();
      socket.on("data", (bytes: Buffer) => {
        const hasCall = reader.read(bytes).some(({ type }) => type === FRAME.headers);
        if (hasCall) socket.write(GOAWAY);
      });
    });
    const caller = newTransport();
    const outcome = await callBy(caller, { address: server.address, timeoutMs: 600_000 });
    expect(errorOf(outcome).code).toBe("CALL_UNREACHABLE");
    expect(server.connections).toBe(1);
  });

  test("still answers the call it has taken in; the next is made on a new connection", async () => {
    const server = await TestHttp2Server.start((stream) => {
      stream.session?.goaway(0);
      answerNow(stream, message("ok"));
    });
    const caller = newTransport();
    const { address } = server;
    expect(textsOf(await callBy(caller, { address }))).toEqual(["ok"]);
    expect(textsOf(await callBy(caller, { address }))).toEqual(["ok"]);
    expect(server.connections).toBe(2);
  });
});

test("an address that refused is not dialled again before the next call", async () => {
  useFakeTimers();
  const address = await unusedAddress();
  const caller = newTransport();
  expect(errorOf(await callBy(caller, { address })).code).toBe("CALL_UNREACHABLE");
  const server = await TestTcpServer.start(() => {}, { port: portOf(address) });
  await vi.advanceTimersByTimeAsync(60_000);
  // A connection that was made meanwhile is accepted before this one.
  const probe = connect(portOf(address), "127.0.0.1");
  onTestFinished(() => void probe.destroy());
  await eventually(() => {
    const ports = Array.from(server.sockets, (socket) => socket.remotePort);
    expect(ports).toContain(probe.localPort);
  });
  expect(server.connections).toBe(1);
});

describe("a connection that is sound", () => {
  test("carries one call after another", async () => {
    const server = await TestHttp2Server.start(answerOk);
    const caller = newTransport();
    for (let round = 0; round < 10; round += 1) {
      expect(textsOf(await callBy(caller, { address: server.address }))).toEqual(["ok"]);
    }
    expect(server.connections).toBe(1);
    expect(caller.connectionCount).toBe(1);
  });

  test("stays in use after a method that the server does not have", async () => {
    const server = await TestHttp2Server.start((stream, path) => {
      if (path === UNARY) return answerOk(stream, path);
      respondTo(stream, { "grpc-status": "12", "grpc-message": "no such method" });
      stream.end();
    });
    const caller = newTransport();
    const { address } = server;
    for (let round = 0; round < 3; round += 1) {
      expect(errorOf(await callBy(caller, { address })).code).toBe("CALL_UNSUPPORTED");
      expect(textsOf(await callBy(caller, { address, method: UNARY }))).toEqual(["ok"]);
    }
    expect(server.connections).toBe(1);
  });

  test("stays in use after an answer that came before all was sent", async () => {
    const server = await TestHttp2Server.start((stream) => {
      respondTo(stream);
      stream.end(framed(message("enough")));
    });
    const caller = newTransport();
    const request = { address: server.address, messages: messagesOf(50_000) };
    expect(textsOf(await callBy(caller, request))).toEqual(["enough"]);
    expect(textsOf(await callBy(caller, request))).toEqual(["enough"]);
    expect(server.connections).toBe(1);
  });

  test("gets no keepalive pings, neither idle nor in the middle of a call", async () => {
    useFakeTimers();
    const responds: (() => void)[] = [];
    const server = await TestHttp2Server.start((stream, path) => {
      if (path === UNARY) responds.push(() => answerNow(stream, message("ok")));
      else answerOk(stream, path);
    });
    const caller = newTransport();
    const { address } = server;
    const dayMs = 24 * 60 * 60 * 1_000;

    const long = callBy(caller, { address, method: UNARY, timeoutMs: 3 * dayMs });
    await eventually(() => expect(responds).toHaveLength(1));
    await vi.advanceTimersByTimeAsync(dayMs);
    responds[0]?.();
    expect(textsOf(await long)).toEqual(["ok"]);

    await vi.advanceTimersByTimeAsync(dayMs);
    expect(textsOf(await callBy(caller, { address }))).toEqual(["ok"]);
    expect(server.pings).toBe(0);
  });
});

test("a proxy that the environment names is not asked", async () => {
  const proxy = await TestTcpServer.start((socket) => socket.destroy());
  for (const name of ["grpc_proxy", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"]) {
    vi.stubEnv(name, `http://${proxy.address}`);
  }
  for (const name of ["no_grpc_proxy", "no_proxy", "NO_PROXY"]) vi.stubEnv(name, "");
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const server = await TestHttp2Server.start(answerOk);
  const outcome = await callBy(newTransport(), { address: server.address });
  expect(textsOf(outcome)).toEqual(["ok"]);
  expect(proxy.connections).toBe(0);
});

test("a unary method of a gRPC server is called like any other", async () => {
  const identity = (bytes: Buffer): Buffer => bytes;
  const server = new Server();
  onTestFinished(() => server.forceShutdown());
  const unary = {
    path: UNARY,
    requestStream: false,
    responseStream: false,
    requestSerialize: identity,
    requestDeserialize: identity,
    responseSerialize: identity,
    responseDeserialize: identity,
  } as const;
  server.addService(
    { unary },
    {
      unary: (call: { request: Buffer }, callback: (error: null, value: Buffer) => void) => {
        callback(null, Buffer.from(`${call.request} pong`));
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  const request = { address: `127.0.0.1:${port}`, method: UNARY, messages: [message("ping")] };
  expect(textsOf(await callBy(newTransport(), request))).toEqual(["ping pong"]);
});
