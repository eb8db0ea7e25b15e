// What links have to do on every transport: the part of the conformance suite that is about them.

import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import type { LinkEnd, Transport } from "../../src/transport/transport.js";
import { eventually } from "../support/eventually.js";
import { callBy, closedAtEnd, echo, listenWith, message, messagesOf, textsOf } from "./calling.js";
import { hostLinks, LINK, type LinkHost, TestLink } from "./linking.js";
import type { TransportKind } from "./transport-kind.js";

/** A link's two sides, and the transports that they are of. */
interface Pair {
  readonly caller: Transport;
  readonly listener: Transport;
  readonly host: LinkHost;
  readonly near: TestLink;
  readonly far: TestLink;
}

/** A link over which a frame has gone each way. */
async function linked({ createNetwork }: TransportKind): Promise<Pair> {
  const network = createNetwork();
  const listener = closedAtEnd(network.createTransport());
  const host = await hostLinks(listener, (link) => link.send("welcome"));
  const caller = closedAtEnd(network.createTransport());
  const near = TestLink.open(caller, { address: host.address });
  near.send("hello");
  const far = await host.first();
  await eventually(() => expect([near.texts, far.texts]).toEqual([["welcome"], ["hello"]]));
  return { caller, listener, host, near, far };
}

/** The turns within which something would have come that is not to come. */
async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await nextTurn();
}

/** The code of the error in an end. */
function codeOf(end: LinkEnd): string {
  return "error" in end ? end.error.code : expect.fail(`no error in ${end.type}`);
}

export function describeLinks(kind: TransportKind): void {
  const { createNetwork } = kind;

  test("brings frames each way, at any time and in their order", async () => {
    const { near, far } = await linked(kind);
    far.send("a", "b");
    await eventually(() => expect(near.texts).toEqual(["welcome", "a", "b"]));
    near.send("c");
    far.send("d");
    near.send("e");
    await eventually(() => expect(far.texts).toEqual(["hello", "c", "e"]));
    await eventually(() => expect(near.texts).toEqual(["welcome", "a", "b", "d"]));
    expect([...near.ends, ...far.ends]).toEqual([]);
  });

  test("takes frames before it is there, and tells nothing before it has been given", async () => {
    const network = createNetwork();
    const host = await hostLinks(closedAtEnd(network.createTransport()), (link) => {
      link.react = (frame) => link.link.send(frame);
    });
    const near = TestLink.open(closedAtEnd(network.createTransport()), { address: host.address });
    near.send("one", "", "three");
    expect(near.link.unsentBytes).toBe(8);
    await eventually(() => expect(near.texts).toEqual(["one", "", "three"]));
    await eventually(() => expect(near.link.unsentBytes).toBe(0));
  });

  test("carries 10,000 frames each way at once, in their order", async () => {
    const network = createNetwork();
    const frames = messagesOf(10_000);
    const host = await hostLinks(closedAtEnd(network.createTransport()), (link) => {
      for (const frame of frames) link.link.send(frame);
    });
    const near = TestLink.open(closedAtEnd(network.createTransport()), { address: host.address });
    for (const frame of frames) near.link.send(frame);
    const far = await host.first();
    await eventually(() => {
      expect([near.frames.length, far.frames.length]).toEqual([10_000, 10_000]);
    });
    const texts = frames.map((frame) => Buffer.from(frame).toString());
    expect(near.texts).toEqual(texts);
    expect(far.texts).toEqual(texts);
    await eventually(() => {
      expect([near.link.unsentBytes, far.link.unsentBytes]).toEqual([0, 0]);
    });
  });

  test("carries a frame of a megabyte each way", async () => {
    const { near, far } = await linked(kind);
    const big = new Uint8Array(1_048_576).map((_, index) => index % 251);
    near.link.send(big);
    far.link.send(big);
    await eventually(() => expect([near.frames.length, far.frames.length]).toEqual([2, 2]));
    for (const { frames } of [near, far]) {
      expect(Buffer.compare(frames[1] ?? message(""), big)).toBe(0);
    }
  });

  test("shares no bytes between the two sides", async () => {
    const { near, far } = await linked(kind);
    const frame = message("frame");
    near.link.send(frame);
    await eventually(() => expect(far.frames).toHaveLength(2));
    far.frames[1]?.fill(0);
    expect(frame).toEqual(message("frame"));
  });

  test("has a connection of its own, beside that of the calls", async () => {
    const { caller, host, near } = await linked(kind);
    expect(caller.connectionCount).toBe(1);
    const second = TestLink.open(caller, { address: host.address });
    expect(caller.connectionCount).toBe(2);
    await eventually(() => expect(second.texts).toEqual(["welcome"]));
    const outcome = await callBy(caller, { address: host.address, messages: [message("call")] });
    expect(textsOf(outcome)).toEqual(["call"]);
    for (const { link } of [near, second]) link.close();
    await eventually(() => expect(caller.connectionCount).toBeLessThan(2));
  });

  test("goes from a transport to itself", async () => {
    const transport = closedAtEnd(createNetwork().createTransport());
    const host = await hostLinks(transport, (link) => link.send("it is me"));
    const near = TestLink.open(transport, { address: host.address });
    await eventually(() => expect(near.texts).toEqual(["it is me"]));
  });
}

