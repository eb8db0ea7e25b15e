// A caller that writes HTTP/2 frames by hand over TCP: what no HTTP/2 library would let it do, such
// as leaving its side of a call open for ever, or reading nothing.

import { connect, type Socket } from "node:net";
import { expect, onTestFinished } from "vitest";
import { eventually } from "../support/eventually.js";
import { portOf } from "../support/hosts.js";
import { STREAM } from "./calling.js";
import { FRAME, type Frame, FrameReader, frame, PREFACE } from "./frames.js";

const END_STREAM = 1;
const END_HEADERS = 4;
const INITIAL_WINDOW_SIZE = 4;
const LARGEST_WINDOW = 2 ** 31 - 1;
const DEFAULT_WINDOW = 65_535;

/** One TCP connection to a server. */
export class RawCaller {
  readonly socket: Socket;
  /** All frames that came so far. */
  readonly frames: Frame[] = [];
  isClosed = false;
  readonly #reader = new FrameReader();
  /** The server has said that it will send no more. */
  #hasEnded = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (bytes: Buffer) => this.frames.push(...this.#reader.read(bytes)));
    socket.on("error", () => {});
    socket.on("end", () => {
      this.#hasEnded = true;
    });
    socket.on("close", () => {
      this.isClosed = true;
    });
  }

  /** Connects, and says nothing; closed when the test ends. */
  static async connect(address: string): Promise<RawCaller> {
    const socket = connect({ host: "127.0.0.1", port: portOf(address), allowHalfOpen: true });
    const caller = new RawCaller(socket);
    onTestFinished(() => void socket.destroy());
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return caller;
  }

  /** Connects and begins to speak HTTP/2. */
  static async start(address: string): Promise<RawCaller> {
    const caller = await RawCaller.connect(address);
    caller.socket.write(PREFACE);
    caller.sendFrame(FRAME.settings, 0, 0, Buffer.alloc(0));
    return caller;
  }

  /** Lets the server send as much as it likes. */
  openWindows(): void {
    const settings = Buffer.alloc(6);
    settings.writeUInt16BE(INITIAL_WINDOW_SIZE, 0);
    settings.writeUInt32BE(LARGEST_WINDOW, 2);
    this.sendFrame(FRAME.settings, 0, 0, settings);
    const increment = Buffer.alloc(4);
    increment.writeUInt32BE(LARGEST_WINDOW - DEFAULT_WINDOW);
    this.sendFrame(FRAME.windowUpdate, 0, 0, increment);
  }

  /** Begins a call; its stream stays open on our side. */
  beginCall(streamId: number, headers: Readonly<Record<string, string>> = {}): void {
    const all = {
      ":method": "POST",
      ":scheme": "http",
      ":path": STREAM,
      ":authority": "test",
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    };
    const block = Object.entries(all).map(([name, value]) => literalHeader(name, value));
    this.sendFrame(FRAME.headers, END_HEADERS, streamId, Buffer.concat(block));
  }

  /** Sends one gRPC message. */
  sendMessage(streamId: number, message: Uint8Array, { isCompressed = false } = {}): void {
    const prefix = Buffer.alloc(5);
    prefix.writeUInt8(isCompressed ? 1 : 0, 0);
    prefix.writeUInt32BE(message.byteLength, 1);
    this.sendFrame(FRAME.data, 0, streamId, Buffer.concat([prefix, message]));
  }

  /** Closes our side of a call. */
  endCall(streamId: number): void {
    this.sendFrame(FRAME.data, END_STREAM, streamId, Buffer.alloc(0));
  }

  sendFrame(type: number, flags: number, streamId: number, payload: Buffer): void {
    this.socket.write(frame({ type, flags, streamId, payload }));
  }

  /** The frames of one type that came on a stream. */
  framesOf(type: number, streamId: number): Frame[] {
    return this.frames.filter((frame) => frame.type === type && frame.streamId === streamId);
  }

  /** Whether the server has ended that call, with a status. */
  hasEnded(streamId: number): boolean {
    return this.framesOf(FRAME.headers, streamId).some(({ flags }) => (flags & END_STREAM) !== 0);
  }

  /**
   * Waits until the server has closed the connection altogether. Our side stays open; that what we
   * send is refused shows that the server does not wait for it.
   */
  waitForClose(): Promise<void> {
    return eventually(() => {
      if (this.#hasEnded) this.socket.write("are you still there?");
      expect(this.isClosed).toBe(true);
    });
  }
}

/** A header field as HPACK writes it when it compresses nothing. */
function literalHeader(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0]), ...[name, value].map(literalString)]);
}

function literalString(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text, "latin1")]);
}
