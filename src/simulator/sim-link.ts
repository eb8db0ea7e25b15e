// A link of the native protocol over a simulated connection: frames both ways, in their order, with
// CPU and bytes charged as measured.

import { GossipError } from "../core/errors.js";
import type { Link, LinkEnd, LinkListener, LinkRequest } from "../transport/transport.js";
import { Connection, type OneWay } from "./connection.js";
import type { ConnectionEnd, Host } from "./host.js";
import type { SimWorld } from "./sim-world.js";

/** What a process' machine takes of a link before the process reads it. */
const WINDOW_BYTES = 256 * 1_024;

/** One side of a link. */
class LinkSide implements Link {
  readonly #world: SimWorld;
  readonly #host: Host;
  #life: number;
  readonly #way: OneWay;
  readonly #pair: SimLink;
  listener: LinkListener | undefined;
  unsentBytes = 0;
  #unreadBytes = 0;
  #isOver = false;
  /** Frames that wait for the connection. */
  #waiting: Uint8Array[] | undefined;

  constructor(world: SimWorld, host: Host, way: OneWay, pair: SimLink, waits: boolean) {
    this.#world = world;
    this.#host = host;
    this.#life = host.life;
    this.#way = way;
    this.#pair = pair;
    this.#waiting = waits ? [] : undefined;
  }

  /** True while the process that holds this side lives, and the link is not over for it. */
  get isOpen(): boolean {
    return !this.#isOver && this.#host.life === this.#life;
  }

  /** The process that runs there now holds this side: it may have started after the dial began. */
  take(listener: (side: Link) => LinkListener): void {
    this.#life = this.#host.life;
    this.listener = listener(this);
  }

  send(frame: Uint8Array): void {
    if (this.#isOver) return;
    this.unsentBytes += frame.length;
    if (this.#waiting !== undefined) this.#waiting.push(frame);
    else this.#transmit(frame);
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#sendEnd({ type: "closed" });
  }

  /** Tells the other side that nobody is here any more. */
  giveUp(): void {
    this.#sendEnd({ type: "closed" });
  }

  refuse(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#sendEnd({ type: "refused", reason });
  }

  /** The connection is there: what waited goes. */
  onReady(): void {
    const frames = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const frame of frames) this.#transmit(frame);
  }

  /** A frame of this side waits no longer; its process hears of it in its own time. */
  onTaken(frame: Uint8Array): void {
    this.unsentBytes -= frame.length;
    if (!this.isOpen) return;
    this.#host.work(0, () => {
      if (this.isOpen) this.listener?.onDrained();
    });
  }

  /** The link is over, for whatever reason. */
  end(end: LinkEnd): void {
    if (!this.isOpen) return;
    this.#isOver = true;
    this.listener?.onEnd(end);
  }

  /** The link is over, since its connection is. What is over already needs no error, which costs. */
  breakOff(message: string): void {
    if (this.isOpen) this.end(broken(message));
  }

  /**
   * A frame has arrived at this side's machine. The window of a process that does not read is soon full:
   * what is beyond waits at its sender, who is told by `onTaken` when it no longer does.
   */
  onArrival(frame: Uint8Array, bytes: number, onTaken: () => void): void {
    const { costs } = this.#world;
    const costMs = costs.frameReceiveMs + (bytes / 1_000) * costs.kilobyteMs;
    this.#unreadBytes += frame.length;
    const isInWindow = !this.#host.isDeaf || this.#unreadBytes <= WINDOW_BYTES;
    if (isInWindow) onTaken();
    this.#host.work(costMs, () =>
      this.#host.onMessage(() => {
        this.#unreadBytes -= frame.length;
        if (!isInWindow) onTaken();
        if (!this.isOpen) return;
        if (frame.length > this.#host.maxMessageBytes) return this.#refuseLong(frame);
        this.#host.counters.messagesReceived += 1;
        this.#world.onStep("request", this.#host, bytes);
        this.#pair.onHeard(this);
        this.listener?.onFrame(frame);
      }),
    );
  }

  /** As gRPC does with a message that is longer than its receiver takes: the link is over for both. */
  #refuseLong({ length }: Uint8Array): void {
    const end = broken(`a message of ${length} bytes is longer than limits.maxMessageBytes`);
    this.#sendEnd(end);
    this.end(end);
  }

  #transmit(frame: Uint8Array): void {
    const { costs } = this.#world;
    const bytes = frame.length + costs.messageBytes;
    const costMs = costs.frameSendMs + (bytes / 1_000) * costs.kilobyteMs;
    const life = this.#life;
    this.#host.work(costMs, () =>
      this.#host.onMessage(() => {
        if (this.#host.life !== life) return;
        this.#host.counters.messagesSent += 1;
        this.#world.onStep("call", this.#host, bytes);
        this.#way.send(bytes, () => {
          this.#pair.deliver(this, frame, bytes);
        });
      }),
    );
  }

  /** After all frames before it. */
  #sendEnd(end: LinkEnd): void {
    const { costs } = this.#world;
    const life = this.#life;
    this.#host.work(0, () =>
      this.#host.onMessage(() => {
        if (this.#host.life !== life) return;
        this.#way.send(costs.callBytes, () => this.#pair.onFarEnd(this, end));
      }),
    );
  }
}

