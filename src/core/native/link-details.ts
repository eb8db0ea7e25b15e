// The links of a peer as it tells of them: to whom they lead, and how well they bring answers.

import type { Acquaintances } from "../acquaintances.js";
import type { LinkTable } from "./link-table.js";
import type { Roster } from "./roster.js";

/** A link that is there, as the peer at one end of it tells. */
export interface LinkDetail {
  /** Who is at the other end. */
  readonly address: string;
  /** Whether the peer that tells opened it. */
  readonly isOutbound: boolean;
  /** Whether the two are neighbours in the overlay, and watch each other. */
  readonly isNeighbour: boolean;
  /** How long the latest answer took of the peer at the other end; undefined before the first. */
  readonly roundTripMs: number | undefined;
  /** How long ago something last came over it. */
  readonly silentForMs: number;
  /** Whether the latest probe was answered in time; undefined before the first. */
  readonly isLatestProbeTimely: boolean | undefined;
}

/** The links that are ready, by address. */
export function linkDetails(
  links: LinkTable,
  roster: Roster,
  acquaintances: Acquaintances,
  now: number,
): readonly LinkDetail[] {
  const neighbours = roster.neighbours();
  const details: LinkDetail[] = [];
  for (const { address, isOutbound, isReady, heardAtMs } of links.values()) {
    if (!isReady || address === undefined) continue;
    const { roundTripMs, isLatestTimely } = acquaintances.of(address);
    details.push({
      address,
      isOutbound,
      isNeighbour: neighbours.has(address),
      roundTripMs,
      silentForMs: now - heardAtMs,
      isLatestProbeTimely: isLatestTimely,
    });
  }
  return details.sort((a, b) => (a.address < b.address ? -1 : 1));
}
