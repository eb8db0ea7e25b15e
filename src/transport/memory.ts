// A network within one process, for tests: it copies every message, as a wire would, and can be
// told to break.

import { addressHint, formatAddress, parseAddress, parseListenAddress } from "../core/address.js";
import { GossipError, type GossipErrorCode } from "../core/errors.js";
import { Inbox } from "./inbox.js";
import { MemoryLink } from "./memory-link.js";
import { clearTimeout, queueMicrotask, setImmediate, setTimeout } from "./platform-timers.js";
import {
  type CallOutcome,
  type CallRequest,
  type KnockOutcome,
  type Link,
  type LinkListener,
  type LinkRequest,
  type ListenOptions,
  stoppedError,
  type Transport,
} from "./transport.js";

const FIRST_FREE_PORT = 49_152;

/** The addresses that can be reached; transports made from one network see each other. */
export class MemoryNetwork {
  readonly #listeners = new Map<string, MemoryListener>();
  readonly #silent = new Set<string>();
  /** Both halves of all links. */
  readonly links = new Set<MemoryLink>();
  #nextPort = FIRST_FREE_PORT;

  /**
   * Whether calls to `address` are never answered, as if its host had vanished. What is sent on a
   * link meanwhile comes there afterwards.
   */
  setSilent(address: string, isSilent: boolean): void {
    if (isSilent) {
      this.#silent.add(address);
      return;
    }
    this.#silent.delete(address);
    for (const link of this.links) link.resume();
  }

  /** Whether calls to `address` are never answered. */
  isSilent(address: string): boolean {
    return this.#silent.has(address);
  }

  /** Who listens at `address`, if anyone does. */
  listenerAt(address: string): MemoryListener | undefined {
    return this.#listeners.get(address);
  }

  /** Takes an address; port 0 is any free one. */
  bind(options: ListenOptions): MemoryListener {
    const parts = parseListenAddress(options.address);
    if (parts === undefined) {
      const message = `${options.address} is no host:port to listen on: ${addressHint(options.address, "127.0.0.1:7946")}`;
      throw new GossipError("INVALID_ADDRESS", message);
    }
    const port = parts.port === 0 ? this.#nextPort++ : parts.port;
    const address = formatAddress(parts.host, port);
    if (this.#listeners.has(address)) {
      throw new GossipError("ADDRESS_IN_USE", `${address} is in use: choose another port`);
    }
    const listener = new MemoryListener(address, port, options);
    this.#listeners.set(address, listener);
    return listener;
  }

  /** Gives an address free again. */
  unbind(listener: MemoryListener): void {
    this.#listeners.delete(listener.address);
    listener.close();
  }
}

/** An address that is listened on. */
export class MemoryListener {
  readonly address: string;
  readonly port: number;
  readonly options: ListenOptions;
  /** Calls that were delivered and have not ended. */
  readonly calls = new Set<MemoryCall>();
  /** This side of the links that others opened. */
  readonly links = new Set<MemoryLink>();

  constructor(address: string, port: number, options: ListenOptions) {
    this.address = address;
    this.port = port;
    this.options = options;
  }

  /** Ends its calls and links, as when a connection breaks. */
  close(): void {
    for (const link of this.links) link.abandon();
    for (const call of this.calls) call.fail("CALL_UNREACHABLE", "connection dropped");
  }
}

/** A transport on a {@link MemoryNetwork}. */
export class MemoryTransport implements Transport {
  readonly #network: MemoryNetwork;
  readonly #calls = new Set<MemoryCall>();
  readonly #links = new Set<MemoryLink>();
  readonly #knocks = new Set<MemoryKnock>();
  #listener: MemoryListener | undefined;
  #isClosed = false;

  constructor(network: MemoryNetwork) {
    this.#network = network;
  }

