// A plan of random faults, drawn from a seed before the run, so that the run can be repeated with
// some of them left out until only those remain that matter.

import { type Random, randomIndex } from "../core/random.js";
import { forkRandom } from "./random.js";
import type { SimPeer } from "./sim-peer.js";
import type { Simulator } from "./simulator.js";

/** The kinds of planned faults, and how often each is drawn. */
const FIRST_WEIGHTS = {
  crash: 3,
  "vanished-host": 2,
  "quick-restart": 2,
  pause: 2,
  block: 1,
  slow: 1,
  "clock-jump": 1,
  "clock-drift": 1,
  leave: 2,
  "leave-and-return": 1,
  stampede: 1,
  partition: 2,
  "one-way-cut": 2,
  refusal: 1,
  loss: 2,
  update: 4,
} as const;

/** Kinds that came later: drawn apart, so that what a seed's plan has of the first stays as it was. */
const MORE_WEIGHTS = {
  "reset-links": 2,
  "cluster-restart": 1,
  metadata: 3,
} as const;

/** One of the kinds of planned faults. */
export type PlannedKind = keyof typeof FIRST_WEIGHTS | keyof typeof MORE_WEIGHTS;

type Weights = Readonly<Partial<Record<PlannedKind, number>>>;

/** All kinds of planned faults. */
export const PLANNED_KINDS = [
  ...Object.keys(FIRST_WEIGHTS),
  ...Object.keys(MORE_WEIGHTS),
] as readonly PlannedKind[];

/** The most faults of the kinds that came later. */
const MAX_MORE = 4;
/** The keys of metadata that updates write. */
const METADATA_KEYS = ["role", "zone", "load"];

/** One fault of a plan. */
export interface PlannedFault {
  /** Its place in the plan, by which it is named on the command line. */
  readonly number: number;
  readonly kind: PlannedKind;
  readonly atMs: number;
  readonly durationMs: number;
  /** The peers concerned, by index; in a partition, one side of it. */
  readonly peers: readonly number[];
  /** From 0 to 1: how strong it is, where that means something. */
  readonly strength: number;
}

/** What a plan is drawn for. */
interface PlanShape {
  readonly peers: number;
  /** How many faults of the first kinds. */
  readonly count: number;
  /** Each fault is over before. */
  readonly endMs: number;
}

/** Draws a plan. */
export function drawFaultPlan(seed: number, shape: PlanShape): PlannedFault[] {
  const first = forkRandom(seed, "faults");
  const more = forkRandom(seed, "more faults");
  const moreCount = randomIndex(MAX_MORE, more);
  return [
    ...Array.from({ length: shape.count }, () => drawFault(FIRST_WEIGHTS, shape, first)),
    ...Array.from({ length: moreCount }, () => drawFault(MORE_WEIGHTS, shape, more)),
  ].map((fault, number) => ({ ...fault, number }));
}

function drawFault(weights: Weights, { peers, endMs }: PlanShape, random: Random) {
  const kind = drawKind(weights, random);
  const durationMs = Math.floor(200 + random() * random() * 0.4 * endMs);
  const atMs = Math.floor(random() * (endMs - durationMs));
  const first = randomIndex(peers, random);
  const more = isOfGroups(kind) ? 1 + randomIndex(Math.max(1, peers - 1), random) : 1;
  const members = Array.from({ length: more }, (_unused, step) => (first + step) % peers);
  return { kind, atMs, durationMs, peers: members, strength: random() };
}

/** Has the faults of a plan happen in a simulation; `onFired` is told of each that does. */
export function applyFaultPlan(
  sim: Simulator,
  plan: readonly PlannedFault[],
  onFired: (kind: PlannedKind) => void,
): void {
  for (const fault of plan) {
    sim.after(fault.atMs, () => {
      if (fire(sim, fault)) onFired(fault.kind);
    });
  }
}

function drawKind(weights: Weights, random: Random): PlannedKind {
  const kinds = PLANNED_KINDS.filter((kind) => weights[kind] !== undefined);
  const total = kinds.reduce((sum, kind) => sum + (weights[kind] ?? 0), 0);
  let left = randomIndex(total, random);
  for (const kind of kinds) {
    left -= weights[kind] ?? 0;
    if (left < 0) return kind;
  }
  return "update";
}

