// What every transport has to do, as one suite over the interface: grpc.test.ts and memory.test.ts
// run it. What only a real network can do to a transport is in the other files of this folder.

import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { GossipErrorCode } from "../../src/core/errors.js";
import type {
  CallOutcome,
  IncomingCall,
  Respond,
  Transport,
} from "../../src/transport/transport.js";
import { eventually } from "../support/eventually.js";
import {
  callBy,
  closedAtEnd,
  echo,
  errorOf,
  listenWith,
  message,
  messagesOf,
  neverRespond,
  STREAM,
  textsOf,
  toTexts,
  UNARY,
} from "./calling.js";
import { describeKnocks } from "./knock-conformance.js";
import { describeLinkEnds, describeLinks } from "./link-conformance.js";
import type { TransportKind } from "./transport-kind.js";

/** Runs the suite. */
export function describeTransport(kind: TransportKind): void {
  describe(`${kind.name}: a call`, () => describeCalls(kind));
  describe(`${kind.name}: a call that fails`, () => describeFailures(kind));
  describe(`${kind.name}: limits`, () => describeLimits(kind));
  describe(`${kind.name}: listening`, () => describeListening(kind));
  describe(`${kind.name}: closing`, () => describeClosing(kind));
  describe(`${kind.name}: a link`, () => describeLinks(kind));
  describe(`${kind.name}: a link that ends`, () => describeLinkEnds(kind));
  describe(`${kind.name}: a knock`, () => describeKnocks(kind));
}

