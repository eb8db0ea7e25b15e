// A connection that another made to us: how many calls it has under way, and when to let go of it.
// Whatever the other side does or leaves undone, it ends in bounded time.

import type { ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import { RateLimit } from "../core/rate-limit.js";
import { setAlarm } from "./alarm.js";
import { clearTimeout, monotonicMs, setImmediate, setTimeout } from "./platform-timers.js";
import type { TlsIdentity } from "./tls-identity.js";

/** How long to bear with the other side. */
export interface InboundPatience {
  /** How long a new connection may be without a call. */
  readonly firstCallTimeoutMs: number;
  /** How long it may be without a call after that. */
  readonly idleTimeoutMs: number;
  /** How long its calls may take to end once the other side is told that it closes. */
  readonly drainTimeoutMs: number;
  /** How many calls it may begin in a second. */
  readonly maxCallsPerSecond: number;
  /** It began more, and was cut. */
  onTooFast(from: string): void;
  /** It was secure, and ended without a call: the other side may have refused our certificate. */
  onUnused(from: string): void;
}

/** One connection to us. */
export class InboundConnection {
  readonly #socket: Socket;
  readonly #patience: InboundPatience;
  #session: ServerHttp2Session | undefined;
  #state: "open" | "draining" | "closed" = "open";
  readonly #rate: RateLimit;
  #calls = 0;
  #isUsed = false;
  readonly remoteIp: string | undefined;
  /** Who is at the other end, by its certificate; undefined in plain text. */
  readonly holder: TlsIdentity | undefined;
  /** Runs while there is no call, and while it drains. */
  #timer: NodeJS.Timeout | undefined;

  constructor(socket: Socket, patience: InboundPatience, holder?: TlsIdentity) {
    this.#socket = socket;
    this.#patience = patience;
    this.#rate = new RateLimit(patience.maxCallsPerSecond, monotonicMs());
    this.#waitForCall(patience.firstCallTimeoutMs);
    this.holder = holder;
    this.remoteIp = socket.remoteAddress;
    const from = this.name;
    const stopAlarm =
      holder === undefined ? () => {} : setAlarm(holder.expiresAtMs, () => this.cut());
    socket.once("close", () => {
      stopAlarm();
      if (holder !== undefined && !this.#isUsed && this.#state === "open") patience.onUnused(from);
      this.#state = "closed";
      clearTimeout(this.#timer);
    });
    // A connection that breaks is the other side's affair; its calls end by themselves.
    socket.on("error", () => {});
  }

  /** HTTP/2 is spoken on it from here on. */
  onSession(session: ServerHttp2Session): void {
    this.#session = session;
    // Nonsense is the other side's affair too; the connection ends by it.
    session.on("error", () => {});
  }

  /** The address of its other end. */
  get name(): string {
    return `${this.#socket.remoteAddress}:${this.#socket.remotePort}`;
  }

  /** A call began. */
  onCallStarted(): void {
    this.#calls += 1;
    this.#isUsed = true;
    if (this.#state === "open") clearTimeout(this.#timer);
    if (!this.#rate.take(monotonicMs())) this.#onTooFast();
  }

  /** A call ended; where the connection broke, after it has closed. */
  onCallEnded(): void {
    this.#calls -= 1;
    if (this.#calls > 0 || this.#state !== "open") return;
    this.#waitForCall(this.#patience.idleTimeoutMs);
  }

  /**
   * Tells the other side to make no more calls here (it makes them on a new connection, and none
   * fails), and closes once those under way have ended, or took too long.
   */
  drain(): void {
    if (this.#state !== "open") return;
    this.#state = "draining";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.cut(), this.#patience.drainTimeoutMs);
    // On a turn of its own: some versions of Node abort the process when a session ends in the
    // middle of what it reads (nodejs/node#64850).
    setImmediate(() => this.#session?.close());
  }

  /** Closes at once, without a word. */
  cut(): void {
    this.#socket.destroy();
  }

  /** What it has sent already is read no further: a call costs us far more than it costs the caller. */
  #onTooFast(): void {
    if (this.#socket.destroyed) return;
    this.#patience.onTooFast(this.name);
    this.cut();
  }

  #waitForCall(timeoutMs: number): void {
    this.#timer = setTimeout(() => this.drain(), timeoutMs);
  }
}
