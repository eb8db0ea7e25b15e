// What applications and operators do, and all at once at times: updates, leaves, rolling restarts,
// shutdowns and cold starts, and addresses that others take.

import type { SimPeer } from "../sim-peer.js";
import {
  type FaultKindSpec,
  firstOf,
  groupOf,
  type PlannedFault,
  type Stage,
  shareOf,
} from "./fault.js";

/** The keys of metadata that updates write. */
const METADATA_KEYS = ["role", "zone", "load"];
/** How close to the limit of a peer's metadata a large update comes. */
const LARGE_SHARE = 0.98;
/** What all that grow at once say together; mostly, since much more makes the run very slow. */
const LARGE_BYTES = 131_072;
const MANY_AND_LARGE = 0.95;
/** Most updates of one burst. */
const BURST = 40;

/** True while its application may still say something: it stands still with the process. */
function mayWrite(peer: SimPeer): boolean {
  return isThere(peer) && !peer.host.isPaused;
}

function isThere(peer: SimPeer): boolean {
  return peer.isRunning && !peer.isLeaving;
}

function leave(stage: Stage, peer: SimPeer): boolean {
  const wasThere = isThere(peer);
  stage.sim.leave(peer);
  return wasThere;
}

/** Starts it where it does not run; a process that still says goodbye is not waited for. */
function startUnlessRunning({ sim }: Stage, peer: SimPeer): void {
  if (!peer.isRunning || peer.isLeaving) sim.restart(peer);
}

const update: FaultKindSpec = {
  weight: 4,
  fire(stage, fault) {
    const peer = firstOf(stage, fault);
    if (!mayWrite(peer)) return false;
    peer.peer.updateInfo({ name: `${peer.name}-update-${fault.number}` });
    return true;
  },
};

/** Three writes at once, and one later: each adds keys, changes some and deletes some. */
const metadata: FaultKindSpec = {
  weight: 3,
  fire(stage, fault) {
    const peer = firstOf(stage, fault);
    const { number, strength, durationMs } = fault;
    const write = (count: number): void => {
      if (!mayWrite(peer)) return;
      const keys = METADATA_KEYS.filter((_key, index) => (strength * 16 + count) & (1 << index));
      const values = Object.fromEntries(keys.map((key) => [key, `${number}-${count}`]));
      peer.peer.updateInfo({ name: peer.name, metadata: values });
    };
    if (!mayWrite(peer)) return false;
    for (const count of [0, 1, 2]) write(count);
    stage.sim.after(durationMs, () => write(3));
    return true;
  },
};

/** Several write as much metadata as they may. */
const largeMetadata: FaultKindSpec = {
  weight: 1,
  fire(stage, fault) {
    const { sim } = stage;
    const group = groupOf(stage, fault).filter(mayWrite);
    for (const peer of group) {
      const { maxMetadataBytes, maxMetadataKeys } = sim.limits;
      const keys = 1 + Math.floor(fault.strength ** 2 * (maxMetadataKeys - 1));
      const totalBytes = fault.strength > MANY_AND_LARGE ? Number.POSITIVE_INFINITY : LARGE_BYTES;
      const bytes = Math.min(LARGE_SHARE * maxMetadataBytes, totalBytes / group.length);
      const valueBytes = Math.max(0, Math.floor(bytes / keys) - 8);
      // Of random letters, so that compression takes nothing off.
      const metadataOf = Array.from({ length: keys }, (_, key) => [
        `key-${key}`,
        incompressible(valueBytes, fault.number * 1_000 + key + peer.index * 7),
      ]);
      peer.peer.updateInfo({ name: peer.name, metadata: Object.fromEntries(metadataOf) });
    }
    return group.length > 0;
  },
};

/** Text that a compressor does not make shorter than three quarters. */
function incompressible(length: number, seed: number): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  let state = (seed * 2_654_435_761) >>> 0;
  let text = "";
  while (text.length < length) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += letters[state >>> 26];
  }
  return text;
}

