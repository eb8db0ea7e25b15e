// A caller on Node's own HTTP/2 client, which knows no gRPC: it does at each moment what a test
// says, and notes what the server does.

import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
} from "node:http2";
import { expect, onTestFinished } from "vitest";
import { eventually } from "../support/eventually.js";
import { STREAM } from "./calling.js";

/** A connection. */
export class Http2Caller {
  readonly session: ClientHttp2Session;
  pings = 0;
  hasGoaway = false;
  isClosed = false;

  /** Connects; closed when the test ends. */
  constructor(address: string) {
    this.session = connect(`http://${address}`);
    this.session.on("error", () => {});
    this.session.on("ping", () => {
      this.pings += 1;
    });
    this.session.on("goaway", () => {
      this.hasGoaway = true;
    });
    this.session.on("close", () => {
      this.isClosed = true;
    });
    onTestFinished(() => this.session.destroy());
  }

  /** Begins a call; our side of it stays open until {@link Http2Call.end}. */
  begin(headers: Readonly<Record<string, string>> = {}): Http2Call {
    const all = {
      ":method": "POST",
      ":path": STREAM,
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    };
    return new Http2Call(this.session.request(all, { endStream: false }));
  }

  waitForClose(): Promise<void> {
    return eventually(() => expect(this.isClosed).toBe(true));
  }
}

/** A call. */
export class Http2Call {
  readonly stream: ClientHttp2Stream;
  /** The headers and trailers that came. */
  #headers: IncomingHttpHeaders = {};
  #hasTrailers = false;
  bytesReceived = 0;

  constructor(stream: ClientHttp2Stream) {
    this.stream = stream;
    stream.on("error", () => {});
    const add = (headers: IncomingHttpHeaders): void => {
      this.#headers = { ...this.#headers, ...headers };
      this.#hasTrailers ||= "grpc-status" in headers;
    };
    stream.on("response", add);
    stream.on("trailers", add);
  }

  /** Reads the answer; until then the server can send no more than a window full of it. */
  read(): this {
    this.stream.on("data", (bytes: Buffer) => {
      this.bytesReceived += bytes.byteLength;
    });
    return this;
  }

  /** Sends one message as it stands on the wire. */
  send(text: string): this {
    this.stream.write(framed(Buffer.from(text)));
    return this;
  }

  /** Closes our side. */
  end(): this {
    this.stream.end();
    return this;
  }

  /** The gRPC status and message with which the server has ended the call. */
  async status(boundMs?: number): Promise<string> {
    await eventually(() => expect(this.#hasTrailers || this.stream.closed).toBe(true), boundMs);
    if (!this.#hasTrailers) return `no status, but ${this.stream.rstCode}`;
    const message = this.#headers["grpc-message"];
    return `${this.#headers["grpc-status"]} ${decodeURI(String(message ?? ""))}`;
  }
}

/** A message as gRPC frames it. */
export function framed(message: Uint8Array, { isCompressed = false } = {}): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(isCompressed ? 1 : 0, 0);
  prefix.writeUInt32BE(message.byteLength, 1);
  return Buffer.concat([prefix, message]);
}
