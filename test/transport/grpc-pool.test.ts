// The bounded pool of connections: who is let go of for whom, and who waits.

import type { ServerHttp2Stream } from "node:http2";
import { expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import { GrpcTransport } from "../../src/transport/grpc.js";
import type { CallOutcome } from "../../src/transport/transport.js";
import { eventually } from "../support/eventually.js";
import { callBy, closedAtEnd, errorOf, message, textsOf } from "./calling.js";
import { answering, answerNow, TestHttp2Server } from "./http2-server.js";

/** A server that answers when it is told to. */
interface PatientServer {
  readonly server: TestHttp2Server;
  readonly address: string;
  /** Calls that wait for their answer. */
  readonly waiting: ServerHttp2Stream[];
  answerAll(): void;
}

async function startPatientServer(): Promise<PatientServer> {
  const waiting: ServerHttp2Stream[] = [];
  const server = await TestHttp2Server.start((stream) => waiting.push(stream));
  return {
    server,
    address: server.address,
    waiting,
    answerAll: () => {
      for (const stream of waiting.splice(0)) {
        if (!stream.destroyed) answerNow(stream, message("ok"));
      }
    },
  };
}

function waitingAt({ waiting }: PatientServer): number {
  return waiting.length;
}

async function startServers<T>(count: number, start: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, start));
}

const startServer = (): Promise<TestHttp2Server> => TestHttp2Server.start(answering(message("ok")));

function newCaller(maxConnections: number): GrpcTransport {
  return closedAtEnd(new GrpcTransport({ ...DEFAULT_LIMITS, maxConnections }));
}

async function expectAnswer(caller: GrpcTransport, address: string): Promise<void> {
  expect(textsOf(await callBy(caller, { address }))).toEqual(["ok"]);
}

test("the connection unused for longest makes room, and only that one", async () => {
  const servers = await startServers(4, startServer);
  const [a, b, c, d] = servers as [TestHttp2Server, ...TestHttp2Server[]] & TestHttp2Server[];
  if (!b || !c || !d) expect.fail();
  const caller = newCaller(3);
  const open = (): number[] => servers.map((server) => server.sessions.size);

  for (const { address } of [a, b, c]) await expectAnswer(caller, address);
  await expectAnswer(caller, a.address);
  expect(open()).toEqual([1, 1, 1, 0]);

  await expectAnswer(caller, d.address);
  await eventually(() => expect(open()).toEqual([1, 0, 1, 1]));
  await expectAnswer(caller, b.address);
  await eventually(() => expect(open()).toEqual([1, 1, 0, 1]));
  expect(servers.map((server) => server.connections)).toEqual([1, 2, 1, 1]);
  expect(caller.connectionCount).toBe(3);
});

test("a busy connection is not closed, however long ago it was last used", async () => {
  const busy = await startPatientServer();
  const [b, c] = await startServers(2, startServer);
  const caller = newCaller(2);
  const slow = callBy(caller, { address: busy.address });
  await eventually(() => expect(busy.waiting).toHaveLength(1));
  for (const server of [b, c, b, c]) await expectAnswer(caller, server?.address ?? "");
  busy.answerAll();
  expect(textsOf(await slow)).toEqual(["ok"]);
  expect(busy.server.connections).toBe(1);
});

test("with all connections busy a call waits for one, in the order of asking", async () => {
  const servers = await startServers(6, startPatientServer);
  const caller = newCaller(2);
  const ends: string[] = [];
  for (const { address } of servers) {
    void callBy(caller, { address }).then((outcome) => ends.push(`${outcome.type} ${address}`));
    expect(caller.connectionCount).toBeLessThanOrEqual(2);
  }
  for (const { waiting, answerAll } of servers) {
    await eventually(() => expect(waiting).toHaveLength(1));
    // No more than two have been called at any time.
    expect(servers.filter((server) => server.waiting.length > 0).length).toBeLessThanOrEqual(2);
    expect(caller.connectionCount).toBeLessThanOrEqual(2);
    answerAll();
  }
  await eventually(() => expect(ends).toHaveLength(6));
  expect(ends).toEqual(servers.map(({ address }) => `answered ${address}`));
});

