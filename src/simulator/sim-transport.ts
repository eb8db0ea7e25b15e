// The transport of a simulated process: the same interface as gRPC's, over simulated connections,
// with the same bounded pool, and with CPU and bytes charged as measured.

import { GossipError, type GossipErrorCode } from "../core/errors.js";
import {
  type CallOutcome,
  type CallRequest,
  type KnockOutcome,
  type Link,
  type LinkListener,
  type LinkRequest,
  type ListenOptions,
  type Respond,
  stoppedError,
  type Transport,
} from "../transport/transport.js";
import { Connection } from "./connection.js";
import type { Costs } from "./costs.js";
import type { ConnectionEnd, Host } from "./host.js";
import { SimLink } from "./sim-link.js";
import type { SimWorld } from "./sim-world.js";

export type { SimWorld, StepKind } from "./sim-world.js";

/** The transport of one process. */
export class SimTransport implements Transport {
  readonly #world: SimWorld;
  readonly #host: Host;
  readonly #life: number;
  readonly #maxConnections: number;
  /** In the order of their last use. */
  readonly #connections = new Map<string, Connection>();
  readonly #retired = new Set<Connection>();
  readonly #waiters = new Set<SimCall>();
  readonly #calls = new Set<SimCall>();
  readonly #links = new Set<SimLink>();
  readonly #onClose: () => void;
  #isClosed = false;

  constructor(world: SimWorld, host: Host, maxConnections: number, onClose: () => void = () => {}) {
    this.#world = world;
    this.#host = host;
    this.#life = host.life;
    this.#maxConnections = maxConnections;
    this.#onClose = onClose;
  }

  get connectionCount(): number {
    return this.#connections.size + this.#retired.size + this.#links.size;
  }

  /** The simulator listens for its processes itself. */
  listen(options: ListenOptions): Promise<number> {
    return Promise.reject(new GossipError("LISTEN_FAILED", `${options.address} is simulated`));
  }

