// What happens to a cluster while the checkers of promises watch, none of which a sound core minds.

import type { CheckerSet } from "../../src/simulator/checkers/checker-set.js";
import type { Simulator, SimulatorOptions } from "../../src/simulator/simulator.js";

/** What a scenario has: a cluster of eight, and what makes it run. */
export interface Stage {
  readonly sim: Simulator;
  readonly checkers: CheckerSet;
}

export const PING_PERIOD_MS = 200;
export const PROBE_TIMEOUT_MS = 500;
/** Long enough after the start for the world to count as calm. */
const CALM_MS = 6_000;

/** What is wrong already is known; otherwise all agree, and say of each what its application said. */
function endWithAgreement({ sim, checkers }: Stage): void {
  sim.heal();
  if (checkers.violations.length === 0) checkers.checkAgreement(30_000);
}

/** Applications write: another name, other metadata, and less of it. */
export function writing(stage: Stage): void {
  const { sim } = stage;
  sim.runFor(CALM_MS);
  sim.peer(2).peer.updateInfo({ name: "one", metadata: { role: "reader", zone: "a" } });
  sim.runFor(1_000);
  sim.peer(2).peer.updateInfo({ name: "two", metadata: { zone: "b" } });
  sim.runFor(1_000);
  endWithAgreement(stage);
}

/** One leaves while all is well. */
export function leaving(stage: Stage): void {
  const { sim } = stage;
  sim.runFor(CALM_MS);
  sim.leave(sim.peer(5));
  sim.runFor(2_000);
  endWithAgreement(stage);
}

/** One crashes while all is well. */
export function crashing(stage: Stage): void {
  const { sim } = stage;
  sim.runFor(CALM_MS);
  sim.crash(sim.peer(5));
  sim.runFor(4_000);
  endWithAgreement(stage);
}

/** One hangs so shortly that it is suspected and not declared failed. */
export function hanging(stage: Stage): void {
  const { sim } = stage;
  sim.runFor(CALM_MS);
  sim.pause(sim.peer(5));
  sim.runFor(1_000);
  sim.resume(sim.peer(5));
  sim.runFor(2_000);
  endWithAgreement(stage);
}

/** One stands still for longer than it can have missed, and is told to write shortly before the end. */
export function standingStill(stage: Stage): void {
  const { sim } = stage;
  sim.runFor(CALM_MS);
  sim.pause(sim.peer(5));
  sim.runFor(4_950);
  // It notices the stall by this, and by nothing that comes later.
  sim.peer(5).peer.updateInfo({ name: "written while it stood still" });
  sim.runFor(50);
  sim.resume(sim.peer(5));
  sim.runFor(4_000);
  endWithAgreement(stage);
}

/** One reaches only one of the others, all of which reach each other. */
export function islet(stage: Stage): void {
  const { sim } = stage;
  sim.runFor(CALM_MS);
  sim.partition([sim.peer(0)], sim.peers.slice(2));
  sim.runFor(8_000);
  endWithAgreement(stage);
}

/** All agree, and then nothing happens. */
export function resting(stage: Stage): void {
  const { sim, checkers } = stage;
  checkers.checkAgreement(30_000);
  sim.runFor(50 * PING_PERIOD_MS);
  checkers.checkAtRest();
}

/** One whose clock is most of a day ahead starts anew with it. */
export function oneClockAhead(stage: Stage): void {
  const { sim } = stage;
  sim.runFor(CALM_MS);
  sim.jumpClock(sim.peer(5), 20 * 3_600_000);
  sim.restart(sim.peer(5));
  sim.runFor(3_000);
  endWithAgreement(stage);
}

/** Of one cluster, a peer is given a seed of another by mistake. */
export function wrongSeed(stage: Stage): void {
  const { sim } = stage;
  sim.runFor(CALM_MS);
  void sim
    .peer(5)
    .peer.addSeed(sim.peer(0).address)
    .catch(() => {});
  sim.runFor(3_000);
  endWithAgreement(stage);
}

// Networks and clusters.

export const isOfSecond = (index: number): boolean => index >= 4;

/** Peers 0 to 3 are one cluster, 4 to 7 another. */
export const TWO_CLUSTERS = {
  seedsOf: (index: number) => (index % 4 === 0 ? [] : [isOfSecond(index) ? 4 : 0]),
  optionsOf: (index: number) => ({ cluster: isOfSecond(index) ? "second" : "first" }),
} satisfies Partial<SimulatorOptions>;

/** Of twelve, four are near the one that crashes, and the others far away. */
export const FEW_NEAR = {
  peers: 12,
  zoneOf: (index: number) => (index > 0 && index <= 5 ? "near" : "far"),
  network: { zoneLatency: { "far near": { oneWayMs: 150, jitterMs: 1 } } },
} satisfies Partial<SimulatorOptions>;
