// The transport of a simulated process: calls over connections of a bounded pool, their deadlines,
// and what they cost.

import { describe, expect, test } from "vitest";
import { BareWorld, Notes, TEN_MS } from "../../test/simulator/bare-world.js";
import type { CallHandler, CallOutcome, CallRequest } from "../transport/transport.js";
import type { Host } from "./host.js";
import type { SimTransport } from "./sim-transport.js";

const echo: CallHandler = (call, respond) => respond(call.messages);
const neverRespond: CallHandler = () => {};

/** Makes a call and notes how it ended. */
function call(
  transport: SimTransport,
  to: Host,
  notes: Notes,
  request: Partial<CallRequest> = {},
): void {
  const { address } = to;
  const defaults = { method: "/test.Echo/Stream", messages: [], timeoutMs: 2_000 };
  transport.call({ address, maxMessages: 100, ...defaults, ...request }, (outcome) =>
    notes.note(textOf(outcome)),
  );
}

function textOf(outcome: CallOutcome): string {
  if (outcome.type === "failed") return outcome.error.code;
  const texts = outcome.messages.map((bytes) => String.fromCharCode(...bytes));
  const dropped = outcome.dropped > 0 ? ` without ${outcome.dropped}` : "";
  return `answered ${texts.join(" ")}${dropped}`;
}

function messages(...texts: string[]): Uint8Array[] {
  return texts.map((text) => Uint8Array.from(text, (char) => char.charCodeAt(0)));
}

describe("a call", () => {
  test("takes a round trip for the connection and one for itself; the next one takes only its own", () => {
    const world = new BareWorld();
    const notes = new Notes(world);
    const server = world.server(echo);
    const transport = world.transport(world.host());
    call(transport, server, notes, { messages: messages("a", "b") });
    world.advance(100);
    call(transport, server, notes, { messages: messages("c") });
    world.advance(100);
    expect(notes.all).toEqual([
      [40, "answered a b"],
      [120, "answered c"],
    ]);
    expect(transport.connectionCount).toBe(1);
  });

  test("does not end before it returns, and ends once", () => {
    const world = new BareWorld();
    const notes = new Notes(world);
    const transport = world.transport(world.host());
    call(transport, world.server(echo), notes, { timeoutMs: 20 });
    expect(notes.all).toEqual([]);
    world.advance(10_000);
    expect(notes.all).toEqual([[20, "CALL_TIMEOUT"]]);
  });

  test("brings the method and the messages to the handler, and its first answer back", () => {
    const world = new BareWorld();
    const notes = new Notes(world);
    const server = world.server((incoming, respond) => {
      notes.note(`${incoming.method} with ${incoming.messages.length}`);
      respond(messages("answer"));
      respond(messages("another"));
    });
    call(world.transport(world.host()), server, notes, { messages: messages("a", "b", "c") });
    world.advance(1_000);
    expect(notes.all).toEqual([
      [30, "/test.Echo/Stream with 3"],
      [40, "answered answer"],
    ]);
  });

  test("keeps as many messages of the answer as it asked for, and counts the rest", () => {
    const world = new BareWorld();
    const notes = new Notes(world);
    call(world.transport(world.host()), world.server(echo), notes, {
      messages: messages("a", "b", "c"),
      maxMessages: 1,
    });
    world.advance(1_000);
    expect(notes.all).toEqual([[40, "answered a without 2"]]);
  });

  test("can be answered later", () => {
    const world = new BareWorld();
    const notes = new Notes(world);
    const server: Host = world.server((_incoming, respond) => {
      server.setTimer(() => respond(messages("late")), 500);
    });
    call(world.transport(world.host()), server, notes);
    world.advance(1_000);
    expect(notes.all).toEqual([[540, "answered late"]]);
  });
});

