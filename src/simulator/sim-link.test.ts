// A simulated link: frames both ways in their order, what a reader that stands still leaves unsent, and
// how a message that is too long ends it.

import { beforeEach, describe, expect, test } from "vitest";
import { BareWorld, Notes } from "../../test/simulator/bare-world.js";
import type { Link, LinkEnd, LinkListener } from "../transport/transport.js";
import type { Host } from "./host.js";

/** What a process' machine takes of a link before the process reads it. */
const WINDOW_BYTES = 256 * 1_024;

let world: BareWorld;
let notes: Notes;
let client: Host;
let server: Host;
/** The server's side of the link, once it has taken it. */
let far: Link | undefined;

/** Notes each frame by its length, and how the link ended. */
function noting(who: string): LinkListener {
  return {
    onFrame: (frame) => notes.note(`${who} got ${frame.length}`),
    onDrained: () => {},
    onEnd: (end) => notes.note(`${who} saw it ${textOf(end)}`),
  };
}

function textOf(end: LinkEnd): string {
  if (end.type === "refused") return `refused: ${end.reason}`;
  const hasError = end.type === "broken" || end.type === "timed-out";
  return hasError ? `${end.type}: ${end.error.message}` : end.type;
}

/** A link from the client to the server, over which a frame was sent each way. */
function open(): Link {
  const request = { address: server.address, method: "/test.Links/Open", timeoutMs: 2_000 };
  const near = world.transport(client).openLink(request, noting("client"));
  near.send(new Uint8Array(1));
  world.advance(1_000);
  far?.send(new Uint8Array(2));
  world.advance(1_000);
  return near;
}

beforeEach(() => {
  far = undefined;
  world = new BareWorld();
  notes = new Notes(world);
  client = world.host();
  server = world.linkServer((link) => {
    far = link;
    return noting("server");
  });
});

test("frames arrive in their order, and nothing of them stays unsent", () => {
  const near = open();
  for (const length of [30, 10, 20]) near.send(new Uint8Array(length));
  world.advance(1_000);
  expect(notes.all.map(([, what]) => what)).toEqual([
    "server got 1",
    "client got 2",
    "server got 30",
    "server got 10",
    "server got 20",
  ]);
  expect([near.unsentBytes, far?.unsentBytes]).toEqual([0, 0]);
});

describe("a message that is longer than its receiver takes", () => {
  const LONG = "broken: a message of 11 bytes is longer than limits.maxMessageBytes";

  test("ends the link for both, and nothing of it is taken in", () => {
    server.maxMessageBytes = 10;
    const near = open();
    near.send(new Uint8Array(10));
    near.send(new Uint8Array(11));
    near.send(new Uint8Array(5));
    world.advance(1_000);
    expect(notes.all.slice(2)).toEqual([
      [2_010, "server got 10"],
      [2_010, `server saw it ${LONG}`],
      [2_020, `client saw it ${LONG}`],
    ]);
    expect(server.counters.messagesReceived).toBe(2);
  });

  test("does so from the side that was dialled, too", () => {
    client.maxMessageBytes = 10;
    open();
    far?.send(new Uint8Array(11));
    world.advance(1_000);
    expect(notes.all.slice(2)).toEqual([
      [2_010, `client saw it ${LONG}`],
      [2_020, `server saw it ${LONG}`],
    ]);
  });

  test("leaves a fresh link as good as any", () => {
    server.maxMessageBytes = 10;
    open().send(new Uint8Array(11));
    world.advance(1_000);
    const request = { address: server.address, method: "/test.Links/Open", timeoutMs: 2_000 };
    world.transport(client).openLink(request, noting("client again")).send(new Uint8Array(10));
    world.advance(1_000);
    expect(notes.all.at(-1)?.[1]).toBe("server got 10");
  });
});

describe("a reader that stands still", () => {
  const FRAME_BYTES = WINDOW_BYTES / 4;

  /** Sends so many frames, of which four fill the window, and lets them arrive. */
  function sendFrames(near: Link, count: number): void {
    for (let sent = 0; sent < count; sent += 1) near.send(new Uint8Array(FRAME_BYTES));
    world.advance(1_000);
  }

  test.each([
    { how: "paused", stop: () => server.pause(), goOn: () => server.resume() },
    { how: "blocked", stop: () => server.block(), goOn: () => server.unblock() },
  ])("as it is $how, leaves unsent what its window does not hold, until it reads", (one) => {
    const near = open();
    one.stop();
    sendFrames(near, 4);
    expect(near.unsentBytes).toBe(0);
    sendFrames(near, 3);
    expect(near.unsentBytes).toBe(3 * FRAME_BYTES);
    expect(notes.all).toHaveLength(2);
    one.goOn();
    expect(near.unsentBytes).toBe(0);
    expect(notes.all).toHaveLength(9);
    sendFrames(near, 4);
    expect(near.unsentBytes).toBe(0);
  });

  test("has a window for each of its links", () => {
    const [first, second] = [open(), open()];
    server.pause();
    sendFrames(first, 6);
    sendFrames(second, 4);
    expect([first.unsentBytes, second.unsentBytes]).toEqual([2 * FRAME_BYTES, 0]);
  });

  test("is none that runs and is behind: its machine takes whatever comes", () => {
    const near = open();
    server.work(500, () => {});
    for (let sent = 0; sent < 20; sent += 1) near.send(new Uint8Array(FRAME_BYTES));
    world.advance(100);
    expect(near.unsentBytes).toBe(0);
    expect(notes.all).toHaveLength(2);
    world.advance(1_000);
    expect(notes.all).toHaveLength(22);
  });
});

test("a narrow line sends a message byte by byte, and the others are as fast as ever", () => {
  const near = open();
  client.bytesPerMs = 10;
  near.send(new Uint8Array(1_000));
  far?.send(new Uint8Array(1_000));
  world.advance(1_000);
  expect(notes.all.slice(2)).toEqual([
    [2_010.008, "client got 1000"],
    [2_110, "server got 1000"],
  ]);
});
