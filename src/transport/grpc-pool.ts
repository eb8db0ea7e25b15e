// A bounded pool of gRPC connections, one for each address: the least recently used idle one makes
// room for a new one, and a call that finds all of them busy waits.

import type { Client } from "@grpc/grpc-js";
import { type ConnectionOptions, GrpcConnection } from "./grpc-connection.js";

/** A connection, lent to a call until it is given back. */
export interface PooledClient {
  readonly address: string;
  readonly client: Client;
  /** True when an earlier call on it was answered: what fails now may be a stale connection. */
  readonly hasAnswered: boolean;
}

interface Entry extends PooledClient {
  hasAnswered: boolean;
  calls: number;
  /** No longer in the pool: closed when its last call ends. */
  isRetired: boolean;
  readonly connection: GrpcConnection;
}

interface Waiter {
  readonly address: string;
  readonly onClient: (client: PooledClient) => void;
}

/** The connections to others. */
export class GrpcPool {
  readonly #maxConnections: number;
  readonly #options: ConnectionOptions;
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();
  readonly #retired = new Set<Entry>();
  readonly #waiters = new Set<Waiter>();
  #isClosed = false;

  constructor(maxConnections: number, options: ConnectionOptions) {
    this.#maxConnections = maxConnections;
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size + this.#retired.size;
  }

  /**
   * Lends the connection to `address`: at once, or when one of the others becomes idle. Returns a
   * function that ends the wait.
   */
  borrow(address: string, onClient: (client: PooledClient) => void): () => void {
    const waiter = { address, onClient };
    this.#waiters.add(waiter);
    this.#serve(waiter);
    return () => this.#waiters.delete(waiter);
  }

  /** Takes a connection back after a call that was answered. */
  giveBack(client: PooledClient): void {
    const entry = client as Entry;
    entry.hasAnswered = true;
    this.#onCallEnded(entry);
  }

  /**
   * Takes a connection back that may be broken. It is not lent again: the next call makes a new
   * one, rather than waiting for gRPC's own back-off.
   */
  giveBackBroken(client: PooledClient): void {
    const entry = client as Entry;
    if (!entry.isRetired && !this.#isClosed) {
      entry.isRetired = true;
      this.#entries.delete(entry.address);
      this.#retired.add(entry);
    }
    this.#onCallEnded(entry);
  }

  /** Closes all connections, and lends none any more. */
  close(): void {
    this.#isClosed = true;
    this.#waiters.clear();
    for (const { connection } of [...this.#entries.values(), ...this.#retired]) connection.close();
    this.#entries.clear();
    this.#retired.clear();
  }

  #onCallEnded(entry: Entry): void {
    entry.calls -= 1;
    if (entry.isRetired && entry.calls === 0 && this.#retired.delete(entry)) {
      entry.connection.close();
    }
    // Those behind one that has to wait on may be for an address that is connected by now.
    for (const waiter of this.#waiters) this.#serve(waiter);
  }

  #serve(waiter: Waiter): void {
    if (this.#isClosed) return;
    const entry = this.#find(waiter.address);
    if (entry === undefined) return;
    this.#waiters.delete(waiter);
    entry.calls += 1;
    waiter.onClient(entry);
  }

  #find(address: string): Entry | undefined {
    const held = this.#entries.get(address);
    if (held !== undefined) {
      this.#entries.delete(address);
      this.#entries.set(address, held);
      return held;
    }
    if (this.size >= this.#maxConnections && !this.#closeIdle()) return undefined;
    const entry = openEntry(address, this.#options);
    this.#entries.set(address, entry);
    return entry;
  }

  /** Closes the idle connection that was unused for longest; false when none is idle. */
  #closeIdle(): boolean {
    for (const entry of this.#entries.values()) {
      if (entry.calls > 0) continue;
      this.#entries.delete(entry.address);
      entry.connection.close();
      return true;
    }
    return false;
  }
}

function openEntry(address: string, options: ConnectionOptions): Entry {
  const connection = new GrpcConnection({ address }, options);
  const { client } = connection;
  return { address, client, hasAnswered: false, calls: 0, isRetired: false, connection };
}
