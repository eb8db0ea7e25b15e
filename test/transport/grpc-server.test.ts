// The listening side on gRPC against callers that misbehave: each is answered or cut off in bounded
// time, and the others never notice.

import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { Client, credentials } from "@grpc/grpc-js";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import { GrpcTransport, type TransportLimits } from "../../src/transport/grpc.js";
import type { CallHandler, IncomingCall, ListenOptions } from "../../src/transport/transport.js";
import { eventually } from "../support/eventually.js";
import { portOf } from "../support/hosts.js";
import {
  callBy,
  closedAtEnd,
  echo,
  errorOf,
  listenWith,
  message,
  STREAM,
  textsOf,
  UNARY,
} from "./calling.js";
import { useFakeTimers } from "./fake-timers.js";
import { FRAME } from "./frames.js";
import { framed, Http2Caller } from "./http2-caller.js";
import { RawCaller } from "./raw-caller.js";

function newTransport(limits: Partial<TransportLimits> = {}): GrpcTransport {
  return closedAtEnd(new GrpcTransport({ ...DEFAULT_LIMITS, ...limits }));
}

/** A server with short patience. */
async function startServer(
  handler: CallHandler,
  options: Partial<ListenOptions & TransportLimits> = {},
): Promise<string> {
  const patience = { receiveTimeoutMs: 500, sendTimeoutMs: 500 };
  return listenWith(newTransport(options), handler, { ...patience, ...options });
}

/** The server answers another caller as ever. */
async function expectServing(address: string): Promise<void> {
  const outcome = await callBy(newTransport(), { address, messages: [message("are you there?")] });
  expect(textsOf(outcome)).toEqual(["are you there?"]);
}

/** As a process that was stopped, or an application that calculates. */
function standStill(durationMs: number): void {
  const endMs = performance.now() + durationMs;
  while (performance.now() < endMs);
}

describe("a caller that does not finish", () => {
  test("and says nothing is answered with OK all the same", async () => {
    const calls: IncomingCall[] = [];
    const address = await startServer((call, respond) => {
      calls.push(call);
      respond([]);
    });
    const call = new Http2Caller(address).begin();
    expect(await call.status()).toBe("0 OK");
    expect(calls).toEqual([{ method: STREAM, messages: [], dropped: 0 }]);
  });

  test("is answered with what it sent in time", async () => {
    const address = await startServer(echo);
    const call = new Http2Caller(address).begin().read().send("one").send("two");
    expect(await call.status()).toBe("0 OK");
    expect(call.bytesReceived).toBe(framed(message("one")).length + framed(message("two")).length);
  });

  test("while this process stands still is given the time anew, once", async () => {
    // An original that is answered before it has sent all takes that for an error.
    const address = await startServer(echo, { receiveTimeoutMs: 300 });
    const caller = new Http2Caller(address);
    const call = caller.begin().read().send("one");
    // By its answer the call before it has begun here too.
    expect(await caller.begin({ ":path": UNARY }).read().end().status()).toBe("0 OK");
    standStill(800);
    call.send("two").end();
    expect(await call.status()).toBe("0 OK");
    expect(call.bytesReceived).toBe(framed(message("one")).length + framed(message("two")).length);
  });

  test("even after its answer loses its connection, with its stream", async () => {
    const address = await startServer(echo);
    const caller = new Http2Caller(address);
    const call = caller.begin().read();
    expect(await call.status()).toBe("0 OK");
    await caller.waitForClose();
    expect(caller.hasGoaway).toBe(true);
    await expectServing(address);
  });

  test("even after its answer, and goes on sending, loses its connection too", async () => {
    const address = await startServer(echo);
    const caller = new Http2Caller(address);
    const call = caller.begin().read();
    const sending = setInterval(() => call.stream.writable && call.send("more"), 5);
    onTestFinished(() => clearInterval(sending));
    expect(await call.status()).toBe("0 OK");
    await caller.waitForClose();
    await expectServing(address);
  });

  test("keeps the connection until its other calls have ended", async () => {
    const responds: (() => void)[] = [];
    const address = await startServer(
      (call, respond) => {
        if (call.method === UNARY) responds.push(() => respond(call.messages));
        else respond([]);
      },
      { sendTimeoutMs: 20_000 },
    );
    const caller = new Http2Caller(address);
    const sound = caller.begin({ ":path": UNARY }).read().send("sound").end();
    await eventually(() => expect(responds).toHaveLength(1));
    const unfinished = caller.begin().read();
    expect(await unfinished.status()).toBe("0 OK");
    await eventually(() => expect(caller.hasGoaway).toBe(true));

    responds[0]?.();
    expect(await sound.status()).toBe("0 OK");
    unfinished.end();
    await caller.waitForClose();
  });

  test("because it is gone does no harm, nor does the answer to it", async () => {
    const responds: (() => void)[] = [];
    const address = await startServer(
      (call, respond) => {
        if (call.messages.length === 0) responds.push(() => respond([message("too late")]));
        else respond(call.messages);
      },
      { receiveTimeoutMs: 20_000 },
    );
    const sending = new Http2Caller(address);
    sending.begin().send("half of it");
    const waiting = new Http2Caller(address);
    waiting.begin().end();
    await eventually(() => expect(responds).toHaveLength(1));
    sending.session.destroy();
    waiting.session.destroy();
    await Promise.all([sending.waitForClose(), waiting.waitForClose()]);
    await expectServing(address);
    for (const respond of responds) respond();
    await expectServing(address);
  });

  test("but finishes like any other keeps its connection", async () => {
    const address = await startServer(echo);
    const caller = new Http2Caller(address);
    for (const text of ["first", "second", "third"]) {
      expect(await caller.begin().read().send(text).end().status()).toBe("0 OK");
    }
    expect(caller).toMatchObject({ hasGoaway: false, isClosed: false });
  });
});

