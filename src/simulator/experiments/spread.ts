// An update on its way: who has it, and when each got it.

import type { SimPeer } from "../sim-peer.js";
import type { Cluster } from "./cluster.js";

/** One update of one peer's info. */
export class Spread {
  /** For each other peer that has it, how long after the update it got it. */
  readonly timesMs: number[] = [];
  readonly #others: number;

  constructor(cluster: Cluster, owner: SimPeer, name: string) {
    const { sim } = cluster;
    const startMs = sim.nowMs;
    const others = new Set(sim.running.filter((peer) => peer !== owner));
    this.#others = others.size;
    cluster.onChange((observer, { address, after }) => {
      if (address !== owner.address || after?.name !== name) return;
      if (others.delete(observer)) this.timesMs.push(sim.nowMs - startMs);
    });
    owner.peer.updateInfo({ name });
  }

  /** True once all have it. */
  get isDone(): boolean {
    return this.timesMs.length === this.#others;
  }

  /** The share of the other peers that have it. */
  get share(): number {
    return this.#others === 0 ? 1 : this.timesMs.length / this.#others;
  }
}
