// What a peer keeps from one boot to the next, and what the next one makes of it: who was there, and
// numbers above which it has to begin.

import { startGeneration, startVersion } from "./own-record.js";

/** A member of an earlier boot, and for how long it is worth looking for. */
export interface KeptMember {
  readonly address: string;
  /** In milliseconds; time in which no peer of ours ran does not count. */
  readonly remainingMs: number;
}

/** What is kept. */
export interface Snapshot {
  /** The generation of the boot that kept it. */
  readonly generation: number;
  /** The version that our own record had reached. */
  readonly version: number;
  /** When it was kept, by the calendar of that boot: milliseconds since 2024. */
  readonly savedAt: number;
  readonly members: readonly KeptMember[];
}

/** What a boot begins with. */
export interface Beginning {
  /** Also the time of day from which this boot counts, in milliseconds since 2024. */
  readonly generation: number;
  readonly version: number;
  readonly formerMembers: readonly KeptMember[];
}

/** Above it, nobody would believe a version. */
const HIGHEST_VERSION = 2 ** 30 - 1;

/**
 * What a boot begins with: the clock, or what an earlier boot kept where the clock was set back since.
 * What we say of ourselves is then newer than what is still said of that boot, and others are not from
 * the future.
 */
export function beginningOf(snapshot: Snapshot | undefined, wallClockMs: number): Beginning {
  const generation = startGeneration(wallClockMs);
  const version = startVersion(wallClockMs);
  if (snapshot === undefined) return { generation, version, formerMembers: [] };
  return {
    generation: Math.max(generation, snapshot.savedAt, snapshot.generation + 1),
    version: Math.max(version, Math.min(snapshot.version + 1, HIGHEST_VERSION)),
    formerMembers: snapshot.members,
  };
}

/** The members to keep, when there is room for so many: those first that are there for longest. */
export function keptMembers(members: Iterable<KeptMember>, most: number): KeptMember[] {
  const byAddress = new Map<string, KeptMember>();
  for (const member of members) {
    const held = byAddress.get(member.address);
    if (member.remainingMs <= 0 || (held?.remainingMs ?? 0) >= member.remainingMs) continue;
    byAddress.set(member.address, member);
  }
  const kept = [...byAddress.values()].sort((a, b) => b.remainingMs - a.remainingMs);
  return kept.slice(0, most);
}
