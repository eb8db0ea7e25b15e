// A simulated TCP connection: what is lost is sent again, later, and all that comes behind it on the
// connection waits for it. Nothing vanishes but with the connection itself.

import type { ConnectionEnd, Host, InboundConnection, VirtualClock } from "./host.js";
import type { Network } from "./network.js";
import type { Schedule, Scheduled } from "./schedule.js";

/** Linux: the first retransmission of data, doubling. */
const RETRANSMIT_MS = 200;
/** Linux: the first retransmission of a dial's SYN, doubling. */
const DIAL_RETRANSMIT_MS = 1_000;
/** Linux: the longest wait between two retransmissions. */
const MAX_RETRANSMIT_MS = 120_000;

/** What connections are made in. */
export interface World {
  readonly clock: VirtualClock;
  readonly schedule: Schedule;
  readonly network: Network;
}

interface Packet {
  readonly bytes: number;
  readonly onArrive: () => void;
  hasArrived: boolean;
  /** When it was sent last. */
  sentAtMs: number;
  /** Ends the wait for its retransmission, where it is lost; undefined where it is on its way. */
  retry: Scheduled | undefined;
}

/** One way of a connection: packets arrive in the order in which they were sent. */
export class OneWay {
  readonly #world: World;
  readonly #from: Host;
  readonly #to: Host;
  readonly #isOpen: () => boolean;
  readonly #isStuck: () => boolean;
  readonly #packets: Packet[] = [];

  constructor(
    world: World,
    from: Host,
    to: Host,
    { isOpen, isStuck }: { readonly isOpen: () => boolean; readonly isStuck: () => boolean },
  ) {
    this.#world = world;
    this.#from = from;
    this.#to = to;
    this.#isOpen = isOpen;
    this.#isStuck = isStuck;
  }

  /** Sends a message; `onArrive` runs when it, and all before it, are there. */
  send(bytes: number, onArrive: () => void): void {
    const { clock, network } = this.#world;
    const from = this.#from;
    const bytesPerMs = from.bytesPerMs ?? network.bytesPerMs;
    from.sendFreeAtMs = Math.max(clock.nowMs, from.sendFreeAtMs) + bytes / bytesPerMs;
    from.counters.bytesSent += bytes;
    const { sendFreeAtMs: sentAtMs } = from;
    const packet: Packet = { bytes, onArrive, hasArrived: false, sentAtMs, retry: undefined };
    this.#packets.push(packet);
    this.#attempt(packet, from.sendFreeAtMs - clock.nowMs, RETRANSMIT_MS);
  }

