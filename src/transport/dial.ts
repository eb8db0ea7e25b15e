// A TCP connection to a host that may have several addresses: they are tried one after the other, each a
// little after the one before, and none is given up while there is time (RFC 8305). What Node does for a
// name gives each address a quarter of a second, and then never goes back to it.

import { connect, isIP, type Socket } from "node:net";
import type { HostAndPort } from "../core/address.js";
import { type AddressFilter, NOT_ALLOWED } from "./address-filter.js";
import type { NameResolver } from "./name-resolver.js";
import { clearTimeout, queueMicrotask, setTimeout } from "./platform-timers.js";

/** How long an address may take before the next one is tried beside it. */
const NEXT_ATTEMPT_MS = 250;
/** Addresses of one name that are tried. */
const MAX_ATTEMPTS = 16;

/** With what connections are made. */
export interface DialSetup {
  readonly names: Pick<NameResolver, "lookup">;
  /** Without it all addresses are allowed. */
  readonly filter?: AddressFilter | undefined;
}

/** What came of it: a connection, or why each attempt failed, at least one. */
export type DialEnd =
  | { readonly type: "connected"; readonly socket: Socket }
  | { readonly type: "failed"; readonly errors: readonly Error[] };

/** One connection on its way. It takes what time it may; who has waited long enough calls it off. */
export class Dial {
  readonly #port: number;
  readonly #filter: AddressFilter | undefined;
  readonly #onEnd: (end: DialEnd) => void;
  readonly #stopLookup: () => void;
  /** Those that have not failed. */
  readonly #sockets = new Set<Socket>();
  readonly #errors: Error[] = [];
  #left: string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isEnded = false;

  /** `onEnd` is called once, and never before this returns. */
  constructor({ host, port }: HostAndPort, setup: DialSetup, onEnd: (end: DialEnd) => void) {
    this.#port = port;
    this.#filter = setup.filter;
    this.#onEnd = onEnd;
    if (isIP(host.split("%", 1)[0] ?? "") !== 0) {
      this.#stopLookup = () => {};
      queueMicrotask(() => this.#begin([host]));
      return;
    }
    this.#stopLookup = setup.names.lookup(host, (answer) => {
      if (answer.type === "found") this.#begin(answer.addresses);
      else this.#end({ type: "failed", errors: [answer.error] });
    });
  }

  /** Ends it without a word. */
  cancel(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#stopLookup();
    clearTimeout(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  #begin(addresses: readonly string[]): void {
    if (this.#isEnded) return;
    const allowed = addresses.filter((ip) => this.#filter?.allows(ip) !== false);
    this.#left = allowed.slice(0, MAX_ATTEMPTS);
    if (this.#left.length > 0) this.#tryNext();
    else this.#end({ type: "failed", errors: [new Error(NOT_ALLOWED)] });
  }

  #tryNext(): void {
    clearTimeout(this.#timer);
    const host = this.#left.shift();
    if (host === undefined) {
      if (this.#sockets.size === 0) this.#end({ type: "failed", errors: this.#errors });
      return;
    }
    const socket = connect({ host, port: this.#port, noDelay: true });
    this.#sockets.add(socket);
    socket.once("connect", () => this.#onConnected(socket));
    // Stays on: an error may come after the end.
    socket.on("error", (error) => this.#onFailed(socket, error));
    if (this.#left.length > 0) this.#timer = setTimeout(() => this.#tryNext(), NEXT_ATTEMPT_MS);
  }

  #onConnected(socket: Socket): void {
    if (this.#isEnded) return;
    this.#sockets.delete(socket);
    this.#end({ type: "connected", socket });
  }

  #onFailed(socket: Socket, error: Error): void {
    if (this.#isEnded || !this.#sockets.delete(socket)) return;
    this.#errors.push(error);
    this.#tryNext();
  }

  #end(end: DialEnd): void {
    if (this.#isEnded) return;
    this.cancel();
    this.#onEnd(end);
  }
}