function describeCalls({ createNetwork }: TransportKind): void {
  /** A caller, and the address of an echo. */
  async function callerAndEcho(): Promise<[Transport, string]> {
    const network = createNetwork();
    const listener = closedAtEnd(network.createTransport());
    const address = await listenWith(listener, echo);
    return [closedAtEnd(network.createTransport()), address];
  }

  test.each([UNARY, STREAM])("%s brings its message there, and the answer back", async (method) => {
    const network = createNetwork();
    const calls: IncomingCall[] = [];
    const listener = closedAtEnd(network.createTransport());
    const address = await listenWith(listener, (call, respond) => {
      calls.push(call);
      respond([message("here it is")]);
    });
    const caller = closedAtEnd(network.createTransport());

    const outcome = await callBy(caller, { address, method, messages: [message("give me")] });

    expect(calls.map((call) => call.method)).toEqual([method]);
    expect(calls.map(({ messages }) => toTexts(messages))).toEqual([["give me"]]);
    expect(calls[0]?.dropped).toBe(0);
    expect(textsOf(outcome)).toEqual(["here it is"]);
    expect(outcome).toHaveProperty("dropped", 0);
  });

  test.each([0, 1, 5, 10_000])("carries %i messages each way, in their order", async (count) => {
    const [caller, address] = await callerAndEcho();
    const messages = messagesOf(count);
    const outcome = await callBy(caller, { address, messages });
    expect(textsOf(outcome)).toEqual(toTexts(messages));
    expect(outcome).toHaveProperty("dropped", 0);
  });

  test("carries empty messages, which are not the same as none", async () => {
    const [caller, address] = await callerAndEcho();
    const messages = [message(""), message("between"), message("")];
    expect(textsOf(await callBy(caller, { address, messages }))).toEqual(["", "between", ""]);
  });

  test("carries a message of a megabyte each way", async () => {
    const [caller, address] = await callerAndEcho();
    const big = new Uint8Array(1_048_576).map((_, index) => index % 251);
    const outcome = await callBy(caller, { address, messages: [big] });
    if (outcome.type === "failed") throw outcome.error;
    expect(outcome.messages).toHaveLength(1);
    expect(Buffer.compare(outcome.messages[0] ?? message(""), big)).toBe(0);
  });

  test("keeps many calls at once apart", async () => {
    const [caller, address] = await callerAndEcho();
    const texts = Array.from({ length: 300 }, (_, index) => `call ${index}`);
    const outcomes = await Promise.all(
      texts.map((text) => callBy(caller, { address, messages: [message(text), message("end")] })),
    );
    expect(outcomes.map(textsOf)).toEqual(texts.map((text) => [text, "end"]));
  });

  test("is answered in whatever order the answers are given", async () => {
    const network = createNetwork();
    const responds: Respond[] = [];
    const listener = closedAtEnd(network.createTransport());
    const address = await listenWith(listener, (_, respond) => responds.push(respond));
    const caller = closedAtEnd(network.createTransport());

    const first = callBy(caller, { address });
    await eventually(() => expect(responds).toHaveLength(1));
    const second = callBy(caller, { address });
    await eventually(() => expect(responds).toHaveLength(2));

    responds[1]?.([message("to the second")]);
    expect(textsOf(await second)).toEqual(["to the second"]);
    responds[0]?.([message("to the first")]);
    expect(textsOf(await first)).toEqual(["to the first"]);
  });

  test("goes both ways between two that listen, and from one to itself", async () => {
    const network = createNetwork();
    const [a, b] = [closedAtEnd(network.createTransport()), closedAtEnd(network.createTransport())];
    const [addressA, addressB] = [await listenWith(a, echo), await listenWith(b, echo)];
    const messages = [message("hello")];
    const outcomes = await Promise.all([
      callBy(a, { address: addressB, messages }),
      callBy(b, { address: addressA, messages }),
      callBy(a, { address: addressA, messages }),
    ]);
    expect(outcomes.map(textsOf)).toEqual([["hello"], ["hello"], ["hello"]]);
  });

  test("shares no bytes between the two sides", async () => {
    const network = createNetwork();
    const received: Uint8Array[] = [];
    const answer = message("answer");
    const listener = closedAtEnd(network.createTransport());
    const address = await listenWith(listener, (call, respond) => {
      received.push(...call.messages);
      respond([answer]);
    });
    const caller = closedAtEnd(network.createTransport());
    const request = message("request");

    const outcome = await callBy(caller, { address, messages: [request] });
    for (const bytes of received) bytes.fill(0);
    if (outcome.type === "answered") for (const bytes of outcome.messages) bytes.fill(0);

    expect(toTexts(received)).toEqual(["\0".repeat(7)]);
    expect(textsOf(outcome)).toEqual(["\0".repeat(6)]);
    expect(request).toEqual(message("request"));
    expect(answer).toEqual(message("answer"));
  });

  test("takes the first of two answers", async () => {
    const network = createNetwork();
    const listener = closedAtEnd(network.createTransport());
    const address = await listenWith(listener, (_, respond) => {
      respond([message("first")]);
      respond([message("second")]);
    });
    const caller = closedAtEnd(network.createTransport());
    expect(textsOf(await callBy(caller, { address }))).toEqual(["first"]);
    expect(textsOf(await callBy(caller, { address }))).toEqual(["first"]);
  });
}