describe("a call that fails", () => {
  test("times out where it is not answered, however far it came", () => {
    const world = new BareWorld();
    const notes = new Notes(world);
    const transport = world.transport(world.host());
    const gone = world.server(echo);
    gone.isUp = false;
    call(transport, world.server(neverRespond), notes, { timeoutMs: 300 });
    call(transport, gone, notes, { timeoutMs: 400 });
    transport.call(
      { address: "10.9.9.9:1", method: "", messages: [], timeoutMs: 500, maxMessages: 1 },
      (outcome) => notes.note(textOf(outcome)),
    );
    world.advance(10_000);
    expect(notes.all).toEqual([
      [300, "CALL_TIMEOUT"],
      [400, "CALL_TIMEOUT"],
      [500, "CALL_TIMEOUT"],
    ]);
  });

  test("is told at once of a refused dial", () => {
    const world = new BareWorld();
    const notes = new Notes(world);
    const server = world.server(echo);
    server.endProcess();
    call(world.transport(world.host()), server, notes);
    world.advance(10_000);
    expect(notes.all).toEqual([[20, "CALL_UNREACHABLE"]]);
  });

  test("is told of the crash of the process that it waits for", () => {
    const world = new BareWorld();
    const notes = new Notes(world);
    const server = world.server(neverRespond);
    call(world.transport(world.host()), server, notes);
    world.advance(500);
    world.crash(server);
    world.advance(10_000);
    expect(notes.all).toEqual([[510, "CALL_UNREACHABLE"]]);
  });

  test("on a connection to a process that is no more is reset, and the next one dials", () => {
    const world = new BareWorld();
    const notes = new Notes(world);
    const server = world.server(echo);
    const host = world.host();
    const transport = world.transport(host);
    call(transport, server, notes);
    world.advance(100);
    // Behind a cut, so that the old connection is not told.
    world.network.cut([server], [host]);
    world.crash(server);
    world.advance(100);
    world.network.heal();
    server.startProcess();
    call(transport, server, notes);
    world.advance(100);
    call(transport, server, notes);
    world.advance(100);
    expect(notes.all).toEqual([
      [40, "answered "],
      [220, "CALL_UNREACHABLE"],
      [340, "answered "],
    ]);
  });

  test("after a timeout leaves its connection, so that the next one does not wait behind it", () => {
    const world = new BareWorld();
    const notes = new Notes(world);
    const server = world.server(echo);
    const host = world.host();
    const transport = world.transport(host);
    call(transport, server, notes);
    world.advance(100);
    world.network.cut([host], [server]);
    call(transport, server, notes, { timeoutMs: 1_900 });
    world.advance(2_000);
    world.network.heal();
    call(transport, server, notes);
    world.advance(100);
    expect(notes.all).toEqual([
      [40, "answered "],
      [2_000, "CALL_TIMEOUT"],
      [2_140, "answered "],
    ]);
    expect(host.counters.dials).toBe(2);
    expect(transport.connectionCount).toBe(1);
  });
});

describe("the pool", () => {
  test("closes the idle connection that was used longest ago", () => {
    const world = new BareWorld();
    const notes = new Notes(world);
    const host = world.host();
    const transport = world.transport(host, 2);
    const [a, b, c] = [world.server(echo), world.server(echo), world.server(echo)];
    for (const server of [a, b, a, c, a, b]) {
      call(transport, server, notes);
      world.advance(100);
    }
    // To a, b and c; then a is still there, and b is not.
    expect(notes.all.map(([ms]) => ms % 100)).toEqual([40, 40, 20, 40, 20, 40]);
    expect(host.counters.dials).toBe(4);
    expect(transport.connectionCount).toBe(2);
    expect([a, b, c].map(({ inbound }) => inbound.size)).toEqual([1, 1, 0]);
  });

  test("never holds more than its bound: a call that finds all busy waits for one", () => {
    const world = new BareWorld();
    const notes = new Notes(world);
    const transport = world.transport(world.host(), 2);
    const servers = Array.from({ length: 6 }, () => world.server(echo));
    for (const server of servers) call(transport, server, notes);
    for (let ms = 0; ms < 200; ms += 1) {
      expect(transport.connectionCount).toBeLessThanOrEqual(2);
      world.advance(1);
    }
    expect(notes.all.map(([ms]) => ms)).toEqual([40, 40, 80, 80, 120, 120]);
  });

  test("lets a call wait no longer than its deadline", () => {
    const world = new BareWorld();
    const notes = new Notes(world);
    const transport = world.transport(world.host(), 1);
    const busy = world.server(neverRespond);
    const server = world.server(echo);
    call(transport, busy, notes, { timeoutMs: 1_000 });
    call(transport, server, notes, { timeoutMs: 300 });
    call(transport, server, notes, { timeoutMs: 1_500 });
    world.advance(5_000);
    expect(notes.all).toEqual([
      [300, "CALL_TIMEOUT"],
      [1_000, "CALL_TIMEOUT"],
      [1_040, "answered "],
    ]);
  });
});

