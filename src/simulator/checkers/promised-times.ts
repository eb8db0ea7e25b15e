// How soon everyone sees what happens: where nothing is wrong, an update, a crash, a vanished host, a
// leave and a join are seen by all within the times that are promised.

import { SimPeer } from "../sim-peer.js";
import type { FaultKind, SimProcess, Simulator, StepObserver } from "../simulator.js";
import type { Calm } from "./calm.js";
import type { OwnWordsChecker } from "./own-words.js";
import { sameInfo } from "./own-words.js";
import { type PromiseBasis, type PromisedAct, promisedMs } from "./promises.js";
import type { Violate } from "./violation.js";

/** How long nothing may have been wrong before an act, for its time to be held to what is promised. */
const SETTLED_MS = 5_000;

/** Which faults are acts that others are to see. */
const ACTS: Readonly<Partial<Record<FaultKind, PromisedAct>>> = {
  crash: "crash",
  "kill-host": "vanish",
  leave: "leave",
  restart: "join",
};

/** What the checker stands on. */
export interface PromisedTimesContext {
  readonly sim: Simulator;
  readonly calm: Calm;
  readonly words: OwnWordsChecker;
  readonly basis: PromiseBasis;
  readonly violate: Violate;
}

/** Holds each act in a calm world to its time. */
export class PromisedTimesChecker implements StepObserver {
  readonly #context: PromisedTimesContext;

  constructor(context: PromisedTimesContext) {
    this.#context = context;
  }

  onInfoWritten(peer: SimPeer): void {
    this.#begin("update", peer, 0);
  }

  /** Told before the fault happens; `calm` counts it after this. */
  onFault(kind: FaultKind, [process]: readonly SimProcess[]): void {
    const act = ACTS[kind];
    if (act === undefined || !(process instanceof SimPeer)) return;
    if (process.isRunning !== (act === "join")) this.#begin(act, process, 1);
  }

  #begin(act: PromisedAct, subject: SimPeer, counts: number): void {
    const { sim, calm, basis, words } = this.#context;
    if (subject.native === undefined && act !== "join") return;
    if (!calm.isFor(SETTLED_MS) || !sim.agrees) return;
    if (act === "join" && !this.#hasSeed(subject)) return;
    const expected = calm.count + counts;
    const observers = sim.running.filter((peer) => peer !== subject);
    const lives = observers.map(({ host }) => host.life);
    const withinMs = promisedMs(act, basis);
    const said = words.of(subject);
    sim.after(withinMs, () => {
      if (calm.count !== expected || !calm.isFor(0)) return;
      // What was said since has a time of its own.
      if (act === "update" && (subject.isLeaving || words.of(subject) !== said)) return;
      for (const [index, observer] of observers.entries()) {
        if (observer.host.life !== lives[index] || observer.isLeaving) continue;
        if (this.#isSeen(act, observer, subject)) continue;
        this.#tell(act, observer, subject, withinMs);
      }
    });
  }

  /** Who has nobody to ask waits until somebody asks it. */
  #hasSeed(subject: SimPeer): boolean {
    const { sim } = this.#context;
    return subject.seedAddresses.some((address) => sim.peerAt(address)?.isRunning === true);
  }

  #isSeen(act: PromisedAct, observer: SimPeer, subject: SimPeer): boolean {
    const listed = observer.peer.members().get(subject.address);
    switch (act) {
      case "update":
        return sameInfo(listed?.info, this.#context.words.of(subject));
      case "join":
        return listed !== undefined && subject.peer.members().has(observer.address);
      case "crash":
      case "vanish":
      case "leave":
        return listed === undefined;
      default:
        return act satisfies never;
    }
  }

  #tell(act: PromisedAct, observer: SimPeer, subject: SimPeer, withinMs: number): void {
    const what = `the ${act} of ${subject.address} within ${Math.round(withinMs)} ms`;
    this.#context.violate("promised-times", `${observer.address} did not see ${what}`, {
      observer: observer.address,
      subject: subject.address,
    });
  }
}
