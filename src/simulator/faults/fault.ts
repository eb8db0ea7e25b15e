// A planned fault, and what a kind of fault is: how often it is drawn, and how it happens.

import type { SimPeer } from "../sim-peer.js";
import type { Simulator } from "../simulator.js";

/** One fault of a plan. What concerns peers is drawn as shares, so that a plan fits any number of them. */
export interface PlannedFault {
  /** Its place in the plan, by which it is named on the command line. */
  readonly number: number;
  readonly kind: string;
  readonly atMs: number;
  readonly durationMs: number;
  /** Which peer it begins at, from 0 to 1. */
  readonly place: number;
  /** How many of the others are concerned too, from 0 to 1. */
  readonly reach: number;
  /** From 0 to 1: how strong it is, where that means something. */
  readonly strength: number;
}

/** What a run has that faults need to know of. */
export interface Stage {
  readonly sim: Simulator;
  /** The ping period of all peers. */
  readonly pingPeriodMs: number;
  /** The peers of the other cluster, by the seeds that they are started with; none in most runs. */
  readonly otherSeeds: readonly string[];
  /** The DNS name that some seeds are given by. */
  readonly seedName: string;
  /** The addresses that this name truly stands for. */
  readonly seedIps: readonly string[];
}

/** A kind of planned fault. */
export interface FaultKindSpec {
  /** How often it is drawn, beside the others of a run. */
  readonly weight: number;
  /** Makes it happen; false when there was nothing that it could happen to. */
  fire(stage: Stage, fault: PlannedFault): boolean;
}

/** The peer that a fault begins at. */
export function firstOf({ sim }: Stage, { place }: PlannedFault): SimPeer {
  return sim.peer(Math.min(sim.peers.length - 1, Math.floor(place * sim.peers.length)));
}

/** The peers that a fault concerns: one after the other, and never all of them. */
export function groupOf(stage: Stage, fault: PlannedFault): SimPeer[] {
  const { peers } = stage.sim;
  const { index } = firstOf(stage, fault);
  const size = Math.min(Math.max(1, peers.length - 1), 1 + Math.floor(fault.reach * peers.length));
  return Array.from({ length: size }, (_, step) => stage.sim.peer((index + step) % peers.length));
}

/** A number of its own for one step of a fault: the same whatever else happens. */
export function shareOf({ strength, place }: PlannedFault, step: number): number {
  const mixed = strength * 7_919 + place * 104_729 + step * 0.618_033_988_75;
  return mixed - Math.floor(mixed);
}