function describeFailures({ createNetwork }: TransportKind): void {
  test("of a method that is not served is CALL_UNSUPPORTED, and harms no other", async () => {
    const network = createNetwork();
    const address = await listenWith(closedAtEnd(network.createTransport()), echo);
    const caller = closedAtEnd(network.createTransport());
    const [unknown, known] = await Promise.all([
      callBy(caller, { address, method: "/test.Echo/NoSuchMethod" }),
      callBy(caller, { address, messages: [message("hello")] }),
    ]);
    expect(errorOf(unknown).code).toBe("CALL_UNSUPPORTED");
    expect(errorOf(unknown).message).toContain(address);
    expect(textsOf(known)).toEqual(["hello"]);
    expect(textsOf(await callBy(caller, { address, messages: [message("again")] }))).toEqual([
      "again",
    ]);
  });

  test("with nobody there is CALL_UNREACHABLE, long before its time is over", async () => {
    const network = createNetwork();
    const address = await network.unusedAddress();
    const caller = closedAtEnd(network.createTransport());
    // Its time is longer than the test's.
    const outcome = await callBy(caller, { address, timeoutMs: 600_000 });
    expect(errorOf(outcome).code).toBe("CALL_UNREACHABLE");
    expect(errorOf(outcome).message).toContain(address);
  });

  test.each(["", "nonsense", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:99999", "a b:1", "host:1\n"])(
    "because %j is no host:port is CALL_UNREACHABLE",
    async (address) => {
      const caller = closedAtEnd(createNetwork().createTransport());
      const outcome = await callBy(caller, { address, timeoutMs: 600_000 });
      expect(errorOf(outcome).code).toBe("CALL_UNREACHABLE");
    },
  );

  test("is CALL_TIMEOUT when the other side is silent, as soon as its time is over", async () => {
    const network = createNetwork();
    const address = await network.silentAddress();
    const caller = closedAtEnd(network.createTransport());
    const order: string[] = [];
    const note = (text: string) => () => order.push(text);
    const outcomes = await Promise.all([
      sleep(600).then(note("600 ms")),
      callBy(caller, { address, timeoutMs: 500 }).then((outcome) => {
        order.push("call of 500 ms");
        return outcome;
      }),
      sleep(400).then(note("400 ms")),
      callBy(caller, { address, timeoutMs: 300 }).then(note("call of 300 ms")),
      sleep(200).then(note("200 ms")),
    ]);
    expect(order).toEqual(["200 ms", "call of 300 ms", "400 ms", "call of 500 ms", "600 ms"]);
    expect(errorOf(outcomes[1] as CallOutcome).code).toBe("CALL_TIMEOUT");
    expect(errorOf(outcomes[1] as CallOutcome).message).toContain(address);
  });

  test("is CALL_TIMEOUT when the handler never answers; an answer after it does no harm", async () => {
    const network = createNetwork();
    const responds: Respond[] = [];
    const listener = closedAtEnd(network.createTransport());
    const address = await listenWith(listener, (_, respond) => responds.push(respond));
    const caller = closedAtEnd(network.createTransport());

    const outcome = await callBy(caller, { address, timeoutMs: 300 });
    expect(errorOf(outcome).code).toBe("CALL_TIMEOUT");
    expect(responds).toHaveLength(1);

    responds[0]?.([message("too late")]);
    const next = callBy(caller, { address });
    await eventually(() => expect(responds).toHaveLength(2));
    responds[1]?.([message("in time")]);
    expect(textsOf(await next)).toEqual(["in time"]);
  });

  test("is CALL_UNREACHABLE at once when the other side closes before it has answered", async () => {
    const network = createNetwork();
    const listener = closedAtEnd(network.createTransport());
    const responds: Respond[] = [];
    const address = await listenWith(listener, (_, respond) => responds.push(respond));
    const caller = closedAtEnd(network.createTransport());
    const call = callBy(caller, { address, timeoutMs: 600_000 });
    await eventually(() => expect(responds).toHaveLength(1));

    await listener.close();
    responds[0]?.([message("from the grave")]);
    expect(errorOf(await call).code).toBe("CALL_UNREACHABLE");
  });

  test("is told once, as every call is, and never before the call has been made", async () => {
    const network = createNetwork();
    const listener = closedAtEnd(network.createTransport());
    const address = await listenWith(listener, echo);
    const mute = await listenWith(closedAtEnd(network.createTransport()), neverRespond);
    const nobody = await network.unusedAddress();
    const silent = await network.silentAddress();
    const caller = closedAtEnd(network.createTransport());
    const ends: string[] = [];

    function begin(expected: "answered" | GossipErrorCode, request: Parameters<typeof callBy>[1]) {
      let hasReturned = false;
      const whole = {
        method: STREAM,
        messages: [],
        timeoutMs: 600_000,
        maxMessages: 1,
        ...request,
      };
      caller.call(whole, (outcome) => {
        const end = outcome.type === "answered" ? "answered" : outcome.error.code;
        ends.push(`${end}, expected ${expected}${hasReturned ? "" : ", before call() returned"}`);
      });
      hasReturned = true;
    }
    begin("answered", { address });
    begin("CALL_UNSUPPORTED", { address, method: "/test.Echo/NoSuchMethod" });
    begin("CALL_UNREACHABLE", { address: nobody });
    begin("CALL_UNREACHABLE", { address: "nonsense" });
    begin("CALL_TIMEOUT", { address: mute, timeoutMs: 200 });
    begin("CALL_TIMEOUT", { address: silent, timeoutMs: 200 });
    await eventually(() => expect(ends).toHaveLength(6));
    begin("STOPPED", { address: mute });
    begin("STOPPED", { address: silent });
    begin("STOPPED", { address: nobody });
    await caller.close();
    begin("STOPPED", { address });
    await listener.close();
    await eventually(() => expect(ends).toHaveLength(10));

    const expectedEnds = [
      "answered",
      "CALL_TIMEOUT",
      "CALL_TIMEOUT",
      "CALL_UNREACHABLE",
      "CALL_UNREACHABLE",
      "CALL_UNSUPPORTED",
      "STOPPED",
      "STOPPED",
      "STOPPED",
      "STOPPED",
    ].map((end) => `${end}, expected ${end}`);
    expect(ends.toSorted()).toEqual(expectedEnds.toSorted());
  });
}

function describeLimits({ createNetwork }: TransportKind): void {
  test("what is sent beyond the listener's maxMessages is dropped and counted", async () => {
    const network = createNetwork();
    const calls: IncomingCall[] = [];
    const listener = closedAtEnd(network.createTransport());
    const address = await listenWith(
      listener,
      (call, respond) => {
        calls.push(call);
        respond([]);
      },
      { maxMessages: 3 },
    );
    const caller = closedAtEnd(network.createTransport());
    for (const count of [3, 4, 1_000]) {
      const outcome = await callBy(caller, { address, messages: messagesOf(count) });
      expect(textsOf(outcome)).toEqual([]);
    }
    expect(calls.map((call) => [call.messages.length, call.dropped])).toEqual([
      [3, 0],
      [3, 1],
      [3, 997],
    ]);
    const kept = ["message 0", "message 1", "message 2"];
    expect(calls.map(({ messages }) => toTexts(messages))).toEqual([kept, kept, kept]);
  });

  test("what is answered beyond the caller's maxMessages is dropped and counted", async () => {
    const network = createNetwork();
    const address = await listenWith(closedAtEnd(network.createTransport()), echo);
    const caller = closedAtEnd(network.createTransport());
    for (const [count, dropped] of [
      [3, 0],
      [4, 1],
      [1_000, 997],
    ] as const) {
      const messages = messagesOf(count);
      const outcome = await callBy(caller, { address, messages, maxMessages: 3 });
      expect(textsOf(outcome)).toEqual(["message 0", "message 1", "message 2"]);
      expect(outcome).toHaveProperty("dropped", dropped);
    }
  });
}

function describeListening({ hosts, createNetwork }: TransportKind): void {
  test.each(hosts)("on port 0 of %s is on a free port, another each time", async (host) => {
    const network = createNetwork();
    const addresses: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const listener = closedAtEnd(network.createTransport());
      addresses.push(await listenWith(listener, echo, { address: `${host}:0` }));
    }
    expect(new Set(addresses).size).toBe(3);
    const caller = closedAtEnd(network.createTransport());
    for (const address of addresses) {
      expect(address).not.toMatch(/:0$/);
      const outcome = await callBy(caller, { address, messages: [message(address)] });
      expect(textsOf(outcome)).toEqual([address]);
    }
  });

  test("on an address in use is refused with ADDRESS_IN_USE until it is free", async () => {
    const network = createNetwork();
    const first = closedAtEnd(network.createTransport());
    const held = await listenWith(first, echo);
    const second = closedAtEnd(network.createTransport());
    await expect(listenWith(second, echo, { address: held })).rejects.toMatchObject({
      code: "ADDRESS_IN_USE",
      message: expect.stringContaining(held),
    });
    await first.close();
    expect(await listenWith(second, echo, { address: held })).toBe(held);
  });

  test.each(["", "nonsense", "127.0.0.1", "127.0.0.1:port", "::1:7946", "127.0.0.1:99999"])(
    "on %j is refused with INVALID_ADDRESS",
    async (address) => {
      const transport = closedAtEnd(createNetwork().createTransport());
      await expect(listenWith(transport, echo, { address })).rejects.toMatchObject({
        code: "INVALID_ADDRESS",
      });
    },
  );

  test("at two addresses at once is refused", async () => {
    const transport = closedAtEnd(createNetwork().createTransport());
    const address = await listenWith(transport, echo);
    await expect(listenWith(transport, echo)).rejects.toMatchObject({ code: "LISTEN_FAILED" });
    const outcome = await callBy(transport, { address, messages: [message("still here")] });
    expect(textsOf(outcome)).toEqual(["still here"]);
  });

  test("after the close is refused with STOPPED", async () => {
    const transport = createNetwork().createTransport();
    await transport.close();
    await expect(listenWith(transport, echo)).rejects.toMatchObject({ code: "STOPPED" });
  });
}

