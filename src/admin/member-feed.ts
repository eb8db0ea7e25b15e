// The list of members for those who watch it: whole first, then each change, and on from a cursor.

import { create } from "@bufbuild/protobuf";
import type { MemberDetail } from "../core/member.js";
import {
  type WatchMembersResponse,
  WatchMembersResponseSchema,
} from "../gen/gossip/admin/v1/admin_pb.js";
import type { Peer } from "../peer/peer.js";
import { clearInterval, setInterval } from "../transport/platform-timers.js";
import { ChangeLog } from "./change-log.js";
import type { AdminLimits } from "./limits.js";
import { isSameMember } from "./member-messages.js";
import { memberMessage } from "./messages.js";

/** How large one answer becomes at most, about, however much metadata the members have. */
const MAX_PART_BYTES = 262_144;
/** What a member takes without its metadata, about. */
const MEMBER_BYTES = 200;

/** What the list is read from. */
type Listing = Pick<Peer, "detail" | "details">;

/** Follows the list, as long as it is told of events, and compares it now and then while watched. */
export class MemberFeed {
  readonly #peer: Listing;
  readonly #refreshPeriodMs: number;
  /** The addresses of the members that changed. */
  readonly #log: ChangeLog<string>;
  /** What watchers were told last. */
  #known = new Map<string, MemberDetail>();
  #watchers = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    peer: Listing,
    epoch: string,
    limits: Pick<AdminLimits, "maxLoggedChanges" | "refreshPeriodMs">,
  ) {
    this.#peer = peer;
    this.#refreshPeriodMs = limits.refreshPeriodMs;
    this.#log = new ChangeLog(epoch, limits.maxLoggedChanges);
  }

  /** Something happened to that member. */
  touch(address: string): void {
    const member = this.#peer.detail(address);
    const known = this.#known.get(address);
    if (isKnown(member, known)) return;
    if (member === undefined) this.#known.delete(address);
    else this.#known.set(address, member);
    this.#log.append(address);
  }

  /** Compares the whole list with what watchers were told. */
  refresh(): void {
    const members = this.#peer.details();
    const known = this.#known;
    this.#known = new Map(members.map((member) => [member.address, member]));
    for (const member of members) {
      if (!isKnown(member, known.get(member.address))) this.#log.append(member.address);
      known.delete(member.address);
    }
    for (const address of known.keys()) this.#log.append(address);
  }

  /** No more changes come: watchers end once they have seen all. */
  close(): void {
    this.#log.close();
  }

  /** What a watcher is told, until it goes. */
  async *watch(cursor: string, signal: AbortSignal): AsyncGenerator<WatchMembersResponse> {
    this.#begin(signal);
    let position = this.#log.positionOf(cursor);
    while (!signal.aborted) {
      if (position === undefined || position < this.#log.begin) {
        position = this.#log.end;
        yield* this.#snapshot(position);
      }
      await this.#log.reaches(position, signal);
      if (signal.aborted || (this.#log.isClosed && this.#log.end <= position)) return;
      if (position < this.#log.begin) continue;
      const addresses = new Set(this.#log.since(position));
      position = this.#log.end;
      yield* this.#changes(addresses, position);
    }
  }

  #begin(signal: AbortSignal): void {
    // Nobody watched until now: what has no event may have changed meanwhile.
    this.refresh();
    this.#watchers += 1;
    this.#timer ??= setInterval(() => this.refresh(), this.#refreshPeriodMs);
    const end = (): void => {
      this.#watchers -= 1;
      if (this.#watchers > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  }

  *#snapshot(position: number): Generator<WatchMembersResponse> {
    const parts = Array.from(inParts(Array.from(this.#known.values())));
    for (const [index, part] of parts.entries()) {
      const last = index === parts.length - 1;
      const snapshot = { members: part.map(memberMessage), first: index === 0, last };
      yield create(WatchMembersResponseSchema, {
        kind: { case: "snapshot", value: snapshot },
        // Who has seen a part only has to begin anew.
        cursor: last ? this.#log.cursorOf(position) : "",
      });
    }
  }

  *#changes(addresses: ReadonlySet<string>, position: number): Generator<WatchMembersResponse> {
    const members: MemberDetail[] = [];
    const removed: string[] = [];
    for (const address of addresses) {
      const member = this.#known.get(address);
      if (member === undefined) removed.push(address);
      else members.push(member);
    }
    const parts = Array.from(inParts(members));
    for (const [index, part] of parts.entries()) {
      const last = index === parts.length - 1;
      const changes = { members: part.map(memberMessage), removed: last ? removed : [] };
      yield create(WatchMembersResponseSchema, {
        kind: { case: "changes", value: changes },
        cursor: last ? this.#log.cursorOf(position) : "",
      });
    }
  }
}

/** At least one part, each of members that fit in one answer together. */
function* inParts(members: readonly MemberDetail[]): Generator<readonly MemberDetail[]> {
  let part: MemberDetail[] = [];
  let bytes = 0;
  for (const member of members) {
    const size = sizeOf(member);
    if (part.length > 0 && bytes + size > MAX_PART_BYTES) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(member);
    bytes += size;
  }
  yield part;
}

function sizeOf({ info }: MemberDetail): number {
  let bytes = MEMBER_BYTES + info.name.length;
  for (const [key, value] of Object.entries(info.metadata ?? {})) {
    bytes += key.length + value.length;
  }
  return bytes;
}

/** True when watchers know it as it is: that it is there, or not. */
function isKnown(member: MemberDetail | undefined, known: MemberDetail | undefined): boolean {
  if (member === undefined || known === undefined) return member === known;
  return isSameMember(member, known);
}
