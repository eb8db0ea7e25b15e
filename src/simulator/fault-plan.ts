// A plan of random faults, drawn from a seed before the run, so that the run can be repeated with
// some of them left out until only those remain that matter.

import { type Random, randomIndex } from "../core/random.js";
import { forkRandom } from "./random.js";
import type { SimPeer } from "./sim-peer.js";
import type { Simulator } from "./simulator.js";

/** The kinds of planned faults, and how often each is drawn. */
const WEIGHTS = {
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

/** One of the kinds of planned faults. */
export type PlannedKind = keyof typeof WEIGHTS;

/** All kinds of planned faults. */
export const PLANNED_KINDS = Object.keys(WEIGHTS) as readonly PlannedKind[];

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

/** Draws a plan. Each fault is over before `endMs`. */
export function drawFaultPlan(
  seed: number,
  peers: number,
  count: number,
  endMs: number,
): PlannedFault[] {
  const random = forkRandom(seed, "faults");
  return Array.from({ length: count }, (_, number) => {
    const kind = drawKind(random);
    const durationMs = Math.floor(200 + random() * random() * 0.4 * endMs);
    const atMs = Math.floor(random() * (endMs - durationMs));
    const first = randomIndex(peers, random);
    const more = isOfGroups(kind) ? 1 + randomIndex(Math.max(1, peers - 1), random) : 1;
    const members = Array.from({ length: more }, (_unused, step) => (first + step) % peers);
    return { number, kind, atMs, durationMs, peers: members, strength: random() };
  });
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

function drawKind(random: Random): PlannedKind {
  const total = PLANNED_KINDS.reduce((sum, kind) => sum + WEIGHTS[kind], 0);
  let left = randomIndex(total, random);
  for (const kind of PLANNED_KINDS) {
    left -= WEIGHTS[kind];
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
    default:
      return wasRunning && fireTrouble(sim, fault, peer);
  }
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
