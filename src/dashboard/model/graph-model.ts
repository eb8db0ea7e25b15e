// What the graph shows: members, the links between them, and their places.

import { type Adjacency, adjacencyOf } from "./adjacency.js";
import { layOut, type Place } from "./radial-layout.js";
import { type Pair, pairs, type ReachMap } from "./reach.js";
import type { Roster } from "./roster.js";
import { isPresent } from "./status.js";

/** The graph, ready to be drawn. */
export interface GraphModel {
  readonly links: readonly Pair[];
  readonly adjacency: Adjacency;
  readonly places: ReadonlyMap<string, Place>;
}

/** Makes it of the members and of what they tell of each other. */
export function graphModel(members: Roster, center: string, reach: ReachMap): GraphModel {
  const isThere = (address: string): boolean => {
    const status = members.get(address)?.status;
    return status !== undefined && isPresent(status);
  };
  const links = pairs(reach).filter(({ from, to }) => isThere(from) && isThere(to));
  const adjacency = adjacencyOf(links.filter(isUsed).map(({ from, to }) => [from, to] as const));
  const addresses = [...members.keys()].sort();
  return { links, adjacency, places: layOut(center, addresses, adjacency) };
}

/** Whether something gets through, in one direction at least. */
function isUsed({ there, back }: Pair): boolean {
  return there === "ok" || back === "ok";
}

/** Whether only one direction works. */
export function isOneWay({ there, back }: Pair): boolean {
  return there === "one-way" || back === "one-way";
}
