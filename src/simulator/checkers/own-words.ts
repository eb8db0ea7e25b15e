// What an application writes of itself is what its peer says of itself at once, and in the end what
// every other lists: compared with the application's own words, never with what a core made of them.

import type { PeerInfo } from "../../core/record.js";
import type { SimPeer } from "../sim-peer.js";
import type { Simulator, StepObserver } from "../simulator.js";
import type { Violate } from "./violation.js";

/** The last words of each application. */
export class OwnWordsChecker implements StepObserver {
  readonly #violate: Violate;
  readonly #words = new Map<SimPeer, PeerInfo>();
  /** Those that wrote something, until it was looked at. */
  readonly #fresh = new Set<SimPeer>();

  constructor(sim: Simulator, violate: Violate) {
    this.#violate = violate;
    for (const peer of sim.running) this.onStart(peer);
  }

  /** What the application of that peer said last. */
  of(peer: SimPeer): PeerInfo | undefined {
    return this.#words.get(peer);
  }

  onStart(peer: SimPeer): void {
    this.#words.set(peer, { name: peer.name });
    this.#fresh.add(peer);
  }

  /** The seed dialect has no place for metadata. */
  onInfoWritten(peer: SimPeer, info: PeerInfo): void {
    this.#words.set(peer, peer.core === undefined ? info : { name: info.name });
    this.#fresh.add(peer);
  }

  onStep(): void {
    if (this.#fresh.size === 0) return;
    for (const peer of this.#fresh) if (peer.isRunning) this.#checkSelf(peer);
    this.#fresh.clear();
  }

  /** Once all agree, each lists of each what its application said last. */
  checkAll(groups: readonly (readonly SimPeer[])[]): void {
    for (const group of groups) {
      for (const observer of group) {
        this.#checkSelf(observer);
        const members = observer.peer.members();
        for (const subject of group) {
          if (sameInfo(members.get(subject.address)?.info, this.#words.get(subject))) continue;
          const said = textOf(this.#words.get(subject));
          const listed = textOf(members.get(subject.address)?.info);
          this.#violate(
            "own-words",
            `${observer.address} lists ${listed} of ${subject.address}, whose application said ${said}`,
            { observer: observer.address, subject: subject.address },
          );
        }
      }
    }
  }

  #checkSelf(peer: SimPeer): void {
    if (peer.isLeaving || sameInfo(peer.peer.info, this.#words.get(peer))) return;
    const [is, said] = [textOf(peer.peer.info), textOf(this.#words.get(peer))];
    this.#violate("own-words", `${peer.address} says ${is}, and its application said ${said}`, {
      observer: peer.address,
      subject: peer.address,
    });
    // Said once.
    this.#words.set(peer, peer.peer.info);
  }
}

/** True for the same name and the same keys with the same values. */
export function sameInfo(a: PeerInfo | undefined, b: PeerInfo | undefined): boolean {
  if (a === undefined || b === undefined || a.name !== b.name) return false;
  const [ours, theirs] = [Object.entries(a.metadata ?? {}), b.metadata ?? {}];
  if (ours.length !== Object.keys(theirs).length) return false;
  return ours.every(([key, value]) => Object.hasOwn(theirs, key) && sameValue(value, theirs[key]));
}

function sameValue(a: string | Uint8Array, b: string | Uint8Array | undefined): boolean {
  if (typeof a === "string" || typeof b === "string" || b === undefined) return a === b;
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function textOf(info: PeerInfo | undefined): string {
  if (info === undefined) return "nothing";
  const keys = Object.keys(info.metadata ?? {});
  return keys.length === 0
    ? JSON.stringify(info.name)
    : `${JSON.stringify(info.name)} with ${keys}`;
}
