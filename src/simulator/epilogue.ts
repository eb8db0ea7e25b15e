// What ends a random run: in a cluster that has agreed and is calm, one thing after the other happens
// that everyone is to see in time. It shows what the faults before have left behind.

import { type Random, randomIndex } from "../core/random.js";
import type { Stage } from "./faults/fault.js";
import type { SimPeer } from "./sim-peer.js";

/** So many acts, and the ping periods from one to the next. */
const ACTS = 3;
const PERIODS_BETWEEN = 60;
/** Long enough for whatever an act brings with it. */
const LEAST_BETWEEN_MS = 8_000;

/** Has a few acts happen, one after the other. */
export function playEpilogue(stage: Stage, random: Random): void {
  const { sim, pingPeriodMs } = stage;
  const betweenMs = Math.max(LEAST_BETWEEN_MS, PERIODS_BETWEEN * pingPeriodMs);
  for (let act = 0; act < ACTS; act += 1) {
    const running = sim.running.filter((peer) => !peer.isLeaving);
    const stopped = sim.peers.filter((peer) => !peer.isRunning);
    const [actor, returning] = [pick(running, random), pick(stopped, random)];
    const draw = random();
    if (actor === undefined) return;
    if (returning !== undefined && draw < 0.3) sim.restart(returning);
    else actOut(stage, actor, draw, act);
    sim.runFor(betweenMs);
  }
}

function actOut({ sim }: Stage, peer: SimPeer, draw: number, act: number): void {
  if (draw < 0.45)
    peer.peer.updateInfo({ name: `${peer.name} in the end`, metadata: { act: `${act}` } });
  else if (draw < 0.65) sim.crash(peer);
  else if (draw < 0.8) sim.killHost(peer);
  else sim.leave(peer);
}

function pick(peers: readonly SimPeer[], random: Random): SimPeer | undefined {
  return peers.length === 0 ? undefined : peers[randomIndex(peers.length, random)];
}
