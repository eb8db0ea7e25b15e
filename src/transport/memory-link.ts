// A link on the network in memory: two halves, each of which hands what it sends to the other on a
// turn of its own.

import { GossipError } from "../core/errors.js";
import { LINGER_MS } from "./frame-writer.js";
import { clearTimeout, setImmediate, setTimeout } from "./platform-timers.js";
import type {
  Link,
  LinkEnd,
  LinkListener,
  LinkRequest,
  LinkService,
  ListenOptions,
} from "./transport.js";

/** An address that is listened on. */
interface Host {
  readonly options: ListenOptions;
  /** This side of the links that others opened. */
  readonly links: Set<MemoryLink>;
}

/** What a link needs of the network. */
interface Network {
  /** Both halves of all links. */
  readonly links: Set<MemoryLink>;
  isSilent(address: string): boolean;
  listenerAt(address: string): Host | undefined;
}

/** What one half sends to the other. */
type LinkEvent =
  | { readonly type: "frame"; readonly frame: Uint8Array }
  | { readonly type: "end"; readonly end: LinkEnd };

/** What a half is made from. */
interface HalfOptions {
  readonly network: Network;
  /** Whom the link leads to. */
  readonly address: string;
  /** Called once, when nothing is left of the half. */
  readonly onGone: (half: MemoryLink) => void;
}

/** One side of a link. */
export class MemoryLink implements Link {
  readonly #options: HalfOptions;
  #listener: LinkListener | undefined;
  #other: MemoryLink | undefined;
  /** The path that is still to be connected to. */
  #method: string | undefined;
  #outbox: LinkEvent[] = [];
  #unsentBytes = 0;
  #state: "open" | "closing" | "ended" = "open";
  /** The next step, each on a turn of its own, as on a real network. */
  #step: NodeJS.Immediate | undefined;
  /** Of the wait for the first frame, then of the close. */
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HalfOptions) {
    this.#options = options;
    options.network.links.add(this);
  }

  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  /** Whether this side opened it. */
  get #isOurs(): boolean {
    return this.#method !== undefined;
  }

  /** Begins a link of ours. */
  open({ address, method, timeoutMs }: LinkRequest, listener: LinkListener): void {
    this.#listener = listener;
    this.#method = method;
    this.#timer = setTimeout(() => {
      const message = `${address} did not answer within ${timeoutMs} ms`;
      this.#end({ type: "timed-out", error: new GossipError("CALL_TIMEOUT", message) });
    }, timeoutMs);
    this.resume();
  }

  send(frame: Uint8Array): void {
    if (this.#state !== "open") return;
    this.#unsentBytes += frame.byteLength;
    this.#outbox.push({ type: "frame", frame: frame.slice() });
    this.resume();
  }

  close(): void {
    this.#close({ type: "closed" });
  }

  refuse(reason: string): void {
    this.#close(this.#isOurs ? { type: "closed" } : { type: "refused", reason });
  }

  /** Ends it at once, without a word to this side; the other finds it broken. */
  abandon(): void {
    if (this.#state === "ended") return;
    this.#forget();
    this.#other?.resume();
  }

  /** Goes on, where a silent host held it up as well. */
  resume(): void {
    if (this.#state !== "ended") this.#step ??= setImmediate(() => this.#run());
  }

  #run(): void {
    this.#step = undefined;
    if (this.#options.network.isSilent(this.#options.address)) return;
    if (this.#other === undefined) this.#connect();
    else if (this.#other.#state === "ended") this.#break("connection dropped");
    else this.#deliver(this.#other);
  }

  #connect(): void {
    const { network, address } = this.#options;
    const host = network.listenerAt(address);
    if (host === undefined) return this.#break("nobody listens");
    const { links } = host.options;
    if (links === undefined || links.method !== this.#method) {
      return this.#end({ type: "unserved" });
    }
    this.#accept(host, links);
    this.resume();
  }

  /** Makes the half of the other side. */
  #accept(host: Host, service: LinkService): void {
    const onGone = (half: MemoryLink): void => {
      host.links.delete(half);
    };
    const other = new MemoryLink({ ...this.#options, onGone });
    this.#other = other;
    other.#other = this;
    host.links.add(other);
    other.#listener = service.onLink(other);
  }

  #deliver(other: MemoryLink): void {
    const events = this.#outbox;
    this.#outbox = [];
    this.#unsentBytes = 0;
    for (const event of events) other.#receive(event);
    if (this.#state === "open") this.#listener?.onDrained();
    if (this.#state === "closing" && this.#outbox.length === 0) this.#forget();
  }

  #receive(event: LinkEvent): void {
    if (event.type === "end") {
      this.#end(event.end);
    } else if (this.#state === "open") {
      if (this.#isOurs) clearTimeout(this.#timer);
      this.#listener?.onFrame(event.frame);
    }
  }

  #close(end: LinkEnd): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.#outbox.push({ type: "end", end });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.abandon(), LINGER_MS);
    this.resume();
  }

  #break(reason: string): void {
    const message = `${this.#options.address}: ${reason}`;
    this.#end({ type: "broken", error: new GossipError("CALL_UNREACHABLE", message) });
  }

  #end(end: LinkEnd): void {
    const isTold = this.#state === "open";
    this.abandon();
    if (isTold) this.#listener?.onEnd(end);
  }

  #forget(): void {
    this.#state = "ended";
    this.#outbox = [];
    this.#unsentBytes = 0;
    clearImmediate(this.#step);
    clearTimeout(this.#timer);
    this.#options.network.links.delete(this);
    this.#options.onGone(this);
  }
}