  call(request: CallRequest, onEnd: (outcome: CallOutcome) => void): void {
    if (this.#isClosed) {
      const error = stoppedError(request.address);
      const { clock, schedule } = this.#world;
      schedule.add(clock.nowMs, () => onEnd({ type: "failed", error }));
      return;
    }
    this.#host.counters.callsStarted += 1;
    const call: SimCall = new SimCall(request, this.#host, this.#world, this, (outcome) => {
      this.#calls.delete(call);
      onEnd(outcome);
    });
    this.#calls.add(call);
    call.start();
  }

  openLink(request: LinkRequest, listener: LinkListener): Link {
    const { address } = request;
    const to = this.#world.hostAt(address);
    if (this.#isClosed || to === undefined) return this.#deadLink(request, listener);
    const link: SimLink = new SimLink(this.#world, this.#host, to, request, () => {
      this.#links.delete(link);
    });
    link.near.listener = listener;
    this.#links.add(link);
    return link.near;
  }

  /** A SYN that is answered, refused, or lost. */
  knock(address: string, timeoutMs: number, onEnd: (outcome: KnockOutcome) => void): void {
    const to = this.#world.hostAt(address);
    const { costs } = this.#world;
    let isOver = false;
    const end = (outcome: KnockOutcome): void => {
      if (isOver || !this.isOpen) return;
      isOver = true;
      cancelTimer();
      onEnd(outcome);
    };
    const cancelTimer = this.#host.setTimer(() => end("silent"), timeoutMs);
    if (to === undefined) return;
    const connection = new Connection(this.#world, this.#host, to);
    connection.onEnd((how) => end(how === "closed" ? "silent" : "refused"));
    this.#host.counters.bytesSent += costs.dialBytes / 2;
    const dial = (): void => connection.dial(() => to.work(costs.knockMs, () => {}));
    this.#host.work(costs.knockMs, () => this.#host.onMessage(dial));
    connection.whenReady(() => {
      this.#host.work(0, () => {
        end("accepted");
        connection.end("closed");
      });
    });
  }

  /** Nobody is at that address: the link ends when its time is over. */
  #deadLink({ address, timeoutMs }: LinkRequest, listener: LinkListener): Link {
    const cancel = this.#host.setTimer(() => {
      const error = new GossipError("CALL_TIMEOUT", `${address} said nothing`);
      if (this.isOpen) listener.onEnd({ type: "timed-out", error });
    }, timeoutMs);
    return { send: () => {}, unsentBytes: 0, close: cancel, refuse: cancel };
  }

  /** Something in between resets all connections that this process has dialled. */
  resetConnections(): void {
    if (!this.isOpen) return;
    for (const link of this.#links) link.reset();
    for (const connection of [...this.#connections.values(), ...this.#retired]) {
      this.#host.work(0, () => connection.end("reset"));
    }
  }

  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#onClose();
    this.#isClosed = true;
    for (const link of this.#links) link.drop();
    this.#links.clear();
    for (const call of this.#calls) call.stop();
    for (const connection of this.#connections.values()) connection.end("closed");
    for (const connection of this.#retired) connection.end("closed");
    this.#connections.clear();
    this.#retired.clear();
    this.#waiters.clear();
    return Promise.resolve();
  }

  /** False once the process has ended or the transport was closed. */
  get isOpen(): boolean {
    return !this.#isClosed && this.#host.life === this.#life;
  }

  /** The connection for a call; undefined when it has to wait for one. */
  borrow(call: SimCall): Connection | undefined {
    const { address } = call;
    const held = this.#connections.get(address);
    if (held !== undefined && !held.isEnded) {
      this.#connections.delete(address);
      this.#connections.set(address, held);
      held.calls += 1;
      return held;
    }
    if (held !== undefined) this.#connections.delete(address);
    const pooled = this.#connections.size + this.#retired.size;
    if (pooled >= this.#maxConnections && !this.#closeIdle()) {
      this.#waiters.add(call);
      return undefined;
    }
    return this.#dial(address);
  }

  /** A call is over; a broken connection is not used again. */
  giveBack(connection: Connection, isBroken: boolean): void {
    connection.calls -= 1;
    if (isBroken && this.#connections.get(connection.to.address) === connection) {
      this.#connections.delete(connection.to.address);
      this.#retired.add(connection);
    }
    if (connection.calls === 0 && this.#retired.delete(connection)) {
      connection.end("closed");
      connection.to.inbound.delete(connection);
    }
    const waiter = this.#waiters.values().next().value;
    if (waiter === undefined) return;
    this.#waiters.delete(waiter);
    waiter.start();
  }

  /** A call no longer waits for a connection. */
  stopWaiting(call: SimCall): void {
    this.#waiters.delete(call);
  }

  #dial(address: string): Connection | undefined {
    const { costs } = this.#world;
    const to = this.#world.hostAt(address);
    if (to === undefined) return undefined;
    const connection = new Connection(this.#world, this.#host, to);
    connection.calls = 1;
    this.#connections.set(address, connection);
    this.#host.counters.dials += 1;
    this.#host.counters.bytesSent += costs.dialBytes;
    this.#host.work(costs.dialMs, () => {
      connection.dial(() => {
        to.inbound.add(connection);
        to.counters.bytesSent += costs.dialBytes;
        to.work(costs.acceptMs, () => {});
      });
    });
    return connection;
  }

  #closeIdle(): boolean {
    for (const [address, connection] of this.#connections) {
      if (connection.calls > 0) continue;
      this.#connections.delete(address);
      connection.end("closed");
      connection.to.inbound.delete(connection);
      return true;
    }
    return false;
  }
}

/** One call. */
class SimCall {
  readonly #request: CallRequest;
  readonly #host: Host;
  readonly #world: SimWorld;
  readonly #transport: SimTransport;
  readonly #onEnd: (outcome: CallOutcome) => void;
  #cancelDeadline: (() => void) | undefined;
  #connection: Connection | undefined;
  #forgetEnd: () => void = () => {};
  #isEnded = false;

  constructor(
    request: CallRequest,
    host: Host,
    world: SimWorld,
    transport: SimTransport,
    onEnd: (outcome: CallOutcome) => void,
  ) {
    this.#request = request;
    this.#host = host;
    this.#world = world;
    this.#transport = transport;
    this.#onEnd = onEnd;
  }

  get address(): string {
    return this.#request.address;
  }

  /** Begins the call, or goes on once there is room for its connection. */
  start(): void {
    const { address, timeoutMs } = this.#request;
    this.#cancelDeadline ??= this.#host.setTimer(() => {
      this.#fail("CALL_TIMEOUT", `${address} did not answer within ${timeoutMs} ms`);
    }, timeoutMs);
    if (this.#world.hostAt(address) === undefined) return;
    const connection = this.#transport.borrow(this);
    if (connection === undefined) return;
    this.#connection = connection;
    this.#forgetEnd = connection.onEnd((end) => this.#onConnectionEnd(end));
    connection.whenReady(() => this.#send(connection));
  }

  /** The transport was closed: the call ends as stopped, and says nothing to the other side. */
  stop(): void {
    this.#isEnded = true;
    this.#cancelDeadline?.();
    this.#forgetEnd();
    this.#onEnd({ type: "failed", error: stoppedError(this.address) });
  }

  #send(connection: Connection): void {
    if (this.#isEnded) return;
    const { costs } = this.#world;
    const { messages } = this.#request;
    const bytes = costs.callBytes + wireBytes(messages, costs);
    const costMs = costs.callMs + sendMs(messages.length, bytes, costs);
    this.#host.work(costMs, () =>
      this.#host.onMessage(() => {
        if (this.#isEnded || !this.#transport.isOpen) return;
        this.#host.counters.messagesSent += messages.length;
        this.#world.onStep("call", this.#host, bytes);
        connection.forward.send(bytes, () => this.#onRequestArrived(connection, bytes));
      }),
    );
  }

  /** At the other side. */
  #onRequestArrived(connection: Connection, bytes: number): void {
    const { costs } = this.#world;
    const { to } = connection;
    if (!connection.isAnswered || !to.isRunning) {
      connection.resetFromFarEnd("reset");
      return;
    }
    const { method, messages } = this.#request;
    // A call that its caller has given up by then costs its begin, and is not taken in.
    const costMs = (): number =>
      costs.serveMs + (this.#isEnded ? 0 : receiveMs(messages.length, bytes, costs));
    to.work(costMs, () =>
      to.onMessage(() => {
        const handler = this.#world.handlerOf(to);
        if (handler === undefined || !connection.isAnswered || this.#isEnded) return;
        to.counters.messagesReceived += messages.length;
        this.#world.onStep("request", to, bytes);
        const respond: Respond = (answers) => this.#respond(connection, answers);
        handler({ method, messages, dropped: 0 }, respond);
      }),
    );
  }

  #respond(connection: Connection, answers: readonly Uint8Array[]): void {
    const { costs } = this.#world;
    const { to } = connection;
    const bytes = costs.callBytes + wireBytes(answers, costs);
    to.work(answerMs(answers.length, bytes, costs), () =>
      to.onMessage(() => {
        if (!connection.isAnswered) return;
        to.counters.messagesSent += answers.length;
        connection.backward.send(bytes, () => this.#onAnswerArrived(answers, bytes));
      }),
    );
  }

  /** Back at this side. */
  #onAnswerArrived(answers: readonly Uint8Array[], bytes: number): void {
    const { costs } = this.#world;
    this.#host.work(receiveMs(answers.length, bytes, costs), () =>
      this.#host.onMessage(() => {
        if (this.#isEnded || !this.#transport.isOpen) return;
        this.#host.counters.messagesReceived += answers.length;
        this.#world.onStep("answer", this.#host, bytes, this.#connection?.to);
        const { maxMessages } = this.#request;
        const dropped = Math.max(0, answers.length - maxMessages);
        const messages = dropped === 0 ? answers : answers.slice(0, maxMessages);
        this.#end({ type: "answered", messages, dropped }, false);
      }),
    );
  }

  #onConnectionEnd(end: ConnectionEnd): void {
    if (end === "closed") return;
    this.#fail("CALL_UNREACHABLE", `${this.address}: connection ${end}`);
  }

  #fail(code: GossipErrorCode, message: string): void {
    if (this.#isEnded || !this.#transport.isOpen) return;
    this.#world.onStep("failure", this.#host, 0);
    this.#end({ type: "failed", error: new GossipError(code, message) }, true);
  }

  #end(outcome: CallOutcome, isBroken: boolean): void {
    this.#isEnded = true;
    this.#cancelDeadline?.();
    this.#forgetEnd();
    this.#transport.stopWaiting(this);
    const connection = this.#connection;
    if (connection !== undefined) this.#transport.giveBack(connection, isBroken);
    this.#onEnd(outcome);
  }
}

function sendMs(messages: number, bytes: number, costs: Costs): number {
  return messages * costs.sendMessageMs + (bytes / 1_000) * costs.kilobyteMs;
}

function answerMs(messages: number, bytes: number, costs: Costs): number {
  return messages * costs.answerMessageMs + (bytes / 1_000) * costs.kilobyteMs;
}

function receiveMs(messages: number, bytes: number, costs: Costs): number {
  return messages * costs.receiveMessageMs + (bytes / 1_000) * costs.kilobyteMs;
}

/** What messages take as HTTP/2 bytes. */
function wireBytes(messages: readonly Uint8Array[], costs: Costs): number {
  let bytes = messages.length * costs.messageBytes;
  for (const message of messages) bytes += message.length;
  return bytes;
}