describe("what is charged", () => {
  const costs = {
    dialMs: 5,
    acceptMs: 3,
    callMs: 2,
    serveMs: 4,
    sendMessageMs: 0.5,
    answerMessageMs: 0.75,
    receiveMessageMs: 0.25,
    dialBytes: 100,
    callBytes: 40,
    messageBytes: 10,
  };

  test("is CPU and bytes of the dial, of the call and of each message, to both sides", () => {
    const world = new BareWorld({ costs });
    const notes = new Notes(world);
    const host = world.host();
    const server = world.server(echo);
    const transport = world.transport(host);
    call(transport, server, notes, { messages: messages("12345", "12345") });
    world.advance(1_000);
    expect(notes.all.map(([, what]) => what)).toEqual(["answered 12345 12345"]);
    // Two messages of 5 bytes and 10 around each, and 40 of the call.
    const bytes = 100 + 40 + 2 * (5 + 10);
    expect(host.counters).toMatchObject({
      dials: 1,
      callsStarted: 1,
      messagesSent: 2,
      messagesReceived: 2,
      bytesSent: bytes,
      cpuMs: 5 + 2 + 2 * 0.5 + 2 * 0.25,
    });
    expect(server.counters).toMatchObject({
      messagesSent: 2,
      messagesReceived: 2,
      bytesSent: bytes,
      cpuMs: 3 + 4 + 2 * 0.25 + 2 * 0.75,
    });
  });

  test("is CPU for each kilobyte", () => {
    const world = new BareWorld({ costs: { kilobyteMs: 1 } });
    const host = world.host();
    const server = world.server((_incoming, respond) => respond([]));
    const transport = world.transport(host);
    call(transport, server, new Notes(world), { messages: [new Uint8Array(4_000)] });
    world.advance(1_000);
    expect(host.counters.cpuMs).toBe(4);
    expect(server.counters.cpuMs).toBe(4);
  });

  test("makes a stampede take its time: the server works off one call after the other", () => {
    const world = new BareWorld({ costs });
    const notes = new Notes(world);
    const server = world.server(echo);
    for (let number = 0; number < 50; number += 1) {
      call(world.transport(world.host()), server, notes, { timeoutMs: 60_000 });
    }
    world.advance(60_000);
    expect(notes.all).toHaveLength(50);
    // 3 ms for each connection and 4 ms for each call.
    expect(server.counters.cpuMs).toBe(50 * 7);
    const lastMs = notes.all.at(-1)?.[0] ?? 0;
    expect(lastMs).toBeGreaterThanOrEqual(50 * 7);
  });
});

describe("a call that was given up", () => {
  const costs = { acceptMs: 3, serveMs: 4, receiveMessageMs: 1, kilobyteMs: 1, dialBytes: 100 };
  const request = { messages: [new Uint8Array(2_000)], timeoutMs: 100 };

  test("costs the server its begin, and no handler hears of it, where it waited for the process", () => {
    const world = new BareWorld({ costs });
    const notes = new Notes(world);
    const server = world.server(() => notes.note("handled"));
    const transport = world.transport(world.host());
    server.pause();
    for (let number = 0; number < 5; number += 1) call(transport, server, notes, request);
    world.advance(1_000);
    server.resume();
    world.advance(1_000);
    expect(notes.all).toEqual(new Array(5).fill([100, "CALL_TIMEOUT"]));
    expect(server.counters.cpuMs).toBe(3 + 5 * 4);
    expect(server.counters.messagesReceived).toBe(0);
  });

  test("costs the server all of it where the caller still waits", () => {
    const world = new BareWorld({ costs });
    const notes = new Notes(world);
    const server = world.server(echo);
    server.pause();
    call(world.transport(world.host()), server, notes, { ...request, timeoutMs: 5_000 });
    world.advance(1_000);
    server.resume();
    world.advance(1_000);
    // One message of two kilobytes in, and two kilobytes out.
    expect(server.counters.cpuMs).toBe(3 + 4 + 1 + 2 + 2);
    expect(server.counters.messagesReceived).toBe(1);
  });

  test("costs the server its begin where the request is still on its way", () => {
    const world = new BareWorld({ costs });
    const notes = new Notes(world);
    const server = world.server(() => notes.note("handled"));
    const transport = world.transport(world.host());
    // Another call keeps the connection open, so that the request arrives.
    call(transport, server, notes, { timeoutMs: 60_000 });
    call(transport, server, notes, { ...request, timeoutMs: 25 });
    world.advance(1_000);
    expect(notes.all.map(([, what]) => what)).toEqual(["CALL_TIMEOUT", "handled"]);
    expect(server.counters.cpuMs).toBe(3 + 2 * 4);
  });

  test("costs nothing where it is given up before its connection is there", () => {
    const world = new BareWorld({ costs });
    const notes = new Notes(world);
    const host = world.host();
    const server = world.server(neverRespond);
    const transport = world.transport(host);
    // Another call keeps the connection open.
    call(transport, server, notes, { timeoutMs: 60_000 });
    call(transport, server, notes, { ...request, timeoutMs: 15 });
    world.advance(1_000);
    expect(notes.all).toEqual([[15, "CALL_TIMEOUT"]]);
    expect(host.counters).toMatchObject({ bytesSent: 100, messagesSent: 0, cpuMs: 0 });
    expect(server.counters.cpuMs).toBe(3 + 4);
  });
});