export function describeLinkEnds(kind: TransportKind): void {
  const { createNetwork } = kind;

  test("as closed by the one who opened it has brought all frames before", async () => {
    const { caller, near, far } = await linked(kind);
    near.send("the last");
    near.link.close();
    near.send("too late");
    near.link.close();
    expect(await far.ended()).toEqual({ type: "closed" });
    expect(far.texts).toEqual(["hello", "the last"]);
    far.send("into the void");
    await eventually(() => expect(caller.connectionCount).toBe(0));
    expect(near.ends).toEqual([]);
    expect(near.texts).toEqual(["welcome"]);
    expect(near.link.unsentBytes).toBe(0);
  });

  test("as closed by the one who took it has brought all frames before", async () => {
    const { caller, near, far } = await linked(kind);
    far.send("the last");
    far.link.close();
    far.send("too late");
    expect(await near.ended()).toEqual({ type: "closed" });
    expect(near.texts).toEqual(["welcome", "the last"]);
    expect(caller.connectionCount).toBe(0);
    near.send("into the void");
    near.link.close();
    await someTurns();
    expect([near.ends, far.ends]).toEqual([[{ type: "closed" }], []]);
  });

  test("as closed by both at once is told to neither", async () => {
    const { caller, near, far } = await linked(kind);
    near.link.close();
    far.link.close();
    await eventually(() => expect(caller.connectionCount).toBe(0));
    await someTurns();
    expect([near.ends, far.ends]).toEqual([[], []]);
  });

  test("as closed before it was there tells the other side of both", async () => {
    const network = createNetwork();
    const host = await hostLinks(closedAtEnd(network.createTransport()));
    const near = TestLink.open(closedAtEnd(network.createTransport()), { address: host.address });
    near.send("hello and good-bye");
    near.link.close();
    const far = await host.first();
    expect(await far.ended()).toEqual({ type: "closed" });
    expect(far.texts).toEqual(["hello and good-bye"]);
    expect(near.ends).toEqual([]);
  });

  test.each(["wrong cluster", "100 % not ü \ud83d\ude00 that\nway"])(
    "as refused gives the reason: %j",
    async (reason) => {
      const network = createNetwork();
      const host = await hostLinks(closedAtEnd(network.createTransport()), (link) =>
        link.link.refuse(reason),
      );
      const caller = closedAtEnd(network.createTransport());
      const near = TestLink.open(caller, { address: host.address });
      near.send("hello");
      const end = await near.ended();
      expect(end.type).toBe("refused");
      expect(end).toHaveProperty("reason", expect.stringContaining(reason.slice(0, 10)));
      expect(caller.connectionCount).toBe(0);
      const far = await host.first();
      far.send("no more");
      far.link.refuse("again");
      await someTurns();
      expect(far).toMatchObject({ frames: [], ends: [] });
      expect(near.frames).toEqual([]);
    },
  );

  test("as refused after its first frame gives the reason too", async () => {
    const network = createNetwork();
    const host = await hostLinks(closedAtEnd(network.createTransport()), (link) => {
      link.react = () => link.link.refuse("not with that");
    });
    const near = TestLink.open(closedAtEnd(network.createTransport()), { address: host.address });
    near.send("hello");
    expect(await near.ended()).toEqual({ type: "refused", reason: "not with that" });
    const far = await host.first();
    expect(far.texts).toEqual(["hello"]);
    expect(far.ends).toEqual([]);
  });

  test("as unserved was opened where no links are taken, or not at that path", async () => {
    const network = createNetwork();
    const without = await listenWith(closedAtEnd(network.createTransport()), echo);
    const host = await hostLinks(closedAtEnd(network.createTransport()));
    const caller = closedAtEnd(network.createTransport());
    const ends = await Promise.all([
      TestLink.open(caller, { address: without }).ended(),
      TestLink.open(caller, { address: host.address, method: `${LINK}2` }).ended(),
    ]);
    expect(ends).toEqual([{ type: "unserved" }, { type: "unserved" }]);
    expect(host.links).toEqual([]);
    expect(caller.connectionCount).toBe(0);
  });

  test("as broken is told to the one whose other side was closed whole", async () => {
    const { caller, listener, near, far } = await linked(kind);
    await listener.close();
    const end = await near.ended();
    expect(end.type).toBe("broken");
    expect(codeOf(end)).toBe("CALL_UNREACHABLE");
    expect(caller.connectionCount).toBe(0);
    far.send("from the grave");
    far.link.close();
    expect(far.ends).toEqual([]);
  });

  test("as broken is told to the one who took it, when the other was closed whole", async () => {
    const { caller, near, far } = await linked(kind);
    await caller.close();
    expect(caller.connectionCount).toBe(0);
    const end = await far.ended();
    expect(end.type).toBe("broken");
    expect(codeOf(end)).toBe("CALL_UNREACHABLE");
    expect(near.ends).toEqual([]);
    expect(far.link.unsentBytes).toBe(0);
  });

  test("because nobody listens there is broken, long before its time is over", async () => {
    const network = createNetwork();
    const caller = closedAtEnd(network.createTransport());
    for (const address of [await network.unusedAddress(), "nonsense", "", "host:1\n"]) {
      const near = TestLink.open(caller, { address });
      near.send("hello?");
      const end = await near.ended();
      expect(end.type).toBe("broken");
      expect(codeOf(end)).toBe("CALL_UNREACHABLE");
      expect(end).toHaveProperty("error.message", expect.stringContaining(address));
    }
    expect(caller.connectionCount).toBe(0);
  });

  test("because the other side says nothing has timed out", async () => {
    const network = createNetwork();
    const mute = await hostLinks(closedAtEnd(network.createTransport()));
    const caller = closedAtEnd(network.createTransport());
    for (const address of [await network.silentAddress(), mute.address]) {
      const near = TestLink.open(caller, { address, timeoutMs: 300 });
      near.send("hello?");
      const end = await near.ended();
      expect(end.type).toBe("timed-out");
      expect(codeOf(end)).toBe("CALL_TIMEOUT");
      expect(end).toHaveProperty("error.message", expect.stringContaining(address));
    }
    expect(caller.connectionCount).toBe(0);
    expect((await (await mute.first()).ended()).type).toBe("broken");
  });

  test("has no time that it must end within, once a frame has come", async () => {
    const network = createNetwork();
    const host = await hostLinks(closedAtEnd(network.createTransport()), (link) =>
      link.send("welcome"),
    );
    const mute = await hostLinks(closedAtEnd(network.createTransport()));
    const caller = closedAtEnd(network.createTransport());
    const near = TestLink.open(caller, { address: host.address, timeoutMs: 1_000 });
    await eventually(() => expect(near.texts).toEqual(["welcome"]));
    // It begins later, so that the first's time is over when it ends.
    const other = TestLink.open(caller, { address: mute.address, timeoutMs: 1_000 });
    expect((await other.ended()).type).toBe("timed-out");
    expect(near.ends).toEqual([]);
    near.send("still here");
    await eventually(async () => expect((await host.first()).texts).toEqual(["still here"]));
  });

  test("with its transport is told nothing, and one that is opened then is none", async () => {
    const network = createNetwork();
    const host = await hostLinks(closedAtEnd(network.createTransport()), (link) =>
      link.send("welcome"),
    );
    const caller = closedAtEnd(network.createTransport());
    const addresses = [host.address, await network.silentAddress(), "nonsense"];
    const links = addresses.map((address) => TestLink.open(caller, { address, timeoutMs: 100 }));
    await caller.close();
    const late = TestLink.open(caller, { address: host.address, timeoutMs: 100 });
    late.send("hello?");
    late.link.close();
    const other = closedAtEnd(network.createTransport());
    await TestLink.open(other, { address: await network.silentAddress(), timeoutMs: 300 }).ended();
    for (const link of [...links, late]) expect(link).toMatchObject({ frames: [], ends: [] });
    expect(late.link.unsentBytes).toBe(0);
    expect(caller.connectionCount).toBe(0);
  });

  test("can be closed, and its transport too, from within what it is told", async () => {
    const network = createNetwork();
    const listener = closedAtEnd(network.createTransport());
    const host = await hostLinks(listener, (link) => {
      link.send("one", "two");
      link.react = () => void listener.close();
    });
    const caller = closedAtEnd(network.createTransport());
    const near = TestLink.open(caller, { address: host.address });
    near.react = () => near.link.close();
    await eventually(() => expect(near.texts).toEqual(["one"]));
    await eventually(() => expect(caller.connectionCount).toBe(0));
    const last = TestLink.open(caller, { address: host.address });
    last.send("close");
    expect((await last.ended()).type).toBe("broken");
    expect(near.texts).toEqual(["one"]);
    expect(host.links[1]?.ends).toEqual([]);
  });
}
