// Calls to servers that do anything at any moment, from callers that close at any moment: each call
// ends once, and in the end nothing is left of any of them.

import type { ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/core/limits.js";
import { GrpcTransport } from "../../src/transport/grpc.js";
import type { CallHandler } from "../../src/transport/transport.js";
import { eventually } from "../support/eventually.js";
import { portOf, unusedAddress } from "../support/hosts.js";
import { seededRandom } from "../support/seeded-random.js";
import { closedAtEnd, listenWith, STREAM } from "./calling.js";
import { FRAME, frame } from "./frames.js";
import { framed } from "./http2-caller.js";
import { respondTo, TestHttp2Server, TestTcpServer } from "./http2-server.js";

const ROUNDS = 10;
const CALLS_A_ROUND = 60;
const SETTINGS = frame({ type: FRAME.settings, flags: 0, streamId: 0, payload: Buffer.alloc(0) });

/** Chance that can be had again: its seed stands in the test's name. */
class Chance {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.below(choices.length)];
    if (choice === undefined) throw new Error("there is nothing to choose from");
    return choice;
  }
}

/** What a TCP server may do with a connection. */
function tcpMischief(chance: Chance): (socket: Socket) => void {
  const choices: readonly ((socket: Socket) => void)[] = [
    () => {},
    (socket) => socket.destroy(),
    (socket) => socket.resetAndDestroy(),
    (socket) => socket.write("nonsense".repeat(chance.below(100))),
    (socket) => {
      socket.write(SETTINGS);
      setTimeout(() => socket.destroy(), chance.below(20));
    },
  ];
  return (socket) => {
    socket.resume();
    // Its own end of a connection that is over is not what the test is about.
    socket.on("end", () => socket.end());
    chance.pick(choices)(socket);
  };
}

/** What an HTTP/2 server may do with a call. */
function callMischief(chance: Chance): (stream: ServerHttp2Stream) => void {
  const choices: readonly ((stream: ServerHttp2Stream) => void)[] = [
    () => {},
    (stream) => stream.close(chance.below(14)),
    // Not in the middle of what the session reads: Node 22 does not survive that.
    (stream) => setImmediate(() => stream.session?.destroy()),
    (stream) => sayGoodbye(stream, chance.below(3)),
    (stream) => {
      respondTo(stream, { "grpc-status": String(chance.below(18)) });
      stream.end(framed(Buffer.alloc(chance.below(100_000))));
    },
    (stream) => stream.respond({ ":status": chance.pick([200, 404, 503]) }, { endStream: true }),
  ];
  return (stream) => chance.pick(choices)(stream);
}

/**
 * Says that the session of a call ends, and lets it end: Node reads no more from one that has said so
 * once no call is left on it, so that it would never hear of its caller's end either.
 */
function sayGoodbye({ session }: ServerHttp2Stream, code: number): void {
  session?.goaway(code);
  setImmediate(() => session?.close());
}

/** What one of our own may do with a call. */
function answerMischief(chance: Chance): CallHandler {
  return ({ messages }, respond) => {
    const answers = chance.pick([messages, [], [new Uint8Array(chance.below(200_000))]]);
    chance.pick([
      () => respond(answers),
      () => setTimeout(() => respond(answers), chance.below(30)),
      () => {},
    ])();
  };
}

test.each([1, 2, 3])(
  "calls that meet anything end once, and leave nothing (seed %i)",
  async (seed) => {
    const chance = new Chance(seed);
    const tcpServer = await TestTcpServer.start(tcpMischief(chance));
    const http2Server = await TestHttp2Server.start(callMischief(chance));
    const addresses = [
      tcpServer.address,
      http2Server.address,
      await unusedAddress(),
      `localhost:${portOf(await unusedAddress())}`,
    ];
    const ends: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const listener = closedAtEnd(new GrpcTransport(DEFAULT_LIMITS));
      const patience = { receiveTimeoutMs: 20, sendTimeoutMs: 30 };
      const address = await listenWith(listener, answerMischief(chance), patience);
      const maxConnections = 1 + chance.below(4);
      const caller = closedAtEnd(new GrpcTransport({ ...DEFAULT_LIMITS, maxConnections }));
      for (let count = 0; count < CALLS_A_ROUND; count += 1) {
        const index = ends.push(0) - 1;
        const request = {
          address: chance.pick([address, address, ...addresses]),
          method: chance.pick([STREAM, STREAM, "/no/such"]),
          messages: [new Uint8Array(chance.below(50_000)), new Uint8Array(chance.below(10))],
          timeoutMs: 1 + chance.below(60),
          maxMessages: 3,
        };
        caller.call(request, () => {
          ends[index] = (ends[index] ?? 0) + 1;
        });
        expect(caller.connectionCount).toBeLessThanOrEqual(maxConnections);
        if (chance.below(3) === 0)
          await new Promise((resolve) => setTimeout(resolve, chance.below(10)));
      }
      const both = chance.pick([
        [caller, listener],
        [listener, caller],
      ]);
      await Promise.all(both.map((transport) => transport.close()));
    }
    expect(ends).toEqual(new Array<number>(ROUNDS * CALLS_A_ROUND).fill(1));
    await eventually(() => {
      expect({ tcp: tcpServer.sockets.size, http2: http2Server.sockets.size }).toEqual({
        tcp: 0,
        http2: 0,
      });
    });
  },
);
