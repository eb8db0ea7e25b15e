// The transport that peers use: gRPC on @grpc/grpc-js.

import type { ChannelOptions, ClientDuplexStream, ServiceError } from "@grpc/grpc-js";
import { GossipError } from "../core/errors.js";
import type { Limits } from "../core/limits.js";
import { asBuffer, identity } from "./grpc-bytes.js";
import { callError } from "./grpc-errors.js";
import { GrpcPool, type PooledClient } from "./grpc-pool.js";
import { GrpcServer } from "./grpc-server.js";
import type { CallOutcome, CallRequest, ListenOptions, Transport } from "./transport.js";

/** The limits that the transport keeps. */
export type TransportLimits = Pick<
  Limits,
  "maxConnections" | "maxInboundConnections" | "maxMessageBytes" | "maxCallsPerConnection"
>;

/** gRPC over plain TCP. */
export class GrpcTransport implements Transport {
  readonly #limits: TransportLimits;
  readonly #channelOptions: ChannelOptions;
  readonly #pool: GrpcPool;
  readonly #calls = new Set<GrpcCall>();
  #server: GrpcServer | undefined;
  #isClosed = false;

  constructor(limits: TransportLimits) {
    this.#limits = limits;
    this.#channelOptions = channelOptions(limits);
    this.#pool = new GrpcPool(limits.maxConnections, this.#channelOptions);
  }

  get connectionCount(): number {
    return this.#pool.size;
  }

  async listen(options: ListenOptions): Promise<number> {
    const server = new GrpcServer(
      options,
      this.#limits.maxInboundConnections,
      this.#channelOptions,
    );
    this.#server = server;
    return server.listen();
  }

  call(request: CallRequest, onEnd: (outcome: CallOutcome) => void): void {
    const call = new GrpcCall(request, this.#pool, (outcome) => {
      this.#calls.delete(call);
      onEnd(outcome);
    });
    this.#calls.add(call);
    if (this.#isClosed) call.fail(stoppedError(request.address));
    else call.start();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const call of this.#calls) call.fail(stoppedError("this peer"));
    this.#pool.close();
    await this.#server?.close();
  }
}

/** One call of ours, from the wait for a connection to its end. */
class GrpcCall {
  readonly #request: CallRequest;
  readonly #pool: GrpcPool;
  readonly #onEnd: (outcome: CallOutcome) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #messages: Uint8Array[] = [];
  #dropped = 0;
  #stopWaiting: () => void = () => {};
  #client: PooledClient | undefined;
  #stream: ClientDuplexStream<Buffer, Buffer> | undefined;
  #isEnded = false;

  constructor(request: CallRequest, pool: GrpcPool, onEnd: (outcome: CallOutcome) => void) {
    this.#request = request;
    this.#pool = pool;
    this.#onEnd = onEnd;
    // Our own timer, since gRPC's deadline is a time of day and runs with a clock that may be set,
    // and since a connection that accepts and says nothing is never given up by gRPC itself.
    this.#timer = setTimeout(() => this.fail(this.#timeoutError()), request.timeoutMs);
  }

  start(): void {
    this.#stopWaiting = this.#pool.borrow(this.#request.address, (client) => this.#open(client));
  }

  /** Ends the call with an error, unless it has ended; its connection is not used again. */
  fail(error: GossipError): void {
    this.#end({ type: "failed", error }, true);
  }

  #open(client: PooledClient): void {
    this.#client = client;
    const stream = client.client.makeBidiStreamRequest(this.#request.method, identity, identity);
    this.#stream = stream;
    stream.on("data", (message: Buffer) => this.#onMessage(message));
    stream.on("error", (error: ServiceError) => {
      this.fail(callError(this.#request.address, error));
    });
    // After an error `end` may come too; the first of them counts.
    stream.on("end", () => {
      this.#end({ type: "answered", messages: this.#messages, dropped: this.#dropped }, false);
    });
    this.#sendMore(stream, 0);
  }

  /** Sends the messages from `index` on, no faster than they are taken. */
  #sendMore(stream: ClientDuplexStream<Buffer, Buffer>, index: number): void {
    for (let next = index; next < this.#request.messages.length; next += 1) {
      const message = this.#request.messages[next];
      if (message !== undefined && !stream.write(asBuffer(message))) {
        stream.once("drain", () => this.#sendMore(stream, next + 1));
        return;
      }
    }
    stream.end();
  }

  #onMessage(message: Uint8Array): void {
    if (this.#messages.length < this.#request.maxMessages) this.#messages.push(message);
    else this.#dropped += 1;
  }

  #end(outcome: CallOutcome, isBroken: boolean): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearTimeout(this.#timer);
    this.#stopWaiting();
    if (isBroken) this.#stream?.cancel();
    if (this.#client !== undefined) this.#pool.giveBack(this.#client, isBroken);
    // On a later turn, so that no caller is called back before its call returns.
    queueMicrotask(() => this.#onEnd(outcome));
  }

  #timeoutError(): GossipError {
    const { address, timeoutMs } = this.#request;
    return new GossipError("CALL_TIMEOUT", `${address} did not answer within ${timeoutMs} ms`);
  }
}

function stoppedError(subject: string): GossipError {
  return new GossipError("STOPPED", `${subject}: the peer has stopped`);
}

function channelOptions(limits: TransportLimits): ChannelOptions {
  return {
    // Each peer has connections of its own, also where several run in one process.
    "grpc.use_local_subchannel_pool": 1,
    "grpc.max_receive_message_length": limits.maxMessageBytes,
    "grpc.max_concurrent_streams": limits.maxCallsPerConnection,
    "grpc.enable_channelz": 0,
    // Peers dial each other directly, whatever proxy the environment names for web traffic.
    "grpc.enable_http_proxy": 0,
    "grpc.service_config_disable_resolution": 1,
    "grpc.enable_retries": 0,
    // No keepalive pings: an original closes connections that send them.
  };
}
