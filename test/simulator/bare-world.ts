// The parts of a simulation without any peers: hosts, a network and virtual time, for tests of the
// parts themselves.

import type { Costs } from "../../src/simulator/costs.js";
import { Host, type VirtualClock } from "../../src/simulator/host.js";
import { Network, type NetworkOptions } from "../../src/simulator/network.js";
import { seededRandom } from "../../src/simulator/random.js";
import { Schedule } from "../../src/simulator/schedule.js";
import { SimTransport, type SimWorld, type StepKind } from "../../src/simulator/sim-transport.js";
import type { CallHandler, LinkService } from "../../src/transport/transport.js";

/** Nothing costs anything, so that times are those of the network alone. */
const NO_COSTS: Costs = {
  dialMs: 0,
  acceptMs: 0,
  callMs: 0,
  serveMs: 0,
  sendMessageMs: 0,
  answerMessageMs: 0,
  receiveMessageMs: 0,
  frameSendMs: 0,
  frameReceiveMs: 0,
  knockMs: 0,
  kilobyteMs: 0,
  dialBytes: 0,
  callBytes: 0,
  messageBytes: 0,
};

/** A path on which every packet takes 10 ms. */
export const TEN_MS: NetworkOptions = { latency: { oneWayMs: 10, jitterMs: 0 } };

export interface BareWorldOptions {
  readonly network?: NetworkOptions;
  readonly costs?: Partial<Costs>;
  readonly seed?: number;
}

/** Virtual time with hosts and a network, and no peers. */
export class BareWorld {
  readonly clock: VirtualClock = { nowMs: 0 };
  readonly schedule = new Schedule();
  readonly network: Network;
  /** What the transports told of their steps. */
  readonly steps: { kind: StepKind; host: Host; atMs: number }[] = [];
  readonly world: SimWorld;
  readonly #hosts: Host[] = [];
  readonly #handlers = new Map<Host, CallHandler>();
  readonly #linkServices = new Map<Host, LinkService>();

  constructor({ network = TEN_MS, costs = {}, seed = 1 }: BareWorldOptions = {}) {
    this.network = new Network(network, seededRandom(seed));
    this.world = {
      clock: this.clock,
      schedule: this.schedule,
      network: this.network,
      costs: { ...NO_COSTS, ...costs },
      hostAt: (address) => this.#hosts.find((host) => host.address === address),
      handlerOf: (host) => this.#handlers.get(host),
      linkServiceOf: (host) => this.#linkServices.get(host),
      onStep: (kind, host) => this.steps.push({ kind, host, atMs: this.nowMs }),
    };
  }

  get nowMs(): number {
    return this.clock.nowMs;
  }

  /** A machine on which a process runs. */
  host(zone = "zone"): Host {
    const index = this.#hosts.length;
    const host = new Host(index, `10.0.0.${index + 1}:7946`, zone, this.clock, this.schedule);
    host.startProcess();
    this.#hosts.push(host);
    return host;
  }

  /** A machine whose process answers calls in that way. */
  server(handler: CallHandler): Host {
    const host = this.host();
    this.#handlers.set(host, handler);
    return host;
  }

  /** A machine whose process takes links in that way. */
  linkServer(onLink: LinkService["onLink"]): Host {
    const host = this.host();
    this.#linkServices.set(host, { method: "/test.Links/Open", onLink });
    return host;
  }

  transport(host: Host, maxConnections = 64): SimTransport {
    return new SimTransport(this.world, host, maxConnections);
  }

  /** Ends the process of a host, as a crash does: those connected to it are told. */
  crash(host: Host): void {
    for (const connection of host.inbound) connection.resetFromFarEnd("reset");
    host.inbound.clear();
    host.endProcess();
  }

  /** Lets virtual time pass. */
  advance(durationMs: number): void {
    this.advanceTo(this.nowMs + durationMs);
  }

  /** Lets virtual time pass until that time. */
  advanceTo(endMs: number): void {
    for (;;) {
      const nextAtMs = this.schedule.nextAtMs();
      if (nextAtMs === undefined || nextAtMs > endMs) break;
      this.clock.nowMs = nextAtMs;
      this.schedule.take()?.run?.();
    }
    this.clock.nowMs = endMs;
  }
}

/** Notes what happened and when, in virtual time. */
export class Notes {
  readonly all: (readonly [atMs: number, what: string])[] = [];
  readonly #world: BareWorld;

  constructor(world: BareWorld) {
    this.#world = world;
  }

  /** A function that notes `what` when it is called. */
  noting(what: string): () => void {
    return () => this.note(what);
  }

  note(what: string): void {
    this.all.push([Math.round(this.#world.nowMs * 1_000) / 1_000, what]);
  }
}
