// The members as an application sees them: what the roster holds, with what this peer alone knows of
// each.

import type { Acquaintances } from "../acquaintances.js";
import { compareDetails, type Member, type MemberDetail } from "../member.js";
import { GENERATION_EPOCH_MS } from "../own-record.js";
import type { PeerInfo } from "../record.js";
import type { MemberRecord } from "./member-record.js";
import type { Roster } from "./roster.js";
import type { RosterEntry } from "./roster-entry.js";

/** The view that applications have of a roster. */
export class MemberViews {
  readonly #roster: Roster;
  readonly #acquaintances: Acquaintances;

  constructor(roster: Roster, acquaintances: Acquaintances) {
    this.#roster = roster;
    this.#acquaintances = acquaintances;
  }

  /** This peer as its own member list shows it. */
  get self(): Member {
    return memberOf(this.#roster.own, "live");
  }

  /** The live members with this peer itself first; with "all", those failed and left too. */
  *members(include: "live" | "all"): Generator<Member> {
    yield this.self;
    const own = this.#roster.own.address;
    for (const entry of this.#roster.entries()) {
      const status = statusOf(entry);
      if (entry.address === own || status === undefined) continue;
      if (status === "live" || include === "all") yield memberOf(entry.record, status);
    }
  }

  /** All that is known of each member; `wallOffsetMs` makes the time of day of our times. */
  details(wallOffsetMs: number): MemberDetail[] {
    const details: MemberDetail[] = [];
    for (const entry of this.#roster.entries()) {
      const detail = this.#detailOf(entry, wallOffsetMs);
      if (detail !== undefined) details.push(detail);
    }
    return details.sort(compareDetails);
  }

  detail(address: string, wallOffsetMs: number): MemberDetail | undefined {
    const entry = this.#roster.get(address);
    return entry === undefined ? undefined : this.#detailOf(entry, wallOffsetMs);
  }

  /** Who watches that member, by address; none where it is not listed. */
  watchersOf(address: string): readonly string[] {
    const entry = this.#roster.live(address);
    if (entry === undefined) return [];
    return [...this.#roster.neighboursOf(entry)].sort();
  }

  #detailOf(entry: RosterEntry, wallOffsetMs: number): MemberDetail | undefined {
    const { address, record, isSuspected } = entry;
    const isSelf = address === this.#roster.own.address;
    const status = isSelf ? "live" : statusOf(entry);
    if (status === undefined) return undefined;
    const { knownSinceMs, changedAtMs, roundTripMs } = this.#acquaintances.of(address);
    // Written out: a spread costs more than all else here, and lists of thousands are asked for.
    return {
      address,
      info: infoOf(record),
      status,
      version: record.version,
      isSelf,
      dialect: "native",
      isSuspected: isSuspected && status === "live",
      startedAtMs: GENERATION_EPOCH_MS + record.generation,
      incarnation: record.incarnation,
      knownSinceMs: Math.round(knownSinceMs + wallOffsetMs),
      changedAtMs: Math.round(changedAtMs + wallOffsetMs),
      roundTripMs,
    };
  }
}

/** True for what is held of a member, live or gone, and false once it was forgotten. */
export function isMember(record: MemberRecord | undefined): boolean {
  return record !== undefined && record.verdict !== "forgotten";
}

/** What became of a member, as far as this peer knows; undefined once it was forgotten. */
function statusOf({ record, isUnreachable }: RosterEntry): Member["status"] | undefined {
  if (record.verdict === "forgotten") return undefined;
  return isUnreachable && record.verdict === "live" ? "failed" : record.verdict;
}

/** The snapshot that applications see. */
export function memberOf(record: MemberRecord, status: Member["status"]): Member {
  const { address, version } = record;
  return { address, info: infoOf(record), status, version };
}

function infoOf({ name, metadata }: MemberRecord): PeerInfo {
  if (metadata.size === 0) return { name };
  const values = Array.from(metadata, ([key, { value }]) => [key, value] as const);
  return { name, metadata: Object.fromEntries(values) };
}
