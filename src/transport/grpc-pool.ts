// A bounded pool of gRPC connections, one for each address: the least recently used idle one makes
// room for a new one, and a call that finds all of them busy waits.

import { type ChannelOptions, Client, credentials } from "@grpc/grpc-js";

/** A connection, lent to a call until it is given back. */
export interface PooledClient {
  readonly address: string;
  readonly client: Client;
}

interface Entry extends PooledClient {
  calls: number;
  /** No longer in the pool: closed when its last call ends. */
  retired: boolean;
}

interface Waiter {
  readonly address: string;
  readonly onClient: (client: PooledClient) => void;
}

/** The connections to others. */
export class GrpcPool {
  readonly #maxConnections: number;
  readonly #channelOptions: ChannelOptions;
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();
  readonly #retired = new Set<Entry>();
  readonly #waiters = new Set<Waiter>();

  constructor(maxConnections: number, channelOptions: ChannelOptions) {
    this.#maxConnections = maxConnections;
    this.#channelOptions = channelOptions;
  }

  get size(): number {
    return this.#entries.size + this.#retired.size;
  }

  /**
   * Lends the connection to `address`: at once, or when one of the others becomes idle. Returns a
   * function that ends the wait.
   */
  borrow(address: string, onClient: (client: PooledClient) => void): () => void {
    const entry = this.#find(address);
    if (entry !== undefined) {
      entry.calls += 1;
      onClient(entry);
      return () => {};
    }
    const waiter = { address, onClient };
    this.#waiters.add(waiter);
    return () => this.#waiters.delete(waiter);
  }

  /**
   * Takes a connection back. A broken one is not lent again: the next call makes a new one, rather
   * than waiting for gRPC's own back-off.
   */
  giveBack(client: PooledClient, isBroken: boolean): void {
    const entry = client as Entry;
    entry.calls -= 1;
    if (isBroken && !entry.retired) {
      entry.retired = true;
      this.#entries.delete(entry.address);
      this.#retired.add(entry);
    }
    if (entry.retired && entry.calls === 0) {
      this.#retired.delete(entry);
      entry.client.close();
    }
    this.#serveWaiters();
  }

  /** Closes all connections. */
  close(): void {
    for (const entry of [...this.#entries.values(), ...this.#retired]) entry.client.close();
    this.#entries.clear();
    this.#retired.clear();
    this.#waiters.clear();
  }

  #find(address: string): Entry | undefined {
    const held = this.#entries.get(address);
    if (held !== undefined) {
      this.#entries.delete(address);
      this.#entries.set(address, held);
      return held;
    }
    if (this.size >= this.#maxConnections && !this.#closeIdle()) return undefined;
    const client = new Client(address, credentials.createInsecure(), this.#channelOptions);
    const entry: Entry = { address, client, calls: 0, retired: false };
    this.#entries.set(address, entry);
    return entry;
  }

  /** Closes the idle connection that was unused for longest; false when none is idle. */
  #closeIdle(): boolean {
    for (const entry of this.#entries.values()) {
      if (entry.calls > 0) continue;
      this.#entries.delete(entry.address);
      entry.client.close();
      return true;
    }
    return false;
  }

  #serveWaiters(): void {
    for (const waiter of this.#waiters) {
      const entry = this.#find(waiter.address);
      if (entry === undefined) return;
      this.#waiters.delete(waiter);
      entry.calls += 1;
      waiter.onClient(entry);
    }
  }
}