  get connectionCount(): number {
    return new Set(Array.from(this.#calls, (call) => call.address)).size + this.#links.size;
  }

  async listen(options: ListenOptions): Promise<number> {
    if (this.#isClosed) throw stoppedError(options.address);
    if (this.#listener !== undefined) {
      throw new GossipError("LISTEN_FAILED", `${options.address}: this transport listens already`);
    }
    this.#listener = this.#network.bind(options);
    return this.#listener.port;
  }

  call(request: CallRequest, onEnd: (outcome: CallOutcome) => void): void {
    const call = new MemoryCall(request, this.#network, (outcome) => {
      this.#calls.delete(call);
      onEnd(outcome);
    });
    this.#calls.add(call);
    if (this.#isClosed) call.end({ type: "failed", error: stoppedError(request.address) });
    else call.start();
  }

  openLink(request: LinkRequest, listener: LinkListener): Link {
    const { address } = request;
    const onGone = (gone: MemoryLink): void => {
      this.#links.delete(gone);
    };
    const link = new MemoryLink({ network: this.#network, address, onGone });
    this.#links.add(link);
    if (this.#isClosed) link.abandon();
    else link.open(request, listener);
    return link;
  }

  knock(address: string, timeoutMs: number, onEnd: (outcome: KnockOutcome) => void): void {
    if (this.#isClosed) return;
    const knock = new MemoryKnock(address, timeoutMs, this.#network, (outcome) => {
      this.#knocks.delete(knock);
      onEnd(outcome);
    });
    this.#knocks.add(knock);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const link of this.#links) link.abandon();
    for (const knock of this.#knocks) knock.cancel();
    this.#knocks.clear();
    for (const call of this.#calls) {
      call.end({ type: "failed", error: stoppedError(call.address) });
    }
    if (this.#listener !== undefined) this.#network.unbind(this.#listener);
    this.#listener = undefined;
  }
}

/** A call under way. */
class MemoryCall {
  readonly #request: CallRequest;
  readonly #network: MemoryNetwork;
  readonly #onEnd: (outcome: CallOutcome) => void;
  readonly #timer: NodeJS.Timeout;
  /** The next step, each on a turn of its own, as on a real network. */
  #step: NodeJS.Immediate | undefined;
  #listener: MemoryListener | undefined;
  #isAnswered = false;
  #isEnded = false;

  constructor(request: CallRequest, network: MemoryNetwork, onEnd: (outcome: CallOutcome) => void) {
    this.#request = { ...request, messages: request.messages.map((message) => message.slice()) };
    this.#network = network;
    this.#onEnd = onEnd;
    const { address, timeoutMs } = request;
    this.#timer = setTimeout(() => {
      const message = `${address} did not answer within ${timeoutMs} ms`;
      this.end({ type: "failed", error: new GossipError("CALL_TIMEOUT", message) });
    }, timeoutMs);
  }

  get address(): string {
    return this.#request.address;
  }

  start(): void {
    this.#step = setImmediate(() => this.#deliver());
  }

  fail(code: GossipErrorCode, reason: string): void {
    this.end({ type: "failed", error: new GossipError(code, `${this.address}: ${reason}`) });
  }

  end(outcome: CallOutcome): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#step);
    this.#listener?.calls.delete(this);
    queueMicrotask(() => this.#onEnd(outcome));
  }

  #deliver(): void {
    const { address, method, messages } = this.#request;
    if (this.#network.isSilent(address)) return;
    const listener = this.#network.listenerAt(address);
    if (listener === undefined) return this.fail("CALL_UNREACHABLE", "nobody listens");
    const { methods, maxMessages, handler } = listener.options;
    if (!methods.includes(method)) return this.fail("CALL_UNSUPPORTED", "no such method");
    this.#listener = listener;
    listener.calls.add(this);
    const inbox = new Inbox(maxMessages);
    for (const message of messages) inbox.add(message);
    const call = { method, messages: inbox.messages, dropped: inbox.dropped };
    handler(call, (answers) => this.#onAnswer(answers));
  }

  #onAnswer(answers: readonly Uint8Array[]): void {
    if (this.#isAnswered || this.#isEnded) return;
    this.#isAnswered = true;
    const inbox = new Inbox(this.#request.maxMessages);
    for (const answer of answers) inbox.add(answer.slice());
    this.#step = setImmediate(() => {
      if (this.#network.isSilent(this.address)) return;
      this.end({ type: "answered", messages: inbox.messages, dropped: inbox.dropped });
    });
  }
}

/** One knock. */
class MemoryKnock {
  readonly #onEnd: (outcome: KnockOutcome) => void;
  readonly #step: NodeJS.Immediate;
  readonly #timer: NodeJS.Timeout;

  constructor(
    address: string,
    timeoutMs: number,
    network: MemoryNetwork,
    onEnd: (outcome: KnockOutcome) => void,
  ) {
    this.#onEnd = onEnd;
    this.#timer = setTimeout(() => this.#end("silent"), timeoutMs);
    this.#step = setImmediate(() => {
      if (network.isSilent(address)) return;
      if (parseAddress(address) === undefined) this.#end("silent");
      else this.#end(network.listenerAt(address) === undefined ? "refused" : "accepted");
    });
  }

  /** Ends it without a word to anyone. */
  cancel(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#step);
  }

  #end(outcome: KnockOutcome): void {
    this.cancel();
    this.#onEnd(outcome);
  }
}
