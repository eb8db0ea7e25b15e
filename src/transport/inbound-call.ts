// A call that another makes to us: takes in its messages for a bounded time, has it answered, and
// sends the answer, for a bounded time too, no faster than it is read.

import type { InboundConnection } from "./inbound-connection.js";
import type { InboundStream, InboundStreamListener } from "./inbound-stream.js";
import { Inbox } from "./inbox.js";
import { clearTimeout, monotonicMs, setTimeout } from "./platform-timers.js";
import type { ListenOptions } from "./transport.js";

/**
 * A timer that comes so late tells that this process stood still: what was sent meanwhile has yet to be
 * read.
 */
const STALL_MS = 200;

/** One call to us. */
export class InboundCall implements InboundStreamListener {
  readonly #method: string;
  readonly #stream: InboundStream;
  readonly #connection: InboundConnection;
  readonly #options: ListenOptions;
  readonly #inbox: Inbox;
  #phase: "receiving" | "handling" | "sending" | "ended" = "receiving";
  #hasCallerFinished = false;
  #hasStalled = false;
  /** Of the receiving, then of the sending. */
  #timer: NodeJS.Timeout;

  constructor(
    method: string,
    stream: InboundStream,
    connection: InboundConnection,
    options: ListenOptions,
  ) {
    this.#method = method;
    this.#stream = stream;
    this.#connection = connection;
    this.#options = options;
    this.#inbox = new Inbox(options.maxMessages);
    this.#timer = this.#startReceiveTimer();
    connection.onCallStarted();
  }

  onMessage(message: Uint8Array): void {
    if (this.#phase === "receiving") this.#inbox.add(message);
  }

  onCallerFinished(): void {
    this.#hasCallerFinished = true;
    this.#onReceived();
  }

  #startReceiveTimer(): NodeJS.Timeout {
    const dueAtMs = monotonicMs() + this.#options.receiveTimeoutMs;
    return setTimeout(() => this.#onReceiveTimeout(dueAtMs), this.#options.receiveTimeoutMs);
  }

  /**
   * An original takes an answer that comes before it has sent all for an error. So a time in which we
   * read nothing does not count, once.
   */
  #onReceiveTimeout(dueAtMs: number): void {
    if (this.#hasStalled || monotonicMs() < dueAtMs + STALL_MS) return this.#onReceived();
    this.#hasStalled = true;
    this.#timer = this.#startReceiveTimer();
  }

  #onReceived(): void {
    if (this.#phase !== "receiving") return;
    this.#phase = "handling";
    clearTimeout(this.#timer);
    const { messages, dropped } = this.#inbox;
    const call = { method: this.#method, messages, dropped };
    this.#options.handler(call, (answers) => this.#onAnswer(answers));
  }

  #onAnswer(answers: readonly Uint8Array[]): void {
    if (this.#phase !== "handling") return;
    this.#phase = "sending";
    this.#timer = setTimeout(() => this.#connection.cut(), this.#options.sendTimeoutMs);
    this.#sendMore(answers, 0);
  }

  #sendMore(answers: readonly Uint8Array[], index: number): void {
    if (this.#phase !== "sending") return;
    for (let next = index; next < answers.length; next += 1) {
      const answer = answers[next];
      if (answer !== undefined && !this.#stream.send([answer])) {
        this.#stream.onceDrained(() => this.#sendMore(answers, next + 1));
        return;
      }
    }
    this.#stream.end();
  }

  onEnded(): void {
    if (this.#phase === "ended") return;
    this.#phase = "ended";
    clearTimeout(this.#timer);
    this.#connection.onCallEnded();
    // The stream of a caller that does not close its side would stay for as long as its connection.
    if (!this.#hasCallerFinished) this.#connection.drain();
  }
}
