// A simulated peer of the original program, with its faults: it deletes for ever, cannot refute,
// pings whatever it hears of before it answers, and waits without a deadline. It shows in a
// simulation that ours do it no harm, and are not misled by it.

import type { PeerRecord } from "../core/record.js";
import { RejectionCounter } from "../core/rejection.js";
import type { CallHandler, CallOutcome } from "../transport/transport.js";
import type { RecordCodec } from "../wire/record-codec.js";
import { EMPTY_MESSAGE, PING_METHOD, SHARE_DATA_METHOD } from "../wire/seed-dialect.js";
import type { Host } from "./host.js";
import { SimTransport, type SimWorld } from "./sim-transport.js";

/** It has no deadlines: half a year of virtual time. */
const NEVER_MS = 2 ** 34;
/** A call that took as long will never end: the other side is no longer there. */
const STUCK_MS = 30_000;
const UNBOUNDED = Number.MAX_SAFE_INTEGER;

/** What the originals of a simulation share. */
export interface OriginalContext {
  readonly world: SimWorld;
  readonly codec: RecordCodec;
  readonly pingPeriodMs: number;
}

/** One original. */
export class SimOriginal {
  /** @internal */
  readonly host: Host;
  readonly #context: OriginalContext;
  readonly #seeds: readonly string[];
  #name: string;
  #transport: SimTransport | undefined;
  /** All that it was ever told, by address; a record marked as deleted is kept, and hidden. */
  #records = new Map<string, PeerRecord>();
  /** Whom it dials, in the order of their turn. */
  #turns: string[] = [];
  #isBusy = false;
  #busySinceMs = 0;

  /** @internal */
  constructor(host: Host, name: string, seeds: readonly string[], context: OriginalContext) {
    this.host = host;
    this.#name = name;
    this.#seeds = seeds;
    this.#context = context;
  }

  /** Its address. */
  get address(): string {
    return this.host.address;
  }

  /** True while its process runs. */
  get isRunning(): boolean {
    return this.host.isRunning;
  }

  /** The name that its application gave it last. */
  get name(): string {
    return this.#name;
  }

  /** The names that it lists, by address, itself included. */
  get members(): ReadonlyMap<string, string> {
    return new Map(this.#live().map((record) => [record.address, record.name]));
  }

  /**
   * The addresses that it lists, without a map: checkers look after each of its steps.
   *
   * @internal
   */
  *listed(): Generator<string> {
    for (const { address, deleted } of this.#records.values()) if (!deleted) yield address;
  }

  /**
   * What it holds of itself: others can have changed it, since it takes what is newer.
   *
   * @internal
   */
  get ownRecord(): PeerRecord | undefined {
    return this.#records.get(this.address);
  }

  /** True when it dials nobody: it deleted all that it knew, or never reached its seed. */
  get isAlone(): boolean {
    return this.#turns.length === 0;
  }

  /**
   * What takes the calls that come for it.
   *
   * @internal
   */
  readonly handler: CallHandler = ({ method, messages }, respond) => {
    if (method === PING_METHOD) {
      respond([EMPTY_MESSAGE]);
      return;
    }
    this.#takeIn(this.#decode(messages), () => respond(this.#encodeLive()));
  };

  /**
   * True when it waits for an answer that will never come, and so dials nobody else: it has no
   * deadlines, and does not notice that a machine has vanished.
   */
  get isStuck(): boolean {
    return this.#isBusy && this.host.monotonicMs() - this.#busySinceMs > STUCK_MS;
  }

  /** Starts a process here; it knows nothing of the one before, and counts from 0. */
  start({ name = this.#name }: { readonly name?: string | undefined } = {}): void {
    this.host.startProcess();
    this.#transport = new SimTransport(this.#context.world, this.host, UNBOUNDED);
    this.#records = new Map();
    this.#turns = [];
    this.#isBusy = false;
    this.#write({ address: this.address, version: 0, deleted: false, name: "" });
    this.updateInfo(name);
    for (const seed of this.#seeds) this.#addSeed(seed, () => {});
    this.#tick();
  }

  /** Ends the process without a word. */
  crash(): void {
    if (!this.isRunning) return;
    for (const connection of this.host.inbound) connection.resetFromFarEnd("reset");
    this.host.inbound.clear();
    this.host.endProcess();
    void this.#transport?.close();
  }

  /** Its application gives it another name. */
  updateInfo(name: string): void {
    this.#name = name;
    const version = (this.ownRecord?.version ?? 0) + 1;
    this.#write({ address: this.address, version, deleted: false, name });
  }

  #tick(): void {
    this.host.setTimer(() => {
      // Its loop is one thread: a period that comes while it is busy is lost.
      if (!this.#isBusy) this.#shareWithNext();
      this.#tick();
    }, this.#context.pingPeriodMs);
  }

  #shareWithNext(): void {
    const address = this.#turns.shift();
    if (address === undefined) return;
    this.#turns.push(address);
    this.#isBusy = true;
    this.#busySinceMs = this.host.monotonicMs();
    this.#call(address, SHARE_DATA_METHOD, this.#encodeLive(), (outcome) => {
      if (outcome.type === "failed") {
        this.#delete(address);
        this.#isBusy = false;
        return;
      }
      this.#takeIn(this.#decode(outcome.messages), () => {
        this.#isBusy = false;
      });
    });
  }

  /** Takes in records one after another, and pings each address that was unknown, before `onEnd`. */
  #takeIn(records: readonly PeerRecord[], onEnd: () => void, start = 0): void {
    for (let index = start; index < records.length; index += 1) {
      const record = records[index];
      if (record === undefined) break;
      const held = this.#records.get(record.address);
      if (held === undefined || record.version > held.version) this.#write(record);
      if (held !== undefined) continue;
      this.#addSeed(record.address, () => this.#takeIn(records, onEnd, index + 1));
      return;
    }
    onEnd();
  }

  /** Pings an address; one that answers is dialled from then on, and known as of version 0. */
  #addSeed(address: string, onEnd: () => void): void {
    this.#call(address, PING_METHOD, [EMPTY_MESSAGE], (outcome) => {
      if (outcome.type === "answered" && !this.#turns.includes(address)) {
        this.#turns.unshift(address);
        this.#write({ address, version: 0, deleted: false, name: "" });
      }
      onEnd();
    });
  }

  #delete(address: string): void {
    this.#turns = this.#turns.filter((turn) => turn !== address);
    const held = this.#records.get(address);
    if (held !== undefined) this.#write({ ...held, version: held.version + 1, deleted: true });
  }

  #write(record: PeerRecord): void {
    this.#records.set(record.address, record);
  }

  #live(): PeerRecord[] {
    return Array.from(this.#records.values()).filter((record) => !record.deleted);
  }

  #encodeLive(): Uint8Array[] {
    return this.#context.codec.encode(this.#live());
  }

  #decode(messages: readonly Uint8Array[]): PeerRecord[] {
    return this.#context.codec.decode(messages, new RejectionCounter());
  }

  #call(
    address: string,
    method: string,
    messages: readonly Uint8Array[],
    onEnd: (outcome: CallOutcome) => void,
  ): void {
    const request = { address, method, messages, timeoutMs: NEVER_MS, maxMessages: UNBOUNDED };
    const { life } = this.host;
    this.#transport?.call(request, (outcome) => {
      // What the process before was about is nothing to the one after it.
      if (this.host.life === life) onEnd(outcome);
    });
  }
}
