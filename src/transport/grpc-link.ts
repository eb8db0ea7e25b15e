// A link that we open on gRPC: one stream of frames, on a connection that carries nothing else. It is
// made on node:http2 itself: a client of grpc-js costs several times as much to set up and to hold,
// and what it adds, such as retries and balancing, a link has no use for.

import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  constants,
} from "node:http2";
import { connect as connectTcp, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { status } from "@grpc/grpc-js";
import { type HostAndPort, parseAddress } from "../core/address.js";
import { GossipError } from "../core/errors.js";
import { type AddressFilter, NOT_ALLOWED } from "./address-filter.js";
import { setAlarm } from "./alarm.js";
import { Dial, type DialEnd, type DialSetup } from "./dial.js";
import { WINDOW_BYTES } from "./flow-control.js";
import { FrameWriter, LINGER_MS } from "./frame-writer.js";
import { expiredError, type GrpcStatus, linkEnd } from "./grpc-errors.js";
import { statusOf } from "./grpc-headers.js";
import { framed, MessageReader } from "./grpc-message.js";
import { authorityOf } from "./grpc-resolver.js";
import {
  clearTimeout,
  monotonicMs,
  queueMicrotask,
  setImmediate,
  setTimeout,
} from "./platform-timers.js";
import { holderOf, TlsDial } from "./tls-credentials.js";
import type { TlsIdentity } from "./tls-identity.js";
import type { Link, LinkEnd, LinkListener, LinkRequest } from "./transport.js";
import type { TransportTls } from "./transport-tls.js";

/** Only its scheme counts: whom we dial is the socket's affair, and whom we name the request's. */
const ORIGIN = "http://peer";
const REQUEST = {
  ":method": "POST",
  te: "trailers",
  "content-type": "application/grpc",
  "grpc-accept-encoding": "identity",
} as const;
const SETTINGS = {
  settings: { enablePush: false, initialWindowSize: WINDOW_BYTES },
  // What waits is counted, and bounded, by those who send it.
  maxSessionMemory: Number.MAX_SAFE_INTEGER,
} as const;

/**
 * A timer that comes so late tells that this process stood still, or is far behind: it has read too
 * little for the silence to be the other side's. Then the time is given anew, a few times at most. A
 * process that ends its links sooner than it can make them never gets anywhere.
 */
const STALL_MS = 100;
const MAX_STALLS = 4;

/** What a reset stream means, by the code of HTTP/2; anything else is an internal error. */
const STATUS_OF_RESET: Readonly<Record<number, status>> = {
  [constants.NGHTTP2_REFUSED_STREAM]: status.UNAVAILABLE,
  [constants.NGHTTP2_CANCEL]: status.CANCELLED,
  [constants.NGHTTP2_ENHANCE_YOUR_CALM]: status.RESOURCE_EXHAUSTED,
  [constants.NGHTTP2_INADEQUATE_SECURITY]: status.PERMISSION_DENIED,
};

/** What a link is carried by. */
interface Wire {
  readonly socket: Socket;
  readonly session: ClientHttp2Session;
  readonly stream: ClientHttp2Stream;
}

/** How a link is made: to whom, and over plain text unless there is TLS. */
export interface LinkSetup extends DialSetup {
  readonly tls?: TransportTls | undefined;
}

/** A link to another. */
export class GrpcLink implements Link {
  readonly #request: LinkRequest;
  readonly #listener: LinkListener;
  readonly #onGone: () => void;
  readonly #reader: MessageReader;
  readonly #frames: FrameWriter;
  /** On its way to a name; an IP address is connected to at once. */
  #dial: Dial | undefined;
  #wire: Wire | undefined;
  /** What is to be written once there is a stream, in this order. */
  #held: ((stream: ClientHttp2Stream) => void)[] = [];
  #state: "open" | "closing" | "ended" = "open";
  #hasHeard = false;
  #stalls = 0;
  /** With which status the other side ended it. */
  #status: GrpcStatus | undefined;
  /** Why the connection could not be made, or broke. */
  #failure: Error | undefined;
  /** Of the wait for the first frame, then of the close. */
  #timer: NodeJS.Timeout | undefined;
  /** Undefined in plain text. */
  #secure: { readonly dial: TlsDial; readonly socket: TLSSocket } | undefined;
  #holder: TlsIdentity | undefined;
  #stopAlarm: () => void = () => {};

  /** `onGone` is called once nothing is left of it, whoever ended it. */
  constructor(
    request: LinkRequest,
    listener: LinkListener,
    maxMessageBytes: number,
    onGone: () => void,
  ) {
    this.#request = request;
    this.#listener = listener;
    this.#onGone = onGone;
    this.#reader = new MessageReader({
      maxBytes: maxMessageBytes,
      encoding: undefined,
      onMessage: (message) => this.#onFrame(message),
    });
    this.#frames = new FrameWriter(
      (batch, onSent) => this.#onStream((stream) => stream.write(framed(batch), onSent)),
      () => {
        if (this.#state === "open") this.#listener.onDrained();
      },
    );
  }

  get unsentBytes(): number {
    return this.#state === "ended" ? 0 : this.#frames.unsentBytes;
  }

  get holder(): TlsIdentity | undefined {
    return this.#holder;
  }

  start(setup: LinkSetup): void {
    const { address } = this.#request;
    const parts = parseAddress(address);
    if (parts === undefined) {
      const error = new GossipError("CALL_UNREACHABLE", `${address}: no host:port to dial`);
      queueMicrotask(() => this.#end({ type: "broken", error }));
      return;
    }
    this.#waitForFirst();
    if (parts.hostType === "name") {
      this.#dial = new Dial(parts, setup, (end) => this.#onDialled(end, setup));
    } else this.#begin(this.#connect(parts, setup.filter), setup);
  }

  send(frame: Uint8Array): void {
    if (this.#state === "open") this.#frames.send(frame);
  }

  close(): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    clearTimeout(this.#timer);
    this.#frames.end(() => this.#onStream((stream) => stream.end()));
    this.#timer = setTimeout(() => this.abandon(), LINGER_MS);
  }

  /** There is nothing to refuse in a link of our own. */
  refuse(): void {
    this.close();
  }

  /**
   * Ends it at once, without a word to anyone. The stream is not ended, only its connection cut: to
   * the other side an ended one looks like a close.
   */
  abandon(): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    clearTimeout(this.#timer);
    this.#stopAlarm();
    this.#dial?.cancel();
    this.#wire?.socket.destroy();
    this.#wire = undefined;
    this.#held = [];
    this.#onGone();
  }

  /** A connection that is on its way to be made. */
  #connect({ host, port }: HostAndPort, filter: AddressFilter | undefined): Socket {
    const socket = connectTcp({ host, port, noDelay: true });
    if (filter?.allows(host) === false) socket.destroy(new Error(NOT_ALLOWED));
    return socket;
  }

  #onDialled(end: DialEnd, setup: LinkSetup): void {
    if (this.#state === "ended") return;
    if (end.type === "connected") return this.#begin(end.socket, setup);
    const [first] = end.errors;
    const details = first?.message ?? "it cannot be reached";
    this.#end(this.#endBy({ code: status.UNAVAILABLE, details }));
  }

  /** Speaks over a connection that is there, or is being made. */
  #begin(connection: Socket, { tls }: LinkSetup): void {
    const socket = tls === undefined ? connection : this.#secured(connection, tls);
    const session = connectHttp2(ORIGIN, { ...SETTINGS, createConnection: () => socket });
    session.on("error", (error) => this.#onFailure(error));
    // The link may have ended while it was being made.
    session.once("connect", () => {
      if (!session.destroyed) session.setLocalWindowSize(WINDOW_BYTES);
    });
    const stream = session.request({
      ...REQUEST,
      ":path": this.#request.method,
      ":authority": authorityOf(this.#request.address),
    });
    this.#wire = { socket, session, stream };
    this.#listen(stream);
    for (const write of this.#held.splice(0)) write(stream);
  }

  #secured(connection: Socket, tls: TransportTls): TLSSocket {
    const dial = new TlsDial(tls, this.#request);
    const socket = dial.secure(connection, (error) => this.#onFailure(error));
    this.#secure = { dial, socket };
    return socket;
  }

  #onStream(write: (stream: ClientHttp2Stream) => void): void {
    if (this.#wire !== undefined) write(this.#wire.stream);
    else if (this.#state !== "ended") this.#held.push(write);
  }

  #listen(stream: ClientHttp2Stream): void {
    stream.on("response", (headers) => this.#onHeaders(headers));
    stream.on("trailers", (headers) => this.#onHeaders(headers));
    stream.on("data", (chunk: Buffer) => this.#onData(chunk));
    stream.on("error", (error) => this.#onFailure(error));
    // An answer without a body ends in its headers.
    stream.on("end", () => this.#onOtherFinished());
    stream.once("close", () => this.#end(this.#endOf(stream)));
  }

  #onHeaders(headers: NodeJS.Dict<string | string[] | number>): void {
    this.#status ??= statusOf(headers);
  }

  /** The first one tells why; those of the stream follow from it. */
  #onFailure(error: Error): void {
    this.#failure ??= error;
  }

  #onOtherFinished(): void {
    if (this.#status !== undefined) this.#end(this.#endBy(this.#status));
  }

  #onData(chunk: Buffer): void {
    if (this.#state === "ended" || this.#status !== undefined) return;
    const fault = this.#reader.push(chunk);
    if (fault !== undefined) this.#end(this.#endBy(fault));
  }

  #onFrame(frame: Uint8Array): void {
    if (this.#state !== "open") return;
    if (!this.#hasHeard) this.#onFirstFrame();
    this.#listener.onFrame(frame);
  }

  #waitForFirst(): void {
    const { timeoutMs } = this.#request;
    const dueAtMs = monotonicMs() + timeoutMs;
    this.#timer = setTimeout(() => {
      const isLate = monotonicMs() > dueAtMs + STALL_MS;
      if (isLate && this.#stalls < MAX_STALLS) {
        this.#stalls += 1;
        this.#waitForFirst();
        return;
      }
      // The timer comes before frames that may have been there for a while: they are read first.
      setImmediate(() => this.#onSilence());
    }, timeoutMs);
  }

  #onFirstFrame(): void {
    this.#hasHeard = true;
    clearTimeout(this.#timer);
    if (this.#secure === undefined) return;
    const holder = holderOf(this.#secure.socket);
    this.#holder = holder;
    if (holder === undefined) return;
    this.#stopAlarm = setAlarm(holder.expiresAtMs, () => {
      this.#end({ type: "broken", error: expiredError(this.#request.address) });
    });
  }

  #onSilence(): void {
    if (this.#state !== "open" || this.#hasHeard) return;
    const { address, timeoutMs } = this.#request;
    const message = `${address} did not answer within ${timeoutMs} ms`;
    this.#end({ type: "timed-out", error: new GossipError("CALL_TIMEOUT", message) });
  }

  /** What the end of the stream means, however it came. */
  #endOf({ rstCode }: ClientHttp2Stream): LinkEnd {
    if (this.#status !== undefined) return this.#endBy(this.#status);
    const { socket } = this.#wire ?? {};
    if (socket === undefined || socket.destroyed || socket.readyState !== "open") {
      const details = this.#failure?.message ?? "the connection was closed";
      return this.#endBy({ code: status.UNAVAILABLE, details });
    }
    const code = STATUS_OF_RESET[rstCode] ?? status.INTERNAL;
    const details = this.#failure?.message ?? `the stream was reset with code ${rstCode}`;
    return this.#endBy({ code, details });
  }

  #endBy(reason: GrpcStatus): LinkEnd {
    if (reason.code === status.OK) return { type: "closed" };
    const end = linkEnd(this.#request.address, reason);
    // Until it has said something, the other side may have refused our certificate.
    const isUnheard = this.#state === "open" && !this.#hasHeard && end.type === "broken";
    const said = isUnheard ? this.#secure?.dial.tellEnded() : undefined;
    if (said === undefined) return end;
    const message = `${this.#request.address}: ${said}`;
    return { type: "broken", error: new GossipError("CALL_UNREACHABLE", message) };
  }

  #end(end: LinkEnd): void {
    const isTold = this.#state === "open";
    this.abandon();
    if (isTold) this.#listener.onEnd(end);
  }
}
