// Calls that no well-behaved peer makes.

import { connect } from "node:net";
import { status } from "@grpc/grpc-js";
import { expect, onTestFinished, test } from "vitest";
import { eventually } from "../support/eventually.js";
import { portOf } from "../support/hosts.js";
import { forEachFailureDetection, startPeer } from "../support/peers.js";
import { RawClient, SHARE_DATA } from "../support/raw-client.js";
import { Victim } from "../support/victim.js";

/** An original takes longer than this for a reason to give a peer up. */
const ANSWER_BOUND_MS = 2_000;

forEachFailureDetection(() => {
  test.each(["/GossipService/Shutdown", "/gossip.v9.Other/Link", "/"])(
    "an RPC that does not exist is UNIMPLEMENTED: %s",
    async (method) => {
      const victim = await Victim.start();
      const { code } = await victim.attacker.call(method, [Buffer.alloc(10)]);
      expect(code).toBe(status.UNIMPLEMENTED);
      await victim.expectUnharmed();
    },
  );

  test("a client that opens a stream and says nothing is answered all the same", async () => {
    const victim = await Victim.start();
    // Again if a busy machine made it late; one that waits for the caller is late every time.
    const answer = await eventually(async () => {
      const silence = { halfCloses: false, deadlineMs: ANSWER_BOUND_MS };
      const ended = await victim.attacker.share([], silence);
      expect(ended.code).toBe(status.OK);
      return ended;
    });
    expect(answer.records).toHaveLength(2);
    await victim.expectUnharmed();
  });

  test("what a client says before it falls silent counts", async () => {
    const victim = await Victim.start();
    const newcomer = await startPeer({ name: "newcomer" });
    const record = { addr: newcomer.address, version: 1 };
    const { code } = await victim.attacker.share([record], { halfCloses: false });
    expect(code).toBe(status.OK);
    await victim.expectUnharmed([newcomer]);
  });

  test("a hundred clients that say nothing keep nobody else waiting", async () => {
    const victim = await Victim.start();
    const silent = Array.from({ length: 100 }, () => new RawClient(victim.peer.address));
    const calls = silent.map((client) => client.share([], { halfCloses: false }));
    await victim.expectUnharmed();
    for (const { code } of await Promise.all(calls)) expect(code).toBe(status.OK);
    await victim.expectUnharmed();
  });

  test("callers that hang up in the middle do no harm", async () => {
    const victim = await Victim.start();
    const client = new RawClient(victim.peer.address);
    const calls = Array.from({ length: 50 }, () => {
      return client.share([{ addr: "nonsense" }], { halfCloses: false, deadlineMs: 50 });
    });
    for (const { code } of await Promise.all(calls)) expect(code).toBe(status.DEADLINE_EXCEEDED);
    await victim.expectUnharmed();
  });

  test("connections that never say a word do no harm", async () => {
    const victim = await Victim.start();
    const sockets = Array.from({ length: 100 }, () => {
      const socket = connect(portOf(victim.peer.address), "127.0.0.1");
      socket.on("error", () => {});
      return socket;
    });
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    await eventually(() => expect(sockets.every((socket) => !socket.connecting)).toBe(true));
    await victim.expectUnharmed();
  });

  test.each([
    [
      "random bytes",
      Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 251)),
    ],
    ["HTTP/1.1", Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")],
    ["half of a preface", Buffer.from("PRI * HTTP/2.0\r\n")],
    [
      "a preface, then nonsense",
      Buffer.from(`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${"x".repeat(1_000)}`),
    ],
  ])("connections that do not speak gRPC do no harm: %s", async (_, bytes) => {
    const victim = await Victim.start();
    await victim.attacker.sendGarbage(bytes);
    await victim.expectUnharmed();
  });

  test("a message above limits.maxMessageBytes ends its call, and nothing else", async () => {
    const victim = await Victim.start({ limits: { maxMessageBytes: 1_024 } });
    const { code } = await victim.attacker.call(SHARE_DATA, [Buffer.alloc(1_025, 0xff)]);
    expect(code).toBe(status.RESOURCE_EXHAUSTED);
    await victim.expectUnharmed();
  });
});