describe("a caller that does not read", () => {
  /** 32 MiB: far more than fits on the way. */
  const ANSWER = new Array<Uint8Array>(512).fill(new Uint8Array(65_536));

  /** Answers a call without messages with a lot. */
  const muchOrEcho: CallHandler = (call, respond) => {
    respond(call.messages.length === 0 ? ANSWER : call.messages);
  };

  test("the answer is cut off, and others are served meanwhile", async () => {
    const address = await startServer(muchOrEcho, { sendTimeoutMs: 3_000 });
    const caller = new Http2Caller(address);
    const call = caller.begin().end();
    await eventually(() => expect(call.stream.readableLength).toBeGreaterThan(0));
    await expectServing(address);
    expect(caller.isClosed).toBe(false);
    await caller.waitForClose();
    await expectServing(address);
  });

  test("from its socket at all is cut off too", async () => {
    // While it is connected, no other can be.
    const address = await startServer(muchOrEcho, { maxInboundConnections: 1 });
    const caller = await RawCaller.start(address);
    caller.openWindows();
    caller.beginCall(1);
    caller.endCall(1);
    await eventually(() => expect(caller.framesOf(FRAME.data, 1).length).toBeGreaterThan(0));
    caller.socket.pause();
    await eventually(() => expectServing(address));
    caller.socket.resume();
    await caller.waitForClose();
  });

  test("fast, but in time, gets it all", async () => {
    const address = await startServer(muchOrEcho, { sendTimeoutMs: 20_000 });
    const call = new Http2Caller(address).begin().end();
    call.stream.on("readable", () => {
      setImmediate(() => {
        const bytes: Buffer | null = call.stream.read();
        call.bytesReceived += bytes?.byteLength ?? 0;
      });
    });
    expect(await call.status()).toBe("0 OK");
    const sent = ANSWER.reduce((sum, answer) => sum + framed(answer).byteLength, 0);
    expect(call.bytesReceived).toBe(sent);
  });
});

