// A leave looks like a leave: who says that it goes, and is heard by those around it, is told of as
// having left, and never as having failed.

import type { MemberEvent } from "../../core/member.js";
import type { SimPeer } from "../sim-peer.js";
import type { FaultKind, SimProcess, Simulator, StepObserver } from "../simulator.js";
import type { Reach } from "./reach.js";
import type { Violate } from "./violation.js";

/** A leave that was begun. */
interface Leave {
  /** The process that leaves. */
  readonly life: number;
  readonly generation: number | undefined;
  /** Whether it was sound as it began, and could reach most of the others. */
  wasHeard: boolean;
}

/** How long all must have been well before a leave, for it to be heard by all. */
const WELL_MS = 5_000;
const ENDS: ReadonlySet<FaultKind> = new Set(["crash", "kill-host", "restart"]);

/** Watches over what is told of those that leave. */
export class LeaveChecker implements StepObserver {
  readonly #sim: Simulator;
  readonly #reach: Reach;
  readonly #violate: Violate;
  readonly #leaves = new Map<string, Leave>();

  constructor(sim: Simulator, reach: Reach, violate: Violate) {
    this.#sim = sim;
    this.#reach = reach;
    this.#violate = violate;
  }

  onFault(kind: FaultKind, processes: readonly SimProcess[]): void {
    for (const process of processes) {
      const peer = this.#sim.peerAt(process.address);
      if (peer === undefined) continue;
      if (kind === "leave" && peer.isRunning && !peer.isLeaving) this.#begin(peer);
      else if (ENDS.has(kind) && peer.isRunning) this.#leaves.delete(peer.address);
      else if (kind === "restart") this.#leaves.delete(peer.address);
    }
  }

  onMemberEvent(observer: SimPeer, { type, member }: MemberEvent): void {
    const leave = this.#leaves.get(member.address);
    if (type !== "member-failed" || leave?.wasHeard !== true) return;
    const subject = this.#sim.peerAt(member.address);
    if (subject === undefined || observer.isLeaving) return;
    if (!this.#reach.wasSound(observer, WELL_MS)) return;
    if (!this.#reach.wasWhole(observer, subject, WELL_MS)) return;
    const { sound, reached } = this.#reach.othersOf(observer, WELL_MS);
    if (2 * reached < sound) return;
    const message = `${observer.address} was told that ${member.address} failed, which said that it leaves`;
    this.#violate("leave-is-a-leave", message, {
      observer: observer.address,
      subject: member.address,
    });
  }

  #begin(peer: SimPeer): void {
    const { sound, reached } = this.#reach.othersOf(peer, WELL_MS);
    const isWell = this.#reach.wasSound(peer, WELL_MS) && reached === sound;
    const generation = peer.native?.own.generation;
    this.#leaves.set(peer.address, { life: peer.host.life, generation, wasHeard: isWell });
  }
}