/** A link with both its sides. */
export class SimLink {
  readonly near: LinkSide;
  readonly #far: LinkSide;
  readonly #world: SimWorld;
  readonly #connection: Connection;
  readonly #from: Host;
  readonly #cancelTimeout: () => void;
  readonly #onEnd: () => void;
  #isAccepted = false;
  #toLife = 0;

  constructor(world: SimWorld, from: Host, to: Host, request: LinkRequest, onEnd: () => void) {
    this.#world = world;
    this.#from = from;
    this.#onEnd = onEnd;
    this.#connection = new Connection(world, from, to);
    this.near = new LinkSide(world, from, this.#connection.forward, this, true);
    this.#far = new LinkSide(world, to, this.#connection.backward, this, false);
    const { address, timeoutMs } = request;
    this.#cancelTimeout = from.setTimer(() => {
      const message = `${address} said nothing within ${timeoutMs} ms`;
      const error = new GossipError("CALL_TIMEOUT", message);
      // The other side is told as soon as something gets through, for it may have accepted by then.
      if (this.#isAccepted) this.near.giveUp();
      else this.#release();
      this.near.end({ type: "timed-out", error });
    }, timeoutMs);
    this.#connection.onEnd((end) => this.#onConnectionEnd(end));
    this.#dial(to);
  }

  /** Ends the connection without a word, as the end of a process does. */
  drop(): void {
    this.#cancelTimeout();
    const { clock, network, schedule } = this.#world;
    const { to } = this.#connection;
    this.#connection.end("closed");
    if (!this.#isAccepted || network.isCut(this.#from, to)) return;
    const far = this.#far;
    schedule.add(clock.nowMs + network.oneWayMs(this.#from, to), () => {
      to.work(0, () => far.breakOff("the other side closed the connection"));
    });
  }

  /** Something in between resets the connection: both ends are told. */
  reset(): void {
    this.#from.work(0, () => this.#connection.end("reset"));
  }

  /** Something of the other side came in. */
  onHeard(side: LinkSide): void {
    if (side === this.near) this.#cancelTimeout();
  }

  /** A frame of `side` has arrived at the other. */
  deliver(side: LinkSide, frame: Uint8Array, bytes: number): void {
    const onTaken = (): void => side.onTaken(frame);
    if (side !== this.near) {
      this.near.onArrival(frame, bytes, onTaken);
      return;
    }
    if (!this.#connection.isAnswered || !this.#connection.to.isRunning) {
      this.#connection.resetFromFarEnd("reset");
      return;
    }
    if (!this.#isAccepted) {
      this.#isAccepted = true;
      this.#connection.to.work(0, () => this.#accept());
    }
    this.#far.onArrival(frame, bytes, onTaken);
  }

  /** `side` closed the link, or refused it. */
  onFarEnd(side: LinkSide, end: LinkEnd): void {
    const { to } = this.#connection;
    if (side === this.near) to.work(0, () => this.#far.end(end));
    else this.#from.work(0, () => this.#endNear(end));
    if (side === this.near) this.#release();
  }

  #dial(to: Host): void {
    const { costs } = this.#world;
    const from = this.#from;
    from.counters.dials += 1;
    from.counters.bytesSent += costs.dialBytes + costs.callBytes;
    from.work(costs.dialMs + costs.callMs, () => {
      this.#connection.dial(() => {
        this.#toLife = to.life;
        to.inbound.add(this.#connection);
        to.counters.bytesSent += costs.dialBytes + costs.callBytes;
        to.work(costs.acceptMs + costs.serveMs, () => {});
      });
    });
    this.#connection.whenReady(() => from.work(0, () => this.near.onReady()));
  }

  /** The process takes the link; one that stands still does so once it runs again. */
  #accept(): void {
    const service = this.#world.linkServiceOf(this.#connection.to);
    if (service !== undefined) this.#far.take((side) => service.onLink(side));
    else this.#from.work(0, () => this.#endNear({ type: "unserved" }));
  }

  #onConnectionEnd(end: ConnectionEnd): void {
    if (end === "closed") return this.#release();
    const message = `connection ${end}`;
    this.near.breakOff(message);
    this.#release();
    const { to } = this.#connection;
    if (to.life === this.#toLife) to.work(0, () => this.#far.breakOff(message));
  }

  #endNear(end: LinkEnd): void {
    this.near.end(end);
    this.#release();
  }

  #release(): void {
    this.#cancelTimeout();
    this.#connection.to.inbound.delete(this.#connection);
    this.#connection.end("closed");
    this.#onEnd();
  }
}

function broken(message: string): LinkEnd {
  return { type: "broken", error: new GossipError("CALL_UNREACHABLE", message) };
}