function describeClosing({ createNetwork }: TransportKind): void {
  test("fails the calls under way with STOPPED, before it is done", async () => {
    const network = createNetwork();
    const mute = await listenWith(closedAtEnd(network.createTransport()), neverRespond);
    const addresses = [mute, await network.silentAddress(), await network.unusedAddress()];
    const caller = network.createTransport();
    const codes: string[] = [];
    for (const address of addresses) {
      const request = { address, method: UNARY, messages: [], timeoutMs: 20_000, maxMessages: 1 };
      caller.call(request, (outcome) => codes.push(errorOf(outcome).code));
    }
    await caller.close();
    expect(codes).toEqual(["STOPPED", "STOPPED", "STOPPED"]);
  });

  test("ends the listening, and the connections that others made", async () => {
    const network = createNetwork();
    const listener = closedAtEnd(network.createTransport());
    const address = await listenWith(listener, echo);
    const caller = closedAtEnd(network.createTransport());
    expect(textsOf(await callBy(caller, { address, messages: [message("hi")] }))).toEqual(["hi"]);
    await listener.close();
    expect(errorOf(await callBy(caller, { address })).code).toBe("CALL_UNREACHABLE");
  });

  test("leaves no connection", async () => {
    const network = createNetwork();
    const address = await listenWith(closedAtEnd(network.createTransport()), echo);
    const mute = await listenWith(closedAtEnd(network.createTransport()), neverRespond);
    const caller = closedAtEnd(network.createTransport());
    expect(caller.connectionCount).toBe(0);
    await callBy(caller, { address });
    void callBy(caller, { address: mute });
    expect(caller.connectionCount).toBeGreaterThan(0);
    await caller.close();
    expect(caller.connectionCount).toBe(0);
  });

  test("can be done twice, also at once, and before anything else", async () => {
    const network = createNetwork();
    const transport = network.createTransport();
    await listenWith(transport, echo);
    await Promise.all([transport.close(), transport.close()]);
    await transport.close();
    const unused = network.createTransport();
    await unused.close();
    await unused.close();
  });

  test("from within the end of a call tells no other end twice", async () => {
    const network = createNetwork();
    const silent = await network.silentAddress();
    const caller = closedAtEnd(network.createTransport());
    const codes: string[] = [];
    const closings: Promise<void>[] = [];
    for (const address of ["nonsense", silent, "nonsense", silent]) {
      const request = { address, method: UNARY, messages: [], timeoutMs: 20_000, maxMessages: 1 };
      caller.call(request, (outcome) => {
        codes.push(errorOf(outcome).code);
        closings.push(caller.close());
      });
    }
    await eventually(() => expect(codes).toHaveLength(4));
    await Promise.all(closings);
    expect(codes).toHaveLength(4);
  });

  test("is possible from within a handler, and from within the end of a call", async () => {
    const network = createNetwork();
    const listener = closedAtEnd(network.createTransport());
    let closing: Promise<void> | undefined;
    const address = await listenWith(listener, (_, respond) => {
      closing = listener.close();
      respond([message("too late")]);
    });
    const caller = closedAtEnd(network.createTransport());
    const silent = await network.silentAddress();
    const other = callBy(caller, { address: silent });
    const outcome = await new Promise<CallOutcome>((resolve) => {
      caller.call(
        { address, method: UNARY, messages: [], timeoutMs: 20_000, maxMessages: 1 },
        (end) => {
          void caller.close().then(() => resolve(end));
        },
      );
    });
    expect(errorOf(outcome).code).toBe("CALL_UNREACHABLE");
    expect(errorOf(await other).code).toBe("STOPPED");
    await closing;
  });
}