test("a thousand calls to forty addresses by five connections are all answered", async () => {
  const servers = await startServers(40, startServer);
  const caller = newCaller(5);
  const outcomes: Promise<CallOutcome>[] = [];
  let most = 0;
  for (let index = 0; index < 1_000; index += 1) {
    const address = servers[(index * 7) % servers.length]?.address ?? "";
    const ended = callBy(caller, { address });
    outcomes.push(
      ended.then((outcome) => {
        most = Math.max(most, caller.connectionCount);
        return outcome;
      }),
    );
    most = Math.max(most, caller.connectionCount);
  }
  expect((await Promise.all(outcomes)).map(textsOf)).toEqual(
    new Array<string[]>(1_000).fill(["ok"]),
  );
  expect(most).toBe(5);
});

test("a call that has waited in vain is CALL_TIMEOUT, and is not made later", async () => {
  const [busy, other] = await startServers(2, startPatientServer);
  if (!busy || !other) expect.fail();
  const caller = newCaller(1);
  const slow = callBy(caller, { address: busy.address });
  const error = errorOf(await callBy(caller, { address: other.address, timeoutMs: 200 }));
  expect(error).toMatchObject({
    code: "CALL_TIMEOUT",
    message: `${other.address} could not be called within 200 ms: no connection was free`,
  });
  await eventually(() => expect(busy.waiting).toHaveLength(1));
  busy.answerAll();
  expect(textsOf(await slow)).toEqual(["ok"]);
  // A call that is made now comes after what would have been left of the other.
  const next = callBy(caller, { address: busy.address });
  await eventually(() => expect(busy.waiting).toHaveLength(1));
  busy.answerAll();
  expect(textsOf(await next)).toEqual(["ok"]);
  expect(other.server.connections).toBe(0);
});

test("one that waits does not hold up those behind it whose connection is there", async () => {
  const [first, second, third, fourth] = await startServers(4, startPatientServer);
  if (!first || !second || !third || !fourth) expect.fail();
  const caller = newCaller(2);
  const calls = [first, second, third, fourth, third].map(({ address }) =>
    callBy(caller, { address }),
  );
  await eventually(() => expect([first, second].map(waitingAt)).toEqual([1, 1]));
  first.answerAll();
  // Now the third is called, the fourth has to wait on, and the third is called once more.
  await eventually(() => expect([second, third, fourth].map(waitingAt)).toEqual([1, 2, 0]));
  second.answerAll();
  await eventually(() => expect([third, fourth].map(waitingAt)).toEqual([2, 1]));
  third.answerAll();
  fourth.answerAll();
  expect((await Promise.all(calls)).map(textsOf)).toEqual(new Array<string[]>(5).fill(["ok"]));
});

test("connections that are given up count until their last call has ended", async () => {
  const [slow, other] = await startServers(2, startPatientServer);
  if (!slow || !other) expect.fail();
  const caller = newCaller(2);
  const kept = callBy(caller, { address: slow.address });
  expect(errorOf(await callBy(caller, { address: slow.address, timeoutMs: 200 })).code).toBe(
    "CALL_TIMEOUT",
  );
  // The connection of `kept` is not used again: a new one is made, and then both are there.
  const renewed = callBy(caller, { address: slow.address });
  await eventually(() => expect(slow.server.sessions.size).toBe(2));
  expect(caller.connectionCount).toBe(2);
  const waiting = callBy(caller, { address: other.address, timeoutMs: 200 });
  expect(errorOf(await waiting).code).toBe("CALL_TIMEOUT");

  slow.answerAll();
  expect([await kept, await renewed].map(textsOf)).toEqual([["ok"], ["ok"]]);
  expect(caller.connectionCount).toBe(1);
  await eventually(() => expect(slow.server.sessions.size).toBe(1));
});

test("closing ends those that wait, and opens no connection for them", async () => {
  const servers = await startServers(4, startPatientServer);
  const caller = newCaller(1);
  const calls = servers.map(({ address }) => callBy(caller, { address }));
  await eventually(() => expect(servers[0]?.waiting).toHaveLength(1));
  await caller.close();
  const codes = (await Promise.all(calls)).map((outcome) => errorOf(outcome).code);
  expect(codes).toEqual(["STOPPED", "STOPPED", "STOPPED", "STOPPED"]);
  expect(caller.connectionCount).toBe(0);
  await eventually(() => expect(servers[0]?.server.sessions.size).toBe(0));
  expect(servers.map(({ server }) => server.connections)).toEqual([1, 0, 0, 0]);
});
