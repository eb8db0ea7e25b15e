// Who of a simulation could be reached by whom, and who stood still, now and shortly before: what
// tells a false removal from one that had its reason.

import type { SimProcess, Simulator } from "../simulator.js";

/** A backlog that counts as a stall. */
const STALL_MS = 100;

/** The recent past of all paths and processes. */
export class Reach {
  readonly #sim: Simulator;
  /** When each process was last in trouble. */
  readonly #troubles = new Map<SimProcess, number>();
  /** When all connections of each process were last forgotten. */
  readonly #forgotten = new Map<SimProcess, number>();
  /** When the path between two was last not whole, by their indexes. */
  readonly #faults = new Map<string, number>();

  constructor(sim: Simulator) {
    this.#sim = sim;
  }

  /** That process stood still, or was not there. */
  noteTrouble(process: SimProcess): void {
    this.#troubles.set(process, this.#sim.nowMs);
  }

  /** Every connection of that process carries nothing any more, and nobody was told. */
  noteForgotten(process: SimProcess): void {
    this.#forgotten.set(process, this.#sim.nowMs);
  }

  /** True when that happened lately: most do not reach it until the links are made anew, which takes longer. */
  wasForgotten(process: SimProcess, withinMs: number): boolean {
    const atMs = this.#forgotten.get(process) ?? Number.NEGATIVE_INFINITY;
    return this.#sim.nowMs - atMs <= 2 * withinMs;
  }

  /** Called before the network changes: what is wrong with paths now was wrong until now. */
  noteFaults(): void {
    const { nowMs, processes } = this.#sim;
    for (const a of processes) {
      for (const b of processes) {
        if (a !== b && this.#isFaulty(a, b)) this.#faults.set(pathOf(a, b), nowMs);
      }
    }
  }

  /** True when a process ran all along, and did not stand still. */
  wasSound(process: SimProcess, withinMs: number): boolean {
    const { host } = process;
    if (!host.isRunning || host.isPaused || host.isBlocked || host.cpuFactor !== 1) return false;
    if (host.backlogMs > STALL_MS) {
      this.noteTrouble(process);
      return false;
    }
    return this.#sim.nowMs - (this.#troubles.get(process) ?? Number.NEGATIVE_INFINITY) > withinMs;
  }

  /** True when the path between two was whole all along, both ways. */
  wasWhole(a: SimProcess, b: SimProcess, withinMs: number): boolean {
    if (this.#isFaulty(a, b) || this.#isFaulty(b, a)) return false;
    const { nowMs } = this.#sim;
    return [pathOf(a, b), pathOf(b, a)].every(
      (path) => nowMs - (this.#faults.get(path) ?? Number.NEGATIVE_INFINITY) > withinMs,
    );
  }

  /** The others of ours that were sound all along, and those of them that it could reach. */
  othersOf(process: SimProcess, withinMs: number): { sound: number; reached: number } {
    let [sound, reached] = [0, 0];
    for (const other of this.#sim.peers) {
      if (other === process || !this.wasSound(other, withinMs)) continue;
      sound += 1;
      if (this.wasWhole(process, other, withinMs)) reached += 1;
    }
    return { sound, reached };
  }

  #isFaulty(from: SimProcess, to: SimProcess): boolean {
    const { network } = this.#sim;
    const [a, b] = [from.host, to.host];
    return network.isCut(a, b) || network.isRefused(a, b) || network.lossRate(a, b) > 0;
  }
}

function pathOf(from: SimProcess, to: SimProcess): string {
  return `${from.host.index} ${to.host.index}`;
}