describe("a caller that speaks no gRPC", () => {
  const NONSENSE = {
    "an HTTP/1.1 request": "GET / HTTP/1.1\r\nHost: peer\r\n\r\n",
    "random bytes": Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 197) % 256)),
    "a TLS greeting": Buffer.from("160301020001000001fc0303", "hex"),
    "HTTP/2 that turns into nonsense": `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${"nonsense".repeat(64)}`,
  };

  test.each(Object.entries(NONSENSE))("but %s is let go of", async (_, bytes) => {
    const address = await startServer(echo);
    const caller = await RawCaller.connect(address);
    caller.socket.write(bytes);
    await caller.waitForClose();
    await expectServing(address);
  });

  test.each([
    ["a content type that is not gRPC's", { "content-type": "text/html" }, "no status, but 0"],
    ["a method that is not served", { ":path": "/no/such" }, "12 The server does not implement"],
    ["a deadline that is none", { "grpc-timeout": "soon" }, '13 Invalid grpc-timeout value "soon"'],
    ["a deadline that has passed", { "grpc-timeout": "0m" }, "4 Deadline exceeded"],
  ])("but sends %s is told so", async (_, headers, status) => {
    const address = await startServer(echo);
    const call = new Http2Caller(address).begin(headers).read();
    expect(await call.status()).toContain(status);
    await expectServing(address);
  });

  test("and opens and resets calls without end is outlived", async () => {
    const address = await startServer(echo);
    const caller = await RawCaller.start(address);
    const cancel = Buffer.from([0, 0, 0, 8]);
    for (let streamId = 1; streamId < 20_000 && !caller.isClosed; streamId += 2) {
      caller.beginCall(streamId);
      caller.sendFrame(FRAME.rstStream, 0, streamId, cancel);
    }
    await expectServing(address);
    await expectServing(address);
  });
});

describe("idle connections", () => {
  const MINUTE_MS = 60_000;

  test.each<[string, (address: string) => Promise<RawCaller>]>([
    ["has never said a word", (address) => RawCaller.connect(address)],
    ["has only begun to speak HTTP/2", (address) => RawCaller.start(address)],
    [
      "has begun to speak HTTP/2, and then nonsense",
      async (address) => {
        const caller = await RawCaller.start(address);
        await eventually(() => expect(caller.framesOf(FRAME.settings, 0)).not.toEqual([]));
        caller.socket.write("nonsense".repeat(20));
        return caller;
      },
    ],
  ])("one that %s is let go of, though it keeps its side open", async (_, open) => {
    useFakeTimers();
    const address = await startServer(echo);
    const caller = await open(address);
    const other = new Http2Caller(address);
    expect(await other.begin().read().end().status()).toBe("0 OK");
    await vi.advanceTimersByTimeAsync(2 * MINUTE_MS);
    await caller.waitForClose();
    expect(other).toMatchObject({ hasGoaway: false, isClosed: false });
  });

  test("one that has made calls is let go of after an hour without one", async () => {
    useFakeTimers();
    const address = await startServer(echo, { sendTimeoutMs: 30_000 });
    const [idle, other] = [new Http2Caller(address), new Http2Caller(address)];
    for (const caller of [idle, other]) {
      expect(await caller.begin().read().end().status()).toBe("0 OK");
    }
    await vi.advanceTimersByTimeAsync(59 * MINUTE_MS);
    expect(await other.begin().read().end().status()).toBe("0 OK");
    expect(idle).toMatchObject({ hasGoaway: false, isClosed: false });
    await vi.advanceTimersByTimeAsync(MINUTE_MS);
    await eventually(() => expect(idle.hasGoaway).toBe(true));
    await idle.waitForClose();
    expect(other).toMatchObject({ hasGoaway: false, isClosed: false });
  });

  test("one with a call under way is not idle, and gets no keepalive pings", async () => {
    useFakeTimers();
    const responds: (() => void)[] = [];
    const address = await startServer((_, respond) => responds.push(() => respond([])));
    const caller = new Http2Caller(address);
    const call = caller.begin().read().end();
    await eventually(() => expect(responds).toHaveLength(1));
    await vi.advanceTimersByTimeAsync(24 * 60 * MINUTE_MS);
    responds[0]?.();
    expect(await call.status()).toBe("0 OK");
    expect(caller).toMatchObject({ hasGoaway: false, isClosed: false, pings: 0 });
  });
});

