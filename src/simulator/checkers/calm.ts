// Since when nothing has gone wrong in a simulation: what is promised for a sound network and sound
// processes is asked for only then.

import type { FaultKind, SimProcess, Simulator } from "../simulator.js";

/** Faults after which nothing has to settle. */
const HARMLESS: ReadonlySet<FaultKind> = new Set(["jump-clock"]);
/** A backlog that counts as a stall. */
const STALL_MS = 100;

/** The disturbances of a simulation. */
export class Calm {
  readonly #sim: Simulator;
  #disturbedAtMs = 0;
  #count = 0;

  constructor(sim: Simulator) {
    this.#sim = sim;
  }

  /** How often something went wrong, or right again. */
  get count(): number {
    return this.#count;
  }

  onFault(kind: FaultKind): void {
    if (HARMLESS.has(kind)) return;
    this.#disturbedAtMs = this.#sim.nowMs;
    this.#count += 1;
  }

  /** True when nothing is wrong, and nothing was for so long. */
  isFor(durationMs: number): boolean {
    const { network, processes, nowMs } = this.#sim;
    if (nowMs - this.#disturbedAtMs < durationMs || !network.isSound) return false;
    return processes.every(isSound);
  }
}

/** True for a process that runs as it should, and for one that does not run. */
function isSound({ host }: SimProcess): boolean {
  if (!host.isRunning) return true;
  if (host.isPaused || host.isBlocked || host.cpuFactor !== 1 || host.clockRate !== 1) return false;
  return host.bytesPerMs === undefined && host.backlogMs <= STALL_MS;
}
