// The transport that peers use: gRPC. Links, and all that is served, are on node:http2 itself; the calls of the
// seed dialect go out through @grpc/grpc-js.

import type { ChannelOptions } from "@grpc/grpc-js";
import { GossipError } from "../core/errors.js";
import type { Limits } from "../core/limits.js";
import { filterOption } from "./address-filter.js";
import { WINDOW_BYTES } from "./flow-control.js";
import { GrpcCall } from "./grpc-call.js";
import { GrpcLink } from "./grpc-link.js";
import { GrpcPool } from "./grpc-pool.js";
import { namesOption } from "./grpc-resolver.js";
import { GrpcServer } from "./grpc-server.js";
import { handlesClosed } from "./handles-closed.js";
import { Knock } from "./knock.js";
import { NameResolver } from "./name-resolver.js";
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
import type { TransportSecurity } from "./transport-security.js";

/** The limits that the transport keeps. */
export type TransportLimits = Pick<
  Limits,
  | "maxConnections"
  | "maxInboundConnections"
  | "maxMessageBytes"
  | "maxCallsPerConnection"
  | "maxCallsPerSecond"
  | "maxHandshakes"
>;

/** gRPC over TCP, or over TLS. */
export class GrpcTransport implements Transport {
  readonly #limits: TransportLimits;
  readonly #security: TransportSecurity;
  readonly #names: NameResolver;
  readonly #pool: GrpcPool;
  readonly #calls = new Set<GrpcCall>();
  readonly #links = new Set<GrpcLink>();
  readonly #knocks = new Set<Knock>();
  #server: GrpcServer | undefined;
  #closing: Promise<void> | undefined;

  /** Looks names up by `names`, and closes them with itself. */
  constructor(
    limits: TransportLimits,
    security: TransportSecurity = {},
    names: NameResolver = new NameResolver(),
  ) {
    const { tls, filter } = security;
    this.#limits = limits;
    this.#security = security;
    this.#names = names;
    const channel = { ...channelOptions(limits), ...filterOption(filter), ...namesOption(names) };
    this.#pool = new GrpcPool(limits.maxConnections, { channel, tls });
  }

  get connectionCount(): number {
    return this.#pool.size + this.#links.size;
  }

  async listen(options: ListenOptions): Promise<number> {
    if (this.#closing !== undefined) throw stoppedError(options.address);
    if (this.#server !== undefined) {
      throw new GossipError("LISTEN_FAILED", `${options.address}: this transport listens already`);
    }
    const server = new GrpcServer({
      listen: options,
      maxConnections: this.#limits.maxInboundConnections,
      maxCallsPerSecond: this.#limits.maxCallsPerSecond,
      maxCallsPerConnection: this.#limits.maxCallsPerConnection,
      maxMessageBytes: this.#limits.maxMessageBytes,
      maxHandshakes: this.#limits.maxHandshakes,
      names: this.#names,
      ...this.#security,
    });
    this.#server = server;
    try {
      return await server.listen();
    } catch (error) {
      this.#server = undefined;
      throw error;
    }
  }

  call(request: CallRequest, onEnd: (outcome: CallOutcome) => void): void {
    const call = new GrpcCall(request, this.#pool, (outcome) => {
      this.#calls.delete(call);
      onEnd(outcome);
    });
    this.#calls.add(call);
    if (this.#closing === undefined) call.start();
    else call.fail(stoppedError(request.address));
  }

  openLink(request: LinkRequest, listener: LinkListener): Link {
    const link = new GrpcLink(request, listener, this.#limits.maxMessageBytes, () =>
      this.#links.delete(link),
    );
    this.#links.add(link);
    if (this.#closing === undefined) link.start({ ...this.#security, names: this.#names });
    else link.abandon();
    return link;
  }

  knock(address: string, timeoutMs: number, onEnd: (outcome: KnockOutcome) => void): void {
    if (this.#closing !== undefined) return;
    const setup = { names: this.#names, filter: this.#security.filter };
    const knock = new Knock({ address, timeoutMs }, setup, (outcome) => {
      this.#knocks.delete(knock);
      onEnd(outcome);
    });
    this.#knocks.add(knock);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // The pool first, so that no connection given back is lent again.
    this.#pool.close();
    for (const call of this.#calls) call.fail(stoppedError(call.address));
    for (const link of this.#links) link.abandon();
    for (const knock of this.#knocks) knock.cancel();
    this.#knocks.clear();
    this.#names.close();
    await this.#server?.close();
    await handlesClosed();
  }
}

function channelOptions(limits: TransportLimits): ChannelOptions {
  return {
    // Each peer has connections of its own, also where several run in one process.
    "grpc.use_local_subchannel_pool": 1,
    "grpc.max_receive_message_length": limits.maxMessageBytes,
    "grpc.max_concurrent_streams": limits.maxCallsPerConnection,
    "grpc.enable_channelz": 0,
    "grpc-node.flow_control_window": WINDOW_BYTES,
    // Peers dial each other directly, whatever proxy the environment names for web traffic.
    "grpc.enable_http_proxy": 0,
    // Ours are cheaper: see GrpcCall.
    "grpc.enable_retries": 0,
    // No keepalive pings: an original closes connections that send them.
  };
}
