// What the peers of a simulation strike from their lists, and what they list anew.

import type { SimPeer, Simulator } from "../../src/simulator/index.js";

/** One peer no longer lists another, or lists it again. */
export interface ListChange {
  readonly by: string;
  readonly of: string;
  readonly atMs: number;
}

/** The changes of all lists from now on. */
export class ListWatch {
  readonly removals: ListChange[] = [];
  readonly additions: ListChange[] = [];

  constructor(sim: Simulator) {
    sim.observe({
      onRecordChange: (observer, { address, before, after }) => {
        const of = sim.processAt(address)?.name ?? address;
        const change = { by: observer.name, of, atMs: sim.nowMs };
        if (before !== undefined && after === undefined) this.removals.push(change);
        if (before === undefined && after !== undefined) this.additions.push(change);
      },
    });
  }

  /** Who was struck from any list, each once. */
  get removed(): string[] {
    return namesOf(this.removals, "of");
  }

  /** Who was struck from the list of one who is not among those. */
  removedByOthersThan(...peers: readonly SimPeer[]): string[] {
    const names = new Set(peers.map(({ name }) => name));
    return namesOf(
      this.removals.filter(({ by }) => !names.has(by)),
      "of",
    );
  }

  /** Who listed that peer anew, each once. */
  relistedBy(peer: SimPeer): string[] {
    return namesOf(
      this.additions.filter(({ of }) => of === peer.name),
      "by",
    );
  }
}

/** The names that a peer lists, its own among them. */
export function namesListedBy(peer: SimPeer): string[] {
  return Array.from(peer.peer.members().values(), ({ info }) => info.name).sort();
}

/** True when each of these peers lists that one. */
export function isListedByAll(peers: readonly SimPeer[], { address }: SimPeer): boolean {
  return peers.every(({ peer }) => peer.members().has(address));
}

/** True when none of these peers lists that one. */
export function isListedByNone(peers: readonly SimPeer[], { address }: SimPeer): boolean {
  return peers.every(({ peer }) => !peer.members().has(address));
}

function namesOf(changes: readonly ListChange[], side: "by" | "of"): string[] {
  return [...new Set(changes.map((change) => change[side]))].sort();
}