describe("a process that is held up", () => {
  test("answers late when it was paused", () => {
    const world = new BareWorld();
    const notes = new Notes(world);
    const server = world.server(echo);
    server.pause();
    call(world.transport(world.host()), server, notes);
    world.advance(1_000);
    server.resume();
    world.advance(100);
    expect(notes.all).toEqual([[1_010, "answered "]]);
  });

  test("takes in nothing and sends nothing while it is blocked, but its deadlines run", () => {
    const world = new BareWorld();
    const notes = new Notes(world);
    const server = world.server(echo);
    const host = world.host();
    const transport = world.transport(host);
    host.block();
    call(transport, server, notes, { timeoutMs: 500 });
    world.advance(1_000);
    expect(notes.all).toEqual([[500, "CALL_TIMEOUT"]]);
    expect(host.counters.messagesSent).toBe(0);
    server.block();
    host.unblock();
    call(transport, server, notes, { timeoutMs: 5_000 });
    world.advance(1_000);
    server.unblock();
    world.advance(1_000);
    expect(notes.all.at(-1)).toEqual([2_010, "answered "]);
  });
});

describe("closing", () => {
  test("ends the connections, and the calls as stopped, each once", async () => {
    const world = new BareWorld();
    const notes = new Notes(world);
    const server = world.server(neverRespond);
    const transport = world.transport(world.host());
    call(transport, server, notes);
    world.advance(100);
    await transport.close();
    await transport.close();
    world.advance(10_000);
    expect(transport.connectionCount).toBe(0);
    expect(notes.all).toEqual([[100, "STOPPED"]]);
    expect(server.counters.messagesSent).toBe(0);
  });

  test("lets a call that comes later fail, though not before it returns", async () => {
    const world = new BareWorld();
    const notes = new Notes(world);
    const host = world.host();
    const transport = world.transport(host);
    await transport.close();
    call(transport, world.server(echo), notes);
    expect(notes.all).toEqual([]);
    world.advance(100);
    expect(notes.all).toEqual([[0, "STOPPED"]]);
    expect(host.counters.dials).toBe(0);
  });

  test("ends the calls that wait for a connection too", async () => {
    const world = new BareWorld();
    const notes = new Notes(world);
    const transport = world.transport(world.host(), 1);
    call(transport, world.server(neverRespond), notes);
    call(transport, world.server(echo), notes);
    world.advance(100);
    await transport.close();
    world.advance(10_000);
    expect(notes.all).toEqual([
      [100, "STOPPED"],
      [100, "STOPPED"],
    ]);
  });
});

test("the world is told of each step", () => {
  const world = new BareWorld({ network: TEN_MS });
  const host = world.host();
  const server = world.server(echo);
  call(world.transport(host), server, new Notes(world));
  world.advance(100);
  expect(world.steps).toEqual([
    { kind: "call", host, atMs: 20 },
    { kind: "request", host: server, atMs: 30 },
    { kind: "answer", host, atMs: 40 },
  ]);
});
