// What the two grids of the Lifeguard paper share: their parameters, and members that block.

import type { SimPeer } from "../sim-peer.js";
import { Cluster } from "./cluster.js";

/** Members of the cluster. */
export const MEMBERS = 128;
/** Members in trouble at once. */
export const CONCURRENT = [1, 4, 8, 12, 16, 20, 24, 28, 32] as const;
/** How long they are in trouble. */
export const ANOMALOUS_MS = [128, 512, 2_048, 8_192, 16_384, 32_768] as const;
/** Times that each combination is run. */
export const REPETITIONS = 10;

/** A cluster that has run for a while, of which some members were drawn to be in trouble. */
export function troubledCluster(
  seed: number,
  members: number,
  concurrent: number,
): { readonly cluster: Cluster; readonly anomalous: readonly SimPeer[] } {
  const cluster = new Cluster({ seed, peers: members, start: "converged" });
  const anomalous = cluster.draw(concurrent, "anomalous");
  for (const peer of anomalous) cluster.anomalous.add(peer);
  return { cluster, anomalous };
}

/** The members block in lock-step: timers run, but each send and each receive waits. */
export function blockAll(cluster: Cluster, peers: readonly SimPeer[]): void {
  for (const peer of peers) cluster.sim.block(peer);
}

/** Ends {@link blockAll}. */
export function unblockAll(cluster: Cluster, peers: readonly SimPeer[]): void {
  for (const peer of peers) cluster.sim.unblock(peer);
}

/** The seed of one run of a grid. */
export function runSeed(seed: number, number: number): number {
  return (Math.imul(seed, 0x9e37_79b1) + number) >>> 0;
}
