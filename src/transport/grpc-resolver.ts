// How gRPC finds the address of a peer: our own resolver, so that every socket that a client of
// ours opens, at whatever stage, can be closed through one signal.
//
// When a client is closed, grpc-js itself leaves behind: a TCP connection that is being made, for
// as long as the system tries; one that has been made but not answered, for ever; and one whose
// other side does not close. After a failed dial it even dials once more, a second later. But it
// hands the addresses that a resolver gives it to `net.connect` as they are, which takes a `signal`.
//
// And where the stock resolver takes a host named like a URI scheme (`dns:7946`, `unix:7946`) for
// one, this one takes every address for what it is.

import { type ChannelOptions, experimental, Metadata, status } from "@grpc/grpc-js";
import { parseAddress } from "../core/address.js";
import { type AddressFilter, filterOf, NOT_ALLOWED } from "./address-filter.js";
import { NameResolver } from "./name-resolver.js";
import { queueMicrotask } from "./platform-timers.js";

const SCHEME = "gossip";
const SIGNAL_OPTION = "gossip.signal";
const NAMES_OPTION = "gossip.names";

/** An address as grpc-js hands it to `net.connect`. */
type AbortableAddress = experimental.SubchannelAddress & { readonly signal: AbortSignal };

/** The target by which a client of ours finds the peer at `address`. */
export function grpcTarget(address: string): string {
  return `${SCHEME}:${address}`;
}

/** What goes into `:authority`. A zone, which means something on this machine only, stays out. */
export function authorityOf(address: string): string {
  return address.replace(/%[^\]]*\]/, "]");
}

/** The option by which a client's sockets all close when `signal` is aborted. */
export function signalOption(signal: AbortSignal): ChannelOptions {
  return { [SIGNAL_OPTION]: signal };
}

/** The option by which a client knows who looks names up. */
export function namesOption(names: NameResolver): ChannelOptions {
  return { [NAMES_OPTION]: names };
}

class PeerResolver implements experimental.Resolver {
  readonly #address: string;
  readonly #listener: experimental.ResolverListener;
  readonly #signal: AbortSignal;
  readonly #filter: AddressFilter | undefined;
  readonly #names: NameResolver;
  #stopLookup: () => void = () => {};
  /** Which of the runs between `destroy` calls a result is for; undefined before it is asked for. */
  #run: object | undefined;

  constructor(
    target: experimental.GrpcUri,
    listener: experimental.ResolverListener,
    options: ChannelOptions,
  ) {
    this.#address = target.path;
    this.#listener = listener;
    this.#signal = options[SIGNAL_OPTION];
    this.#filter = filterOf(options);
    const names: unknown = options[NAMES_OPTION];
    this.#names = names instanceof NameResolver ? names : new NameResolver();
  }

  /**
   * Once only: grpc-js asks again after each failed connection, and would go round for ever. A
   * client that could not connect is not used again, and the next one looks the name up anew.
   */
  updateResolution(): void {
    if (this.#run !== undefined) return;
    const run = {};
    this.#run = run;
    const parts = parseAddress(this.#address);
    // grpc-js wants its answer on a later turn.
    if (parts === undefined) {
      queueMicrotask(() => this.#fail(run, "no host:port that can be dialled"));
    } else if (parts.hostType === "name") {
      this.#stopLookup = this.#names.lookup(parts.host, (answer) => {
        if (answer.type === "found") this.#succeed(run, answer.addresses, parts.port);
        else this.#fail(run, answer.error.message);
      });
    } else {
      queueMicrotask(() => this.#succeed(run, [parts.host], parts.port));
    }
  }

  destroy(): void {
    this.#run = undefined;
    this.#stopLookup();
  }

  static getDefaultAuthority(target: experimental.GrpcUri): string {
    return authorityOf(target.path);
  }

  #succeed(run: object, found: readonly string[], port: number): void {
    if (this.#run !== run) return;
    const allowed = found.filter((address) => this.#filter?.allows(address) !== false);
    if (allowed.length === 0) {
      return this.#fail(run, NOT_ALLOWED);
    }
    const endpoints = allowed.map((address) => ({
      addresses: [abortableAddress(address, port, this.#signal)],
    }));
    this.#listener(experimental.statusOrFromValue(endpoints), {}, null, "");
  }

  #fail(run: object, details: string): void {
    if (this.#run !== run) return;
    const error = { code: status.UNAVAILABLE, details, metadata: new Metadata() };
    this.#listener(experimental.statusOrFromError(error), {}, null, "");
  }
}

/** No connection is made to it once `signal` is aborted: `net.connect` alone would make one. */
function abortableAddress(host: string, port: number, signal: AbortSignal): AbortableAddress {
  return {
    host,
    port,
    get signal() {
      signal.throwIfAborted();
      return signal;
    },
  };
}

experimental.registerResolver(SCHEME, PeerResolver);
