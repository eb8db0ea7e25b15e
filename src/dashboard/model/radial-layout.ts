// Where the members stand in the graph. Few stand on one circle; of many, the agent is in the middle, its
// neighbours around it, theirs around those. It is computed at once, so that a thousand members need no simulation of forces.

import { type Adjacency, hopsFrom } from "./adjacency.js";

/** A place in the graph. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** The room that each member takes on its circle, and the least room between two circles. */
const ROOM = 26;
const GAP = 70;
/** A circle with more members than this is made of several that lie close together. */
const ON_ONE_CIRCLE = 60;

/** So many members stand on one circle in the order of their addresses, and keep their places. */
const SMALL = 24;
const SMALL_RADIUS = 150;

/** The places of all `addresses`: in a small cluster a circle, in a large one a circle a hop. */
export function layOut(
  center: string,
  addresses: readonly string[],
  adjacency: Adjacency,
): Map<string, Place> {
  return addresses.length > SMALL
    ? radialLayout(center, addresses, adjacency)
    : circleLayout(addresses);
}

/** All on one circle, whatever their links are: no link there runs behind a member that it is not of. */
function circleLayout(addresses: readonly string[]): Map<string, Place> {
  const places = [...addresses].sort().map((address, index) => {
    const angle = (2 * Math.PI * index) / addresses.length - Math.PI / 2;
    return [
      address,
      { x: SMALL_RADIUS * Math.cos(angle), y: SMALL_RADIUS * Math.sin(angle) },
    ] as const;
  });
  return new Map(places);
}

/** The places of all `addresses`. Those that no link leads to stand on the outermost circle. */
export function radialLayout(
  center: string,
  addresses: readonly string[],
  adjacency: Adjacency,
): Map<string, Place> {
  const places = new Map<string, Place>([[center, { x: 0, y: 0 }]]);
  const angles = new Map<string, number>([[center, 0]]);
  let radius = 0;
  for (const layer of layersOf(center, addresses, adjacency)) {
    const ordered = orderByParents(layer, adjacency, angles);
    const circles = Math.ceil(Math.sqrt(ordered.length / ON_ONE_CIRCLE));
    radius = Math.max(radius + GAP, (ordered.length * ROOM) / circles / (2 * Math.PI));
    ordered.forEach((address, index) => {
      const angle = (2 * Math.PI * (index + 0.5)) / ordered.length - Math.PI / 2;
      const own = radius + (index % circles) * ROOM;
      angles.set(address, angle);
      places.set(address, { x: own * Math.cos(angle), y: own * Math.sin(angle) });
    });
    radius += (circles - 1) * ROOM;
  }
  return places;
}

/** The members by how many links lead to them; at the end those that none leads to. */
function layersOf(center: string, addresses: readonly string[], adjacency: Adjacency): string[][] {
  const known = new Set(addresses);
  const layers: string[][] = [];
  for (const { to, depth } of hopsFrom(center, adjacency)) {
    if (!known.delete(to)) continue;
    const layer = layers[depth - 1];
    if (layer === undefined) layers[depth - 1] = [to];
    else layer.push(to);
  }
  known.delete(center);
  return [...layers.filter((layer) => layer !== undefined), [...known]].filter(
    (layer) => layer.length > 0,
  );
}

/** In the order of the directions in which the members are that lead to them, so that links are short. */
function orderByParents(
  layer: readonly string[],
  adjacency: Adjacency,
  angles: ReadonlyMap<string, number>,
): string[] {
  const wanted = new Map<string, number>();
  for (const address of layer) {
    let [x, y] = [0, 0];
    for (const parent of adjacency.get(address) ?? []) {
      const angle = angles.get(parent);
      if (angle === undefined) continue;
      x += Math.cos(angle);
      y += Math.sin(angle);
    }
    const turn = x === 0 && y === 0 ? Number.POSITIVE_INFINITY : Math.atan2(y, x) + Math.PI / 2;
    wanted.set(address, turn < 0 ? turn + 2 * Math.PI : turn);
  }
  const turnOf = (address: string): number => wanted.get(address) ?? 0;
  return [...layer].sort((a, b) => compare(turnOf(a), turnOf(b)) || (a < b ? -1 : 1));
}

function compare(a: number, b: number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