function isOfGroups(kind: PlannedKind): boolean {
  return ["partition", "one-way-cut", "refusal", "loss", "stampede"].includes(kind);
}

/** Makes a fault happen; false when there was nothing that it could happen to. */
function fire(sim: Simulator, fault: PlannedFault): boolean {
  const group = fault.peers.map((index) => sim.peer(index));
  const others = sim.processes.filter((process) => !group.some((peer) => peer === process));
  const [first] = group;
  if (first === undefined) return false;
  switch (fault.kind) {
    case "partition":
      sim.partition(group, others);
      break;
    case "one-way-cut":
      sim.cut(group, others);
      break;
    case "refusal":
      sim.refuse(group, others);
      break;
    case "loss":
      sim.lose(group, sim.processes, 0.05 + 0.5 * fault.strength);
      sim.lose(sim.processes, group, 0.05 + 0.5 * fault.strength);
      break;
    case "stampede":
      return fireStampede(sim, group);
    case "cluster-restart":
      return fireStampede(sim, sim.peers);
    default:
      return fireOnPeer(sim, fault, first);
  }
  // Rules of groups end together; that a later rule ends early with an earlier one is no matter.
  sim.after(fault.durationMs, () => sim.heal());
  return others.length > 0;
}

/** All of a group start at once. */
function fireStampede(sim: Simulator, group: readonly SimPeer[]): boolean {
  for (const peer of group) sim.restart(peer);
  return group.length > 1;
}

function fireOnPeer(sim: Simulator, fault: PlannedFault, peer: SimPeer): boolean {
  const { kind, durationMs, strength, number } = fault;
  const wasRunning = peer.isRunning;
  const startAgain = (): void => {
    if (!peer.isRunning) sim.restart(peer, strength < 0.5 ? undefined : `${peer.name}-${number}`);
  };
  switch (kind) {
    case "crash":
      sim.crash(peer);
      sim.after(durationMs, startAgain);
      return wasRunning;
    case "vanished-host":
      sim.killHost(peer);
      sim.after(durationMs, startAgain);
      return wasRunning;
    case "quick-restart":
      sim.restart(peer);
      return wasRunning;
    case "leave":
    case "leave-and-return":
      sim.leave(peer);
      if (kind === "leave-and-return") sim.after(durationMs, startAgain);
      return wasRunning;
    case "update":
      if (!wasRunning || peer.isLeaving) return false;
      peer.peer.updateInfo({ name: `${peer.name}-update-${number}` });
      return true;
    case "metadata":
      return fireMetadata(sim, fault, peer);
    case "reset-links":
      sim.resetConnections(peer);
      return wasRunning;
    default:
      return wasRunning && fireTrouble(sim, fault, peer);
  }
}

/** Three writes at once, and one later: each adds keys, changes some and deletes some. */
function fireMetadata(
  sim: Simulator,
  { number, strength, durationMs }: PlannedFault,
  peer: SimPeer,
): boolean {
  const write = (count: number): void => {
    if (!peer.isRunning || peer.isLeaving) return;
    const keys = METADATA_KEYS.filter((_key, index) => (strength * 16 + count) & (1 << index));
    const metadata = Object.fromEntries(keys.map((key) => [key, `${number}-${count}`]));
    peer.peer.updateInfo({ name: peer.name, metadata });
  };
  if (!peer.isRunning || peer.isLeaving) return false;
  for (const count of [0, 1, 2]) write(count);
  sim.after(durationMs, () => write(3));
  return true;
}

/** Faults that a process survives. */
function fireTrouble(
  sim: Simulator,
  { kind, durationMs, strength }: PlannedFault,
  peer: SimPeer,
): boolean {
  switch (kind) {
    case "pause":
      sim.pause(peer);
      sim.after(durationMs, () => sim.resume(peer));
      return true;
    case "block":
      sim.block(peer);
      sim.after(durationMs, () => sim.unblock(peer));
      return true;
    case "slow":
      sim.slow(peer, 1 + 200 * strength);
      sim.after(durationMs, () => sim.slow(peer, 1));
      return true;
    case "clock-jump":
      sim.jumpClock(peer, (strength - 0.5) * 7_200_000);
      return true;
    case "clock-drift":
      sim.driftClock(peer, 0.9 + 0.2 * strength);
      sim.after(durationMs, () => sim.driftClock(peer, 1));
      return true;
    default:
      return false;
  }
}
