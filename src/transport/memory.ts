// A network within one process, for tests: it copies every message, as a wire would, and can be
// told to break.

import { formatAddress, parseListenAddress } from "../core/address.js";
import { GossipError, type GossipErrorCode } from "../core/errors.js";
import type { CallOutcome, CallRequest, ListenOptions, Transport } from "./transport.js";

const FIRST_FREE_PORT = 49_152;

/** The addresses that can be reached; transports made from one network see each other. */
export class MemoryNetwork {
  readonly #listeners = new Map<string, ListenOptions>();
  readonly #silent = new Set<string>();
  #nextPort = FIRST_FREE_PORT;

  /** Whether calls to `address` are never answered, as if its host had vanished. */
  setSilent(address: string, isSilent: boolean): void {
    if (isSilent) this.#silent.add(address);
    else this.#silent.delete(address);
  }

  /** Whether calls to `address` are never answered. */
  isSilent(address: string): boolean {
    return this.#silent.has(address);
  }

  /** Who listens at `address`, if anyone does. */
  listenerAt(address: string): ListenOptions | undefined {
    return this.#listeners.get(address);
  }

  /** Takes an address, and gives it; port 0 is any free one. */
  bind(options: ListenOptions): { readonly address: string; readonly port: number } {
    const parts = parseListenAddress(options.address);
    if (parts === undefined) {
      const message = `${options.address} is no host:port to listen on: write it like 127.0.0.1:7946`;
      throw new GossipError("INVALID_ADDRESS", message);
    }
    const port = parts.port === 0 ? this.#nextPort++ : parts.port;
    const address = formatAddress(parts.host, port);
    if (this.#listeners.has(address)) {
      throw new GossipError("ADDRESS_IN_USE", `${address} is in use: choose another port`);
    }
    this.#listeners.set(address, options);
    return { address, port };
  }

  /** Gives an address free again. */
  unbind(address: string): void {
    this.#listeners.delete(address);
  }
}

/** A transport on a {@link MemoryNetwork}. */
export class MemoryTransport implements Transport {
  readonly #network: MemoryNetwork;
  readonly #calls = new Set<MemoryCall>();
  #address: string | undefined;
  #isClosed = false;

  constructor(network: MemoryNetwork) {
    this.#network = network;
  }

  get connectionCount(): number {
    return new Set(Array.from(this.#calls, (call) => call.address)).size;
  }

  async listen(options: ListenOptions): Promise<number> {
    const { address, port } = this.#network.bind(options);
    this.#address = address;
    return port;
  }

  call(request: CallRequest, onEnd: (outcome: CallOutcome) => void): void {
    const call = new MemoryCall(request, this.#network, (outcome) => {
      this.#calls.delete(call);
      onEnd(outcome);
    });
    this.#calls.add(call);
    if (this.#isClosed) call.fail("STOPPED", "the peer has stopped");
    else call.start();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const call of this.#calls) call.fail("STOPPED", "the peer has stopped");
    if (this.#address !== undefined) this.#network.unbind(this.#address);
    this.#address = undefined;
  }
}

class MemoryCall {
  readonly #request: CallRequest;
  readonly #network: MemoryNetwork;
  readonly #onEnd: (outcome: CallOutcome) => void;
  readonly #timer: NodeJS.Timeout;
  #isEnded = false;

  constructor(request: CallRequest, network: MemoryNetwork, onEnd: (outcome: CallOutcome) => void) {
    this.#request = request;
    this.#network = network;
    this.#onEnd = onEnd;
    const { timeoutMs } = request;
    this.#timer = setTimeout(() => {
      this.fail("CALL_TIMEOUT", `did not answer within ${timeoutMs} ms`);
    }, timeoutMs);
  }

  get address(): string {
    return this.#request.address;
  }

  start(): void {
    // A turn of its own for each direction, as on a real network.
    setImmediate(() => this.#deliver());
  }

  fail(code: GossipErrorCode, reason: string): void {
    const error = new GossipError(code, `${this.address}: ${reason}`);
    this.#end({ type: "failed", error });
  }

  #deliver(): void {
    const { address, method, messages } = this.#request;
    if (this.#isEnded || this.#network.isSilent(address)) return;
    const listener = this.#network.listenerAt(address);
    if (listener === undefined) {
      this.fail("CALL_UNREACHABLE", "nobody listens");
      return;
    }
    if (!listener.methods.includes(method)) {
      this.fail("CALL_UNSUPPORTED", "no such method");
      return;
    }
    const [kept, dropped] = copied(messages, listener.maxMessages);
    listener.handler({ method, messages: kept, dropped }, (answers) => {
      setImmediate(() => this.#onAnswer(answers));
    });
  }

  #onAnswer(answers: readonly Uint8Array[]): void {
    const [messages, dropped] = copied(answers, this.#request.maxMessages);
    this.#end({ type: "answered", messages, dropped });
  }

  #end(outcome: CallOutcome): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearTimeout(this.#timer);
    queueMicrotask(() => this.#onEnd(outcome));
  }
}

/** Copies of the first `maxMessages` messages, and how many more there were. */
function copied(messages: readonly Uint8Array[], maxMessages: number): [Uint8Array[], number] {
  const kept = messages.slice(0, maxMessages).map((message) => message.slice());
  return [kept, messages.length - kept.length];
}
