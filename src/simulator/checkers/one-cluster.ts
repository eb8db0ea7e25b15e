// Two clusters that nobody was told to bring together stay two: no peer lists one of the other.

import type { MemberEvent } from "../../core/member.js";
import type { SimPeer } from "../sim-peer.js";
import type { Simulator, StepObserver } from "../simulator.js";
import type { Violate } from "./violation.js";

/** Knows which peer belongs to which cluster: by the seeds that its process was started with. */
export class OneClusterChecker implements StepObserver {
  readonly #sim: Simulator;
  readonly #violate: Violate;
  readonly #clusterOf: (peer: SimPeer) => number;

  constructor(sim: Simulator, clusterOf: (peer: SimPeer) => number, violate: Violate) {
    this.#sim = sim;
    this.#violate = violate;
    this.#clusterOf = clusterOf;
  }

  onMemberEvent(observer: SimPeer, { type, member }: MemberEvent): void {
    const subject = this.#sim.peerAt(member.address);
    if (type !== "member-joined" || subject === undefined || !subject.isRunning) return;
    if (this.#clusterOf(subject) === this.#clusterOf(observer)) return;
    const message = `${observer.address} lists ${member.address}, which is of another cluster`;
    this.#violate("one-cluster", message, { observer: observer.address, subject: member.address });
  }
}
