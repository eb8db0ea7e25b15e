// A plan of random faults, drawn from a seed before the run, so that the run can be repeated with
// some of them left out until only those remain that matter. Each run draws its faults from a random
// part of the kinds (swarm testing), so that rare kinds meet each other often enough.

import { type Random, randomIndex } from "../core/random.js";
import type { FaultKindSpec, PlannedFault, Stage } from "./faults/fault.js";
import { NETWORK_FAULTS } from "./faults/network-faults.js";
import { OPERATOR_ACTS } from "./faults/operator-acts.js";
import { PROCESS_FAULTS } from "./faults/process-faults.js";
import { forkRandom } from "./random.js";

export type { PlannedFault, Stage } from "./faults/fault.js";

/** Every kind of planned fault, by its name. A member that lies has its place beside these. */
const KINDS = { ...PROCESS_FAULTS, ...NETWORK_FAULTS, ...OPERATOR_ACTS } as const;

/** One of the kinds of planned faults. */
export type PlannedKind = keyof typeof KINDS;

/** All kinds of planned faults. */
export const PLANNED_KINDS = Object.keys(KINDS) as readonly PlannedKind[];

/** The share of the kinds that a run draws its faults from. */
const KIND_SHARE = 0.4;
/** A run has from so many faults. */
const FEWEST = 2;
/** And up to so many more. */
const MORE = 12;
/** The shortest fault of a fast run. */
const SHORTEST_MS = 200;

/** What a plan is drawn for. */
export interface PlanShape {
  /** Each fault is over before. */
  readonly endMs: number;
}

/** Draws a plan. */
export function drawFaultPlan(seed: number, { endMs }: PlanShape): PlannedFault[] {
  const random = forkRandom(seed, "faults");
  const kinds = drawKinds(random);
  const count = FEWEST + randomIndex(MORE, random);
  return Array.from({ length: count }, (_, number) => drawFault(number, kinds, endMs, random));
}

/** Has the faults of a plan happen in a simulation; `onFired` is told of each that does. */
export function applyFaultPlan(
  stage: Stage,
  plan: readonly PlannedFault[],
  onFired: (kind: PlannedKind) => void,
): void {
  for (const fault of plan) {
    stage.sim.after(fault.atMs, () => {
      const kind = fault.kind as PlannedKind;
      const spec: FaultKindSpec = KINDS[kind];
      if (spec.fire(stage, fault)) onFired(kind);
    });
  }
}

/** The kinds of one run: some of them, and at least two. */
function drawKinds(random: Random): PlannedKind[] {
  const drawn = PLANNED_KINDS.filter(() => random() < KIND_SHARE);
  while (drawn.length < FEWEST) {
    const kind = PLANNED_KINDS[randomIndex(PLANNED_KINDS.length, random)];
    if (kind !== undefined) drawn.push(kind);
  }
  return drawn;
}

function drawFault(
  number: number,
  kinds: readonly PlannedKind[],
  endMs: number,
  random: Random,
): PlannedFault {
  const kind = drawKind(kinds, random);
  const shortestMs = Math.min(SHORTEST_MS, endMs / 100);
  const durationMs = Math.floor(shortestMs + random() * random() * 0.4 * endMs);
  const atMs = Math.floor(random() * (endMs - durationMs));
  return { number, kind, atMs, durationMs, place: random(), reach: random(), strength: random() };
}

function drawKind(kinds: readonly PlannedKind[], random: Random): PlannedKind {
  const total = kinds.reduce((sum, kind) => sum + KINDS[kind].weight, 0);
  let left = random() * total;
  for (const kind of kinds) {
    left -= KINDS[kind].weight;
    if (left < 0) return kind;
  }
  return kinds[0] ?? "update";
}
