// What an application is told, event by event, is what it is shown: the events of a peer, folded into a
// list, give `members()` at every step, and no event comes that cannot follow those before it.

import type { Member, MemberEvent } from "../../core/member.js";
import type { PeerInfo } from "../../core/record.js";
import type { SimPeer } from "../sim-peer.js";
import type { Simulator, StepObserver } from "../simulator.js";
import { sameInfo } from "./own-words.js";
import type { Violate } from "./violation.js";

/** What the events of one process have told so far. */
interface Told {
  readonly listed: Map<string, PeerInfo>;
  readonly suspected: Set<string>;
  /** Members that failed and were not told of otherwise since. */
  readonly failed: Set<string>;
  /** Whether something was told, or has changed, since the two were compared. */
  isDirty: boolean;
}

/** Lists of more members are compared at one change in so many. */
const SAMPLED_SIZE = 32;
const SAMPLE = 16;

/** Folds the events of each process. */
export class EventStreamChecker implements StepObserver {
  readonly #violate: Violate;
  readonly #told = new Map<SimPeer, Told>();
  #changes = 0;

  constructor(sim: Simulator, violate: Violate) {
    this.#violate = violate;
    for (const peer of sim.running) this.onStart(peer);
  }

  /** What a process lists as it starts, nobody is told: the application asks for it. */
  onStart(peer: SimPeer): void {
    const listed = new Map(Array.from(peer.peer.members().values(), (m) => [m.address, m.info]));
    const told = { listed, suspected: new Set<string>(), failed: new Set<string>() };
    this.#told.set(peer, { ...told, isDirty: false });
  }

  onMemberEvent(peer: SimPeer, event: MemberEvent): void {
    const told = this.#told.get(peer);
    if (told === undefined) return;
    const fault = faultOf(told, event, peer.advertised);
    if (fault !== undefined) {
      const { address } = event.member;
      const message = `${peer.address} was told ${event.type} of ${address}, ${fault}`;
      this.#violate("event-stream", message, { observer: peer.address, subject: address });
    }
    apply(told, event);
    told.isDirty = true;
  }

  /** What changes without a word is seen too. */
  onRecordChange(peer: SimPeer): void {
    this.#markDirty(peer);
  }

  onRosterChange(peer: SimPeer): void {
    this.#markDirty(peer);
  }

  /** Between two inputs a peer has told all that changed. */
  onStep(peer: SimPeer): void {
    const told = this.#told.get(peer);
    if (told === undefined || !told.isDirty || !peer.isRunning) return;
    this.#changes += 1;
    if (told.listed.size > SAMPLED_SIZE && this.#changes % SAMPLE !== 0) return;
    told.isDirty = false;
    this.#compare(peer, told);
  }

  #markDirty(peer: SimPeer): void {
    const told = this.#told.get(peer);
    if (told !== undefined) told.isDirty = true;
  }

  #compare(peer: SimPeer, told: Told): void {
    const members = peer.peer.members();
    const address = differing(told.listed, members);
    if (address === undefined) return;
    const [is, was] = [members.get(address)?.info.name, told.listed.get(address)?.name];
    const message = `${peer.address} lists ${is} at ${address}, and its events told ${was}`;
    this.#violate("event-stream", message, { observer: peer.address, subject: address });
    told.listed.clear();
    for (const member of members.values()) told.listed.set(member.address, member.info);
  }
}

/** An address of which the two lists do not say the same. */
function differing(
  listed: ReadonlyMap<string, PeerInfo>,
  members: ReadonlyMap<string, Member>,
): string | undefined {
  for (const [address, { info }] of members) {
    if (!sameInfo(info, listed.get(address))) return address;
  }
  if (listed.size === members.size) return undefined;
  return Array.from(listed.keys()).find((address) => !members.has(address));
}

/** Why an event cannot follow those before it; undefined where it can. */
function faultOf(told: Told, event: MemberEvent, self: string): string | undefined {
  const { address } = event.member;
  const isListed = told.listed.has(address);
  switch (event.type) {
    case "member-joined":
      return isListed ? "which it lists" : undefined;
    case "member-updated":
      return isListed ? undefined : "which it does not list";
    case "member-failed":
      return isListed ? undefined : "which it does not list";
    case "member-left":
      // It had told others that it goes, and this one had taken it for dead.
      return isListed || told.failed.has(address) ? undefined : "which it does not list";
    case "member-suspected":
      if (told.suspected.has(address)) return "which it suspects already";
      return isListed ? undefined : "which it does not list";
    case "suspicion-cleared":
      return told.suspected.has(address) ? undefined : "which it did not suspect";
    case "self-refuted":
      return address === self ? undefined : "which is another";
    default:
      return event satisfies never;
  }
}

function apply(told: Told, event: MemberEvent): void {
  const { address, info } = event.member;
  switch (event.type) {
    case "member-joined":
      told.listed.set(address, info);
      told.failed.delete(address);
      break;
    case "member-updated":
      told.listed.set(address, info);
      break;
    case "member-failed":
    case "member-left":
      told.listed.delete(address);
      told.suspected.delete(address);
      if (event.type === "member-failed") told.failed.add(address);
      else told.failed.delete(address);
      break;
    case "member-suspected":
      told.suspected.add(address);
      break;
    case "suspicion-cleared":
      told.suspected.delete(address);
      break;
    case "self-refuted":
      break;
    default:
      event satisfies never;
  }
}