  #attempt(packet: Packet, delayMs: number, retransmitMs: number): void {
    const { clock, network, schedule } = this.#world;
    if (network.isCut(this.#from, this.#to) || this.#isStuck()) {
      this.#retry(packet, retransmitMs);
      return;
    }
    const oneWayMs = network.oneWayMs(this.#from, this.#to);
    const loss = network.drawLoss(this.#from, this.#to, packet.bytes);
    if (loss.atEnd) {
      this.#retry(packet, retransmitMs);
      return;
    }
    // A loss in the middle is noticed and mended within a round trip.
    const mendMs = loss.lost ? 2 * oneWayMs : 0;
    schedule.add(clock.nowMs + delayMs + oneWayMs + mendMs, () => this.#onArrival(packet));
  }

  #retry(packet: Packet, retransmitMs: number): void {
    const { clock, schedule } = this.#world;
    const nextMs = Math.min(2 * retransmitMs, MAX_RETRANSMIT_MS);
    packet.retry = schedule.add(clock.nowMs + retransmitMs, () => this.#resend(packet, nextMs));
  }

  #resend(packet: Packet, retransmitMs: number): void {
    packet.retry = undefined;
    packet.sentAtMs = this.#world.clock.nowMs;
    if (this.#isOpen()) this.#attempt(packet, 0, retransmitMs);
  }

  #onArrival(packet: Packet): void {
    if (!this.#isOpen()) return;
    packet.hasArrived = true;
    while (this.#packets[0]?.hasArrived) {
      const first = this.#packets.shift();
      if (first === undefined || !this.#isOpen()) return;
      this.#to.counters.bytesReceived += first.bytes;
      first.onArrive();
    }
    if (this.#packets.length > 0) this.#acknowledge(packet);
  }

  /** The acknowledgement of what came tells of what was sent before it and is missing (RACK). */
  #acknowledge({ sentAtMs }: Packet): void {
    const { clock, network, schedule } = this.#world;
    const isMissing = (packet: Packet): boolean =>
      packet.retry !== undefined && packet.sentAtMs <= sentAtMs;
    if (!this.#packets.some(isMissing)) return;
    if (network.isCut(this.#to, this.#from) || network.drawLoss(this.#to, this.#from, 0).lost)
      return;
    schedule.add(clock.nowMs + network.oneWayMs(this.#to, this.#from), () => {
      for (const packet of this.#packets) {
        if (packet.retry === undefined || packet.sentAtMs > sentAtMs) continue;
        schedule.cancel(packet.retry);
        this.#resend(packet, RETRANSMIT_MS);
      }
    });
  }
}

/** A connection from one host's process to another's. */
export class Connection implements InboundConnection {
  readonly from: Host;
  readonly to: Host;
  readonly forward: OneWay;
  readonly backward: OneWay;
  /** Calls that use it now. */
  calls = 0;
  readonly #world: World;
  readonly #fromLife: number;
  #toLife = 0;
  #isReady = false;
  #end: ConnectionEnd | undefined;
  #waiting: (() => void)[] = [];
  readonly #onEnds = new Set<(end: ConnectionEnd) => void>();

  constructor(world: World, from: Host, to: Host) {
    this.#world = world;
    this.from = from;
    this.to = to;
    this.#fromLife = from.life;
    const madeAtMs = world.clock.nowMs;
    const state = {
      isOpen: () => this.#end === undefined,
      isStuck: () => madeAtMs < Math.max(from.forgottenAtMs, to.forgottenAtMs),
    };
    this.forward = new OneWay(world, from, to, state);
    this.backward = new OneWay(world, to, from, state);
  }

  get isEnded(): boolean {
    return this.#end !== undefined;
  }

  /** Begins to dial. `onAccept` runs at the other side when the connection is there. */
  dial(onAccept: () => void): void {
    this.#attemptDial(DIAL_RETRANSMIT_MS, onAccept);
  }

  /** Runs `run` once the connection is ready. */
  whenReady(run: () => void): void {
    if (this.#isReady) run();
    else this.#waiting.push(run);
  }

  /** Tells when the connection ends; the returned function stops that. */
  onEnd(run: (end: ConnectionEnd) => void): () => void {
    this.#onEnds.add(run);
    return () => this.#onEnds.delete(run);
  }

  /** True while the process that was dialled still runs. */
  get isAnswered(): boolean {
    return this.to.life === this.#toLife;
  }

  /** Ends the connection here and now. */
  end(end: ConnectionEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#waiting = [];
    for (const run of this.#onEnds) run(end);
    this.#onEnds.clear();
  }

  /** The dialled side tells the dialling one that nobody is there, if anything gets through. */
  resetFromFarEnd(end: ConnectionEnd): void {
    const { clock, network, schedule } = this.#world;
    if (this.#end !== undefined || network.isCut(this.to, this.from)) return;
    const arrivalMs = clock.nowMs + network.oneWayMs(this.to, this.from);
    schedule.add(arrivalMs, () => {
      if (this.from.life === this.#fromLife) this.from.work(0, () => this.end(end));
    });
  }

  #attemptDial(retransmitMs: number, onAccept: () => void): void {
    const { clock, network, schedule } = this.#world;
    const isLost = (from: Host, to: Host): boolean =>
      network.isCut(from, to) || network.drawLoss(from, to, 0).lost;
    const retry = (): void => {
      schedule.add(clock.nowMs + retransmitMs, () => {
        if (this.#end === undefined && !this.#isReady) {
          this.#attemptDial(2 * retransmitMs, onAccept);
        }
      });
    };
    if (network.isRefused(this.from, this.to)) {
      schedule.add(clock.nowMs + 2 * network.oneWayMs(this.from, this.to), () => {
        this.from.work(0, () => this.end("refused"));
      });
      return;
    }
    if (isLost(this.from, this.to)) {
      retry();
      return;
    }
    schedule.add(clock.nowMs + network.oneWayMs(this.from, this.to), () => {
      if (this.#end !== undefined) return;
      if (isLost(this.to, this.from)) retry();
      else if (!this.to.isRunning) this.resetFromFarEnd("refused");
      else this.#accept(onAccept);
    });
  }

  #accept(onAccept: () => void): void {
    const { clock, network, schedule } = this.#world;
    this.#toLife = this.to.life;
    this.to.work(0, onAccept);
    // One way back; encryption takes two more round trips.
    const oneWays = network.tls ? 5 : 1;
    let readyMs = clock.nowMs;
    for (let count = 0; count < oneWays; count += 1) {
      readyMs += network.oneWayMs(this.to, this.from);
    }
    schedule.add(readyMs, () => {
      if (this.#end !== undefined || this.from.life !== this.#fromLife) return;
      this.#isReady = true;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const run of waiting) run();
    });
  }
}