describe("limits on callers", () => {
  test("a connection more than maxInboundConnections is closed, until one is free", async () => {
    const address = await startServer(echo, { maxInboundConnections: 2 });
    const [first, second] = [new Http2Caller(address), new Http2Caller(address)];
    for (const caller of [first, second]) {
      expect(await caller.begin().read().end().status()).toBe("0 OK");
    }
    const third = await RawCaller.connect(address);
    await third.waitForClose();
    for (const caller of [first, second]) {
      expect(await caller.begin().read().end().status()).toBe("0 OK");
    }
    first.session.destroy();
    await eventually(() => expectServing(address));
  });

  test("connections that say nothing make room for those that do", async () => {
    const address = await startServer(echo, { maxInboundConnections: 3 });
    const caller = new Http2Caller(address);
    expect(await caller.begin().read().end().status()).toBe("0 OK");
    const silent: RawCaller[] = [];
    for (let count = 0; count < 5; count += 1) silent.push(await RawCaller.connect(address));
    for (const one of silent.slice(0, 3)) await one.waitForClose();
    await expectServing(address);
    expect(await caller.begin().read().end().status()).toBe("0 OK");
  });

  test("a call more than maxCallsPerConnection is refused, and harms no other", async () => {
    const responds: (() => void)[] = [];
    const address = await startServer((_, respond) => responds.push(() => respond([])), {
      maxCallsPerConnection: 2,
    });
    const caller = await RawCaller.start(address);
    for (const streamId of [1, 3, 5]) {
      caller.beginCall(streamId);
      caller.endCall(streamId);
    }
    await eventually(() => expect(caller.framesOf(FRAME.rstStream, 5)).toHaveLength(1));
    expect(caller.framesOf(FRAME.rstStream, 5)[0]?.payload).toEqual(Buffer.from([0, 0, 0, 7]));
    await eventually(() => expect(responds).toHaveLength(2));
    for (const respond of responds) respond();
    await eventually(() => {
      expect([1, 3].map((streamId) => caller.hasEnded(streamId))).toEqual([true, true]);
    });
  });

  test("as many calls at once as maxCallsPerSecond are answered, and one more cuts them off", async () => {
    const cut: string[] = [];
    const options = { maxCallsPerSecond: 3, onTooFast: (from: string) => cut.push(from) };
    const address = await startServer(echo, options);
    const callAtOnce = async (count: number): Promise<RawCaller> => {
      const caller = await RawCaller.start(address);
      caller.socket.cork();
      for (let call = 0; call < count; call += 1) {
        caller.beginCall(2 * call + 1);
        caller.endCall(2 * call + 1);
      }
      caller.socket.uncork();
      return caller;
    };
    const steady = await callAtOnce(3);
    await eventually(() => {
      expect([1, 3, 5].map((streamId) => steady.hasEnded(streamId))).toEqual([true, true, true]);
    });
    expect(cut).toEqual([]);
    const hasty = await callAtOnce(4);
    await hasty.waitForClose();
    expect(cut).toHaveLength(1);
    expect(steady.isClosed).toBe(false);
    await expectServing(address);
  });

  test("calls of ours that are more than maxCallsPerConnection wait for each other", async () => {
    const address = await startServer(echo, { maxCallsPerConnection: 2 });
    const caller = newTransport();
    const texts = Array.from({ length: 20 }, (_, index) => `call ${index}`);
    const outcomes = await Promise.all(
      texts.map((text) => callBy(caller, { address, messages: [message(text)] })),
    );
    expect(outcomes.map(textsOf)).toEqual(texts.map((text) => [text]));
  });

  test("a message above maxMessageBytes fails its call, and no other", async () => {
    const responds: (() => void)[] = [];
    const address = await startServer(
      (call, respond) => {
        if (call.method === UNARY) responds.push(() => respond(call.messages));
        else respond(call.messages);
      },
      { maxMessageBytes: 1_000, receiveTimeoutMs: 20_000, sendTimeoutMs: 20_000 },
    );
    const caller = newTransport();
    const other = callBy(caller, { address, method: UNARY, messages: [message("other")] });
    await eventually(() => expect(responds).toHaveLength(1));

    const fits = await callBy(caller, { address, messages: [new Uint8Array(1_000)] });
    expect(fits.type).toBe("answered");
    const tooBig = await callBy(caller, { address, messages: [new Uint8Array(1_001)] });
    expect(errorOf(tooBig)).toMatchObject({
      code: "CALL_FAILED",
      message: expect.stringContaining("RESOURCE_EXHAUSTED"),
    });
    responds[0]?.();
    expect(textsOf(await other)).toEqual(["other"]);
    await expectServing(address);
  });

  test("a compressed message counts with its full length", async () => {
    const address = await startServer(echo, { maxMessageBytes: 1_000 });
    const caller = new Http2Caller(address);
    const gzip = { "grpc-encoding": "gzip" };
    const small = caller.begin(gzip).read();
    small.stream.end(framed(gzipSync(message("small")), { isCompressed: true }));
    expect(await small.status()).toBe("0 OK");
    expect(small.bytesReceived).toBe(framed(message("small")).byteLength);

    const bomb = caller.begin(gzip).read();
    bomb.stream.end(framed(gzipSync(new Uint8Array(100_000)), { isCompressed: true }));
    expect(await bomb.status()).toMatch(/^8 Received message that decompresses/);
    await expectServing(address);
  });
});

