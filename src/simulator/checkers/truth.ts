// `health`, `stats` and `explain` tell the truth: compared with what the peer lists, and with what the
// world knows of it.

import type { Member } from "../../core/member.js";
import type { ExplainedStep } from "../../peer/explained-step.js";
import type { SimPeer } from "../sim-peer.js";
import type { FaultKind, SimProcess, Simulator, StepObserver } from "../simulator.js";
import { NOTICED_STALL_MS } from "./promises.js";
import type { Violate } from "./violation.js";

/** Each peer is looked at once in so many of the steps of all, and as much more rarely in large clusters. */
const SAMPLE_STEPS = 97;
const SMALL_CLUSTER = 8;
/** Members of which `explain` has something to tell. */
const EXPLAINED_MEMBERS = 200;

/** What the checker stands on. */
export interface TruthContext {
  readonly sim: Simulator;
  readonly pingPeriodMs: number;
  readonly violate: Violate;
}

/** Asks peers what people ask them. */
export class TruthChecker implements StepObserver {
  readonly #context: TruthContext;
  /** When each was stopped, and how many stalls it had counted by then. */
  readonly #paused = new Map<SimPeer, { readonly atMs: number; readonly stalls: number }>();
  readonly #sampleSteps: number;
  #steps = 0;

  constructor(context: TruthContext) {
    this.#context = context;
    this.#sampleSteps = SAMPLE_STEPS * Math.ceil(context.sim.peers.length / SMALL_CLUSTER);
  }

  onStep(peer: SimPeer): void {
    this.#steps += 1;
    if (this.#steps % this.#sampleSteps === 0) this.check(peer);
  }

  onFault(kind: FaultKind, processes: readonly SimProcess[]): void {
    for (const process of processes) {
      const peer = this.#context.sim.peers[process.host.index];
      if (peer === undefined || !peer.isRunning || peer.isLeaving) continue;
      if (kind === "pause" && !peer.host.isPaused) this.#onPaused(peer);
      if (kind === "resume") this.#onResumed(peer);
      // Its clock may not count the sleep, and so it may not notice any of it.
      if (kind === "sleep") this.#paused.delete(peer);
    }
  }

  onStart(peer: SimPeer): void {
    this.#paused.delete(peer);
  }

  /** Compares what a peer tells of itself with what it lists. */
  check(peer: SimPeer): void {
    if (!peer.isRunning || peer.isLeaving) return;
    this.#checkHealth(peer);
    this.#checkStats(peer);
    if (peer.native !== undefined) this.#checkExplained(peer);
  }

  #checkHealth(peer: SimPeer): void {
    const { isJoined } = peer.peer.health();
    const isAlone = peer.listSize === 1;
    if (isJoined === (!isAlone || !peer.hasSeeds)) return;
    const what = isJoined ? "is joined, and lists nobody" : "is not joined, and lists others";
    this.#tell(peer, `${peer.address} says that it ${what}`);
  }

  #checkStats(peer: SimPeer): void {
    const { liveMembers, goneMembers, queues } = peer.peer.stats();
    const members = peer.peer.members().size;
    const gone = [...(peer.native?.entries() ?? [])].filter(
      ({ address, record }) => record.verdict !== "live" && address !== peer.advertised,
    ).length;
    if (liveMembers !== members) {
      this.#tell(peer, `${peer.address} counts ${liveMembers} live members, and lists ${members}`);
    }
    if (goneMembers < gone) {
      this.#tell(peer, `${peer.address} counts ${goneMembers} gone members, and holds ${gone}`);
    }
    for (const [name, { length, limit }] of Object.entries(queues)) {
      // What puts a queue over its limit is let go with the next thing that is put in.
      if (length <= limit || name === "unsentBytes") continue;
      const message = `${peer.address} holds ${length} in ${name}, and may hold ${limit}`;
      this.#context.violate("limits", message, { observer: peer.address });
    }
  }

  /** Whoever is not live any more, of that there is something to tell, and the end of it fits. */
  #checkExplained(peer: SimPeer): void {
    const gone = peer.peer.details().filter(({ status }) => status !== "live");
    if (gone.length > EXPLAINED_MEMBERS) return;
    for (const member of gone) {
      if (member.dialect !== "native") continue;
      const steps = peer.peer.explain(member.address);
      if (tellsOf(member, steps)) continue;
      const last = steps.at(-1)?.type ?? "nothing";
      const message = `${peer.address} shows ${member.address} as ${member.status}, and explains it by ${last}`;
      this.#tell(peer, message, member.address);
    }
  }

  #onPaused(peer: SimPeer): void {
    const stalls = peer.native?.counters.stalls ?? 0;
    this.#paused.set(peer, { atMs: this.#context.sim.nowMs, stalls });
  }

  /** It stood still for so long that a timer of its must have been late: it has noticed that soon. */
  #onResumed(peer: SimPeer): void {
    const { sim, pingPeriodMs } = this.#context;
    const paused = this.#paused.get(peer);
    this.#paused.delete(peer);
    const longestMs = NOTICED_STALL_MS + 2 * pingPeriodMs;
    if (paused === undefined || sim.nowMs - paused.atMs < longestMs) return;
    const { life, clockRate, cpuFactor } = peer.host;
    if (clockRate !== 1 || cpuFactor !== 1 || peer.native === undefined) return;
    sim.after(NOTICED_STALL_MS, () => {
      const { native, host } = peer;
      if (host.life !== life || host.isPaused || native === undefined || peer.isLeaving) return;
      if (host.backlogMs > 0 || native.counters.stalls > paused.stalls) return;
      this.#tell(peer, `${peer.address} stood still, and counts no stall`);
    });
  }

  #tell(peer: SimPeer, message: string, subject?: string): void {
    this.#context.violate("truth", message, { observer: peer.address, subject });
  }
}

/** The steps by which a member can go. */
const ENDS: ReadonlySet<string> = new Set(["changed", "convicted", "out-of-reach"]);

/** True when the steps end with what the member is shown as. */
function tellsOf({ status }: Member, steps: readonly ExplainedStep[]): boolean {
  const last = steps.findLast(({ type }) => ENDS.has(type));
  if (last?.type === "changed") return last.verdict === status;
  return last !== undefined && status === "failed";
}
