// A link that another opens to us: one stream of frames, for as long as both sides want it.

import { status } from "@grpc/grpc-js";
import { GossipError } from "../core/errors.js";
import { FrameWriter, LINGER_MS } from "./frame-writer.js";
import type { InboundConnection } from "./inbound-connection.js";
import type { InboundStream, InboundStreamListener } from "./inbound-stream.js";
import { clearTimeout, setImmediate, setTimeout } from "./platform-timers.js";
import type { TlsIdentity } from "./tls-identity.js";
import type { Link, LinkEnd, LinkListener, LinkService } from "./transport.js";

/** What was on its way when we closed a link is passed over; who goes on after that is cut off. */
const MAX_LATE_FRAMES = 1_000;

/** Where its frames go. */
type LinkStream = Pick<InboundStream, "send" | "end">;

/** What it came over. */
type LinkConnection = Pick<
  InboundConnection,
  "name" | "holder" | "remoteIp" | "cut" | "drain" | "onCallStarted" | "onCallEnded"
>;

/** A link from another. */
export class InboundLink implements Link, InboundStreamListener {
  readonly #stream: LinkStream;
  readonly #connection: LinkConnection;
  readonly #frames: FrameWriter;
  readonly #onGone: () => void;
  #listener: LinkListener | undefined;
  #state: "open" | "closing" | "ended" = "open";
  #hasCallerFinished = false;
  /** That came after we closed it. */
  #lateFrames = 0;
  /** Of the close. */
  #timer: NodeJS.Timeout | undefined;

  /** `onGone` is called once the stream has ended, whoever ended it. */
  constructor(stream: LinkStream, connection: LinkConnection, onGone: () => void) {
    this.#stream = stream;
    this.#connection = connection;
    this.#frames = new FrameWriter(
      (batch, onSent) => stream.send(batch, onSent),
      () => {
        if (this.#state === "open") this.#listener?.onDrained();
      },
    );
    this.#onGone = onGone;
    connection.onCallStarted();
  }

  get unsentBytes(): number {
    return this.#state === "ended" ? 0 : this.#frames.unsentBytes;
  }

  get holder(): TlsIdentity | undefined {
    return this.#connection.holder;
  }

  get remoteIp(): string | undefined {
    return this.#connection.remoteIp;
  }

  /** Hands it to those who take links. */
  start(service: LinkService): void {
    this.#listener = service.onLink(this);
  }

  send(frame: Uint8Array): void {
    if (this.#state === "open") this.#frames.send(frame);
  }

  close(): void {
    if (this.#beginClose()) this.#frames.end(() => this.#stream.end());
  }

  refuse(reason: string): void {
    if (!this.#beginClose()) return;
    this.#frames.end(() => {
      this.#stream.end({ code: status.FAILED_PRECONDITION, details: reason });
    });
  }

  onMessage(frame: Uint8Array): void {
    if (this.#state === "open") return this.#listener?.onFrame(frame);
    this.#lateFrames += 1;
    if (this.#lateFrames > MAX_LATE_FRAMES) this.#connection.cut();
  }

  /** Says nothing more, to anyone. The connection is not closed by it. */
  abandon(): void {
    this.#state = "ended";
    clearTimeout(this.#timer);
  }

  /** Sends what waits for a bounded time; false when it is closing already. */
  #beginClose(): boolean {
    if (this.#state !== "open") return false;
    this.#state = "closing";
    this.#timer = setTimeout(() => this.#connection.cut(), LINGER_MS);
    return true;
  }

  /** Tells of the end, and ends our side. */
  #tell(end: LinkEnd): void {
    this.close();
    this.#listener?.onEnd(end);
  }

  /**
   * It comes of a stream that was cut as well, with the end of the stream right after it: that it
   * was closed is true only when nothing follows.
   */
  onCallerFinished(): void {
    this.#hasCallerFinished = true;
    setImmediate(() => {
      if (this.#state === "open") this.#tell({ type: "closed" });
    });
  }

  onEnded(): void {
    if (this.#state === "open") {
      const message = `${this.#connection.name}: the link broke`;
      this.#tell({ type: "broken", error: new GossipError("CALL_UNREACHABLE", message) });
    }
    this.abandon();
    this.#connection.onCallEnded();
    // The stream of a caller that does not close its side would stay for as long as its connection.
    if (!this.#hasCallerFinished) this.#connection.drain();
    this.#onGone();
  }
}
