// Who is linked with whom, as a graph without directions: for the layout, and for what spreads in it.

/** The neighbours of each member, by address. */
export type Adjacency = ReadonlyMap<string, ReadonlySet<string>>;

/** Makes it of pairs of addresses. */
export function adjacencyOf(pairs: Iterable<readonly [string, string]>): Adjacency {
  const neighbours = new Map<string, Set<string>>();
  const add = (from: string, to: string): void => {
    const of = neighbours.get(from);
    if (of === undefined) neighbours.set(from, new Set([to]));
    else of.add(to);
  };
  for (const [a, b] of pairs) {
    add(a, b);
    add(b, a);
  }
  return neighbours;
}

/** A step from one member to the next on a shortest way from where it began. */
export interface Hop {
  readonly from: string;
  readonly to: string;
  /** How many steps it is from the start to `to`. */
  readonly depth: number;
}

/** The steps by which everything that can be reached from `start` is reached, nearest first. */
export function hopsFrom(start: string, adjacency: Adjacency): Hop[] {
  const hops: Hop[] = [];
  const seen = new Set([start]);
  let front = [start];
  for (let depth = 1; front.length > 0; depth++) {
    const next: string[] = [];
    for (const from of front) {
      for (const to of adjacency.get(from) ?? []) {
        if (seen.has(to)) continue;
        seen.add(to);
        next.push(to);
        hops.push({ from, to, depth });
      }
    }
    front = next;
  }
  return hops;
}