test("a unary client of gRPC is answered like any other", async () => {
  const address = await startServer((_, respond) => respond([message("pong")]));
  const client = new Client(address, credentials.createInsecure());
  onTestFinished(() => client.close());
  const identity = (bytes: Buffer): Buffer => bytes;
  const answer = await new Promise((resolve, reject) => {
    client.makeUnaryRequest(UNARY, identity, identity, Buffer.from("ping"), (error, value) => {
      if (error) reject(error);
      else resolve(value?.toString());
    });
  });
  expect(answer).toBe("pong");
});

describe("listening where it is not possible", () => {
  test("at an address of another machine is LISTEN_FAILED", async () => {
    await expect(startServer(echo, { address: "192.0.2.1:0" })).rejects.toMatchObject({
      code: "LISTEN_FAILED",
      message: expect.stringContaining("192.0.2.1:0 (EADDRNOTAVAIL)"),
    });
  });

  test("at a name that cannot be found is LISTEN_FAILED, and can be tried again", async () => {
    const transport = newTransport();
    const address = "no-such-host.invalid:0";
    await expect(listenWith(transport, echo, { address })).rejects.toMatchObject({
      code: "LISTEN_FAILED",
    });
    await expectServing(await listenWith(transport, echo));
  });

  test("and the close comes before the host is found is STOPPED", async () => {
    const transport = newTransport();
    const listening = listenWith(transport, echo, { address: "localhost:0" });
    const expectation = expect(listening).rejects.toMatchObject({ code: "STOPPED" });
    await transport.close();
    await expectation;
  });
});

test("a caller that resets its connection at any moment leaves the others alone", async () => {
  const address = await startServer(echo);
  const moments: ((caller: RawCaller) => void)[] = [
    () => {},
    (caller) => caller.beginCall(1),
    (caller) => {
      caller.beginCall(1);
      caller.sendMessage(1, message("half"));
    },
    (caller) => {
      caller.beginCall(1);
      caller.endCall(1);
    },
  ];
  for (const act of moments) {
    const caller = await RawCaller.start(address);
    act(caller);
    caller.socket.resetAndDestroy();
    await expectServing(address);
  }
  const socket = connect(portOf(address), "127.0.0.1");
  socket.on("error", () => {});
  socket.resetAndDestroy();
  await expectServing(address);
});
