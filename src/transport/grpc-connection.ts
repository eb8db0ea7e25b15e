// A gRPC client with the sockets that it opens, so that closing it leaves nothing behind.

import { type ChannelOptions, Client, credentials } from "@grpc/grpc-js";
import { grpcTarget, signalOption } from "./grpc-resolver.js";
import { setImmediate } from "./platform-timers.js";
import { TlsCredentials, type TlsTarget } from "./tls-credentials.js";
import type { TransportTls } from "./transport-tls.js";

/** How all clients of a transport connect. */
export interface ConnectionOptions {
  readonly channel: ChannelOptions;
  /** Without it they connect in plain text. */
  readonly tls?: TransportTls | undefined;
}

/** A client for one address, connected by what is first asked of it. */
export class GrpcConnection {
  readonly client: Client;
  /** Closes its sockets, whatever stage they are at. */
  readonly #sockets = new AbortController();

  constructor(target: TlsTarget, { channel, tls }: ConnectionOptions) {
    const options = { ...channel, ...signalOption(this.#sockets.signal) };
    const how = tls === undefined ? credentials.createInsecure() : new TlsCredentials(tls, target);
    this.client = new Client(grpcTarget(target.address), how, options);
  }

  /** Closes at once, without a word. */
  close(): void {
    this.client.close();
    // On a turn of its own: grpc-js takes off its handlers for a moment within the turn in which a
    // connection is made, and a socket that is closed just then would throw.
    setImmediate(() => this.#sockets.abort());
  }
}
