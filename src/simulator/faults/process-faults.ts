// Faults of processes and machines: they end, start anew, stand still, sleep, or are slow; and their
// clocks are wrong.

import type { SimPeer } from "../sim-peer.js";
import { type FaultKindSpec, firstOf, groupOf, type PlannedFault, type Stage } from "./fault.js";

const HOUR_MS = 3_600_000;
/** A rack that is lost with more than this strength stays so. */
const LOST_FOR_GOOD = 0.4;

/** Starts a process where none runs, half of the time under another name. */
function startAgain({ sim }: Stage, { strength, number }: PlannedFault, peer: SimPeer): void {
  if (peer.isRunning) return;
  sim.restart(peer, strength < 0.5 ? {} : { name: `${peer.name}-${number}` });
}

const crash: FaultKindSpec = {
  weight: 3,
  fire(stage, fault) {
    const peer = firstOf(stage, fault);
    const wasRunning = peer.isRunning;
    stage.sim.crash(peer);
    stage.sim.after(fault.durationMs, () => startAgain(stage, fault, peer));
    return wasRunning;
  },
};

const vanishedHost: FaultKindSpec = {
  weight: 2,
  fire(stage, fault) {
    const peer = firstOf(stage, fault);
    const wasRunning = peer.isRunning;
    stage.sim.killHost(peer);
    stage.sim.after(fault.durationMs, () => startAgain(stage, fault, peer));
    return wasRunning;
  },
};

/** A rack, or a whole room, goes dark at once, and its machines come back one after the other, or never. */
const lostRack: FaultKindSpec = {
  weight: 2,
  fire(stage, fault) {
    const { sim } = stage;
    const group = groupOf(stage, fault).filter((peer) => peer.isRunning);
    for (const peer of group) sim.killHost(peer);
    if (fault.strength > LOST_FOR_GOOD) return group.length > 1;
    for (const [step, peer] of group.entries()) {
      const share = (step + 1) / group.length;
      sim.after(fault.durationMs * share, () => startAgain(stage, fault, peer));
    }
    return group.length > 1;
  },
};

const quickRestart: FaultKindSpec = {
  weight: 2,
  fire(stage, fault) {
    const peer = firstOf(stage, fault);
    const wasRunning = peer.isRunning;
    stage.sim.restart(peer);
    return wasRunning;
  },
};

/** A restart whose data directory was lost, brought back from a backup, or copied from another peer. */
const otherDisk: FaultKindSpec = {
  weight: 1,
  fire(stage, fault) {
    const peer = firstOf(stage, fault);
    const { sim } = stage;
    const other = sim.peer((peer.index + 1) % sim.peers.length);
    const wasRunning = peer.isRunning;
    const disks = ["lost", "old", other] as const;
    const disk = disks[Math.floor(fault.strength * disks.length)];
    sim.crash(peer);
    sim.after(fault.durationMs / 4, () => {
      if (!peer.isRunning) sim.restart(peer, { disk });
    });
    return wasRunning;
  },
};

const pause: FaultKindSpec = {
  weight: 2,
  fire(stage, fault) {
    const peer = firstOf(stage, fault);
    if (!peer.isRunning) return false;
    stage.sim.pause(peer);
    stage.sim.after(fault.durationMs, () => stage.sim.resume(peer));
    return true;
  },
};

/** The lid of a laptop; of two in three, the monotonic clock does not count the time. */
const sleep: FaultKindSpec = {
  weight: 2,
  fire(stage, fault) {
    const peer = firstOf(stage, fault);
    if (!peer.isRunning || peer.host.isAsleep) return false;
    stage.sim.sleep(peer);
    const countsSleep = fault.strength < 1 / 3;
    stage.sim.after(fault.durationMs, () => stage.sim.wake(peer, { countsSleep }));
    return true;
  },
};

const block: FaultKindSpec = {
  weight: 1,
  fire(stage, fault) {
    const peer = firstOf(stage, fault);
    if (!peer.isRunning) return false;
    stage.sim.block(peer);
    stage.sim.after(fault.durationMs, () => stage.sim.unblock(peer));
    return true;
  },
};

const slow: FaultKindSpec = {
  weight: 1,
  fire(stage, fault) {
    const peer = firstOf(stage, fault);
    if (!peer.isRunning) return false;
    stage.sim.slow(peer, 1 + 200 * fault.strength);
    stage.sim.after(fault.durationMs, () => stage.sim.slow(peer, 1));
    return true;
  },
};

/** An hour either way: what a wrong time zone or a battery does. */
const clockJump: FaultKindSpec = {
  weight: 1,
  fire(stage, fault) {
    const peer = firstOf(stage, fault);
    stage.sim.jumpClock(peer, (fault.strength - 0.5) * 2 * HOUR_MS);
    return peer.isRunning;
  },
};

/** Up to three days either way, and a restart, since that is when most clocks are read. */
const wrongClock: FaultKindSpec = {
  weight: 3,
  fire(stage, fault) {
    const { sim } = stage;
    const peer = firstOf(stage, fault);
    if (!peer.isRunning) return false;
    const lean = 2 * fault.strength - 1;
    const byMs = Math.sign(lean) * lean ** 2 * 72 * HOUR_MS;
    sim.jumpClock(peer, byMs);
    if (fault.reach < 0.7) sim.restart(peer);
    sim.after(fault.durationMs, () => sim.jumpClock(peer, -byMs));
    return true;
  },
};

const clockDrift: FaultKindSpec = {
  weight: 1,
  fire(stage, fault) {
    const peer = firstOf(stage, fault);
    stage.sim.driftClock(peer, 0.9 + 0.2 * fault.strength);
    stage.sim.after(fault.durationMs, () => stage.sim.driftClock(peer, 1));
    return peer.isRunning;
  },
};

/** All of a group start at once. */
const stampede: FaultKindSpec = {
  weight: 1,
  fire(stage, fault) {
    const group = groupOf(stage, fault);
    for (const peer of group) stage.sim.restart(peer);
    return group.length > 1;
  },
};

const clusterRestart: FaultKindSpec = {
  weight: 1,
  fire({ sim }) {
    for (const peer of sim.peers) sim.restart(peer);
    return sim.peers.length > 1;
  },
};

/** By the names that plans have. */
export const PROCESS_FAULTS = {
  crash,
  "vanished-host": vanishedHost,
  "lost-rack": lostRack,
  "quick-restart": quickRestart,
  "other-disk": otherDisk,
  pause,
  sleep,
  block,
  slow,
  "clock-jump": clockJump,
  "wrong-clock": wrongClock,
  "clock-drift": clockDrift,
  stampede,
  "cluster-restart": clusterRestart,
} as const satisfies Readonly<Record<string, FaultKindSpec>>;