/** Many updates within a few periods. */
const updateBurst: FaultKindSpec = {
  weight: 1,
  fire(stage, fault) {
    const peer = firstOf(stage, fault);
    const count = 1 + Math.floor(BURST * fault.strength);
    const stepMs = Math.min(stage.pingPeriodMs / 16, fault.durationMs / count);
    for (let step = 0; step < count; step += 1) {
      stage.sim.after(step * stepMs, () => {
        if (mayWrite(peer)) peer.peer.updateInfo({ name: `${fault.number} of ${step}` });
      });
    }
    return mayWrite(peer);
  },
};

const leaveForGood: FaultKindSpec = {
  weight: 2,
  fire: (stage, fault) => leave(stage, firstOf(stage, fault)),
};

const leaveAndReturn: FaultKindSpec = {
  weight: 1,
  fire(stage, fault) {
    const peer = firstOf(stage, fault);
    stage.sim.after(fault.durationMs, () => startUnlessRunning(stage, peer));
    return leave(stage, peer);
  },
};

/**
 * A group leaves within half a period, as when a service is scaled down; half of the time it returns, whoever
 * left last first.
 */
const leaveTogether: FaultKindSpec = {
  weight: 2,
  fire(stage, fault) {
    const group = groupOf(stage, fault);
    for (const [step, peer] of group.entries()) {
      const withinMs = 0.5 * Math.min(stage.pingPeriodMs, fault.durationMs);
      const afterMs = shareOf(fault, step) * withinMs;
      stage.sim.after(fault.strength < 0.3 ? 0 : afterMs, () => leave(stage, peer));
      if (fault.strength < 0.5) {
        stage.sim.after(fault.durationMs - afterMs, () => startUnlessRunning(stage, peer));
      }
    }
    return group.length > 1;
  },
};

/** One after the other leaves, and is started anew: as many as there is time for. */
const rollingRestart: FaultKindSpec = {
  weight: 1,
  fire(stage, fault) {
    const { peers } = stage.sim;
    const most = Math.max(1, Math.floor(fault.durationMs / (stage.pingPeriodMs / 2)));
    const restarted = peers.slice(0, most);
    const stepMs = fault.durationMs / restarted.length;
    for (const [step, peer] of restarted.entries()) {
      stage.sim.after(step * stepMs, () => leave(stage, peer));
      stage.sim.after((step + 0.6) * stepMs, () => startUnlessRunning(stage, peer));
    }
    return peers.length > 1;
  },
};

/** All leave, and are started again in any order. */
const coldStart: FaultKindSpec = {
  weight: 1,
  fire(stage, fault) {
    const { peers } = stage.sim;
    for (const [step, peer] of peers.entries()) {
      const withinMs = Math.min(stage.pingPeriodMs, fault.durationMs / 2);
      stage.sim.after(shareOf(fault, step) * withinMs, () => leave(stage, peer));
      const backMs = (fault.durationMs * (1 + shareOf(fault, step + 100))) / 2;
      stage.sim.after(backMs, () => startUnlessRunning(stage, peer));
    }
    return peers.length > 1;
  },
};

/** The address of a peer that crashed is given to one of another cluster. */
const takenAddress: FaultKindSpec = {
  weight: 3,
  fire(stage, fault) {
    const { sim, otherSeeds } = stage;
    const peer = firstOf(stage, fault);
    if (otherSeeds.length === 0) return false;
    sim.crash(peer);
    sim.after(fault.durationMs / 4, () => takeAddress(stage, fault, peer));
    return true;
  },
};

function takeAddress({ sim, otherSeeds }: Stage, { number }: PlannedFault, peer: SimPeer): void {
  if (peer.isRunning || otherSeeds.includes(peer.address)) return;
  sim.restart(peer, { name: `stranger-${number}`, seeds: otherSeeds, disk: "lost" });
}

/** By the names that plans have. */
export const OPERATOR_ACTS = {
  update,
  metadata,
  "large-metadata": largeMetadata,
  "update-burst": updateBurst,
  leave: leaveForGood,
  "leave-and-return": leaveAndReturn,
  "leave-together": leaveTogether,
  "rolling-restart": rollingRestart,
  "cold-start": coldStart,
  "taken-address": takenAddress,
} as const satisfies Readonly<Record<string, FaultKindSpec>>;
