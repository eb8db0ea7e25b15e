// One call of ours on gRPC, from the wait for a connection to its end.

import { type ClientDuplexStream, type ServiceError, status } from "@grpc/grpc-js";
import { parseAddress } from "../core/address.js";
import { GossipError } from "../core/errors.js";
import { asBuffer, identity } from "./grpc-bytes.js";
import { callError, isConnectionFailure } from "./grpc-errors.js";
import type { GrpcPool, PooledClient } from "./grpc-pool.js";
import { Inbox } from "./inbox.js";
import { clearTimeout, queueMicrotask, setImmediate, setTimeout } from "./platform-timers.js";
import type { CallOutcome, CallRequest } from "./transport.js";

type ByteStream = ClientDuplexStream<Buffer, Buffer>;

/** How an attempt left its connection. */
type ConnectionState = "sound" | "broken";

/** A connection with the stream of our call on it. */
interface Attempt {
  readonly client: PooledClient;
  readonly stream: ByteStream;
}

/** Makes one call and tells `onEnd` its outcome, once. */
export class GrpcCall {
  readonly #request: CallRequest;
  readonly #pool: GrpcPool;
  readonly #onEnd: (outcome: CallOutcome) => void;
  readonly #timer: NodeJS.Timeout;
  #stopWaiting: () => void = () => {};
  #attempt: Attempt | undefined;
  #isEnded = false;

  constructor(request: CallRequest, pool: GrpcPool, onEnd: (outcome: CallOutcome) => void) {
    this.#request = request;
    this.#pool = pool;
    this.#onEnd = onEnd;
    // Our own timer, since gRPC's deadline is a time of day and runs with a clock that may be set,
    // and since a connection that accepts and says nothing is never given up by gRPC itself.
    // After a stall of this process the timer comes before answers that have long been there: they
    // are read before it counts.
    this.#timer = setTimeout(() => {
      setImmediate(() => this.fail(this.#timeoutError()));
    }, request.timeoutMs);
  }

  get address(): string {
    return this.#request.address;
  }

  start(): void {
    if (parseAddress(this.address) === undefined) {
      this.fail(new GossipError("CALL_UNREACHABLE", `${this.address}: no host:port to dial`));
      return;
    }
    this.#stopWaiting = this.#pool.borrow(this.address, (client) => this.#open(client));
  }

  /** Ends the call with an error, unless it has ended; its connection is not used again. */
  fail(error: GossipError): void {
    this.#end({ type: "failed", error }, "broken");
  }

  #open(client: PooledClient): void {
    const stream = client.client.makeBidiStreamRequest(this.#request.method, identity, identity);
    const attempt = { client, stream };
    this.#attempt = attempt;
    const inbox = new Inbox(this.#request.maxMessages);
    stream.on("data", (message: Buffer) => inbox.add(message));
    stream.on("error", (error: ServiceError) => {
      if (this.#attempt === attempt) this.#onError(attempt, error, inbox);
    });
    // It comes after an error too; the first of them counts.
    stream.on("end", () => {
      if (this.#attempt !== attempt) return;
      const { messages, dropped } = inbox;
      this.#end({ type: "answered", messages, dropped }, "sound");
    });
    this.#sendMore(attempt, 0);
  }

  #onError({ client }: Attempt, error: ServiceError, inbox: Inbox): void {
    const isLost = isConnectionFailure(error);
    // A connection that carried calls before may have been closed while it was idle, with nobody
    // at fault. Once, because the next one is new.
    if (isLost && client.hasAnswered && inbox.messages.length === 0) {
      this.#attempt = undefined;
      this.#pool.giveBackBroken(client);
      this.start();
      return;
    }
    const outcome = { type: "failed", error: callError(this.address, error) } as const;
    this.#end(outcome, leavesConnectionSound(error.code) ? "sound" : "broken");
  }

  /** Sends the messages from `index` on, no faster than they are taken. */
  #sendMore(attempt: Attempt, index: number): void {
    if (this.#attempt !== attempt) return;
    const { stream } = attempt;
    for (let next = index; next < this.#request.messages.length; next += 1) {
      const message = this.#request.messages[next];
      if (message !== undefined && !stream.write(asBuffer(message))) {
        stream.once("drain", () => this.#sendMore(attempt, next + 1));
        return;
      }
    }
    stream.end();
  }

  #end(outcome: CallOutcome, connection: ConnectionState): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearTimeout(this.#timer);
    this.#stopWaiting();
    const attempt = this.#attempt;
    this.#attempt = undefined;
    if (attempt !== undefined && connection === "sound") {
      this.#pool.giveBack(attempt.client);
    } else if (attempt !== undefined) {
      attempt.stream.cancel();
      this.#pool.giveBackBroken(attempt.client);
    }
    // On a later turn, so that no caller is called back before its call returns.
    queueMicrotask(() => this.#onEnd(outcome));
  }

  #timeoutError(): GossipError {
    const within = `within ${this.#request.timeoutMs} ms`;
    const message =
      this.#attempt === undefined
        ? `${this.address} could not be called ${within}: no connection was free`
        : `${this.address} did not answer ${within}`;
    return new GossipError("CALL_TIMEOUT", message);
  }
}

/** True for what the other side says of the call alone; the rest may be the connection's fault. */
function leavesConnectionSound(code: status): boolean {
  return code === status.UNIMPLEMENTED || code === status.RESOURCE_EXHAUSTED;
}
