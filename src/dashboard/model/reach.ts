// Who reaches whom: what the members tell of their latest probes, put together, so that a link that
// works one way only is found.

import { signal } from "@preact/signals";
import type { Link, Reach } from "../../gen/gossip/admin/v1/admin_pb.js";
import { lengthMs } from "./member-view.js";

/** What one member tells of another: reached, and how fast, or not. */
interface Reached {
  readonly isOk: boolean;
  readonly roundTripMs: number | undefined;
}

/** What one member tells. */
export interface Told {
  /** False when it was asked and did not answer. */
  readonly hasAnswered: boolean;
  readonly reached: ReadonlyMap<string, Reached>;
}

/** What all members tell, by their addresses. */
export type ReachMap = ReadonlyMap<string, Told>;

/** What the page knows at present. */
export const reachMap = signal<ReachMap>(new Map());

/** How one member stands with another. */
export type ReachState =
  /** It reaches it. */
  | "ok"
  /** It does not, though the other reaches it. */
  | "one-way"
  /** It does not, and nothing better is known of the way back. */
  | "cut"
  /** It did not probe it lately. */
  | "none"
  /** It did not answer, so nothing is known. */
  | "silent";

/** Two members, of whom at least one probes the other. */
export interface Pair {
  readonly from: string;
  readonly to: string;
  readonly there: ReachState;
  readonly back: ReachState;
}

/** How `from` stands with `to`. */
export function reachState(map: ReachMap, from: string, to: string): ReachState {
  const told = map.get(from);
  if (told === undefined) return "none";
  if (!told.hasAnswered) return "silent";
  const reached = told.reached.get(to);
  if (reached === undefined) return "none";
  if (reached.isOk) return "ok";
  return map.get(to)?.reached.get(from)?.isOk === true ? "one-way" : "cut";
}

/** Each pair of members of which one probes the other, once. */
export function pairs(map: ReachMap): Pair[] {
  const found: Pair[] = [];
  for (const [from, told] of map) {
    for (const to of told.reached.keys()) {
      const isTwice = from > to && map.get(to)?.reached.has(from) === true;
      if (isTwice || from === to) continue;
      const [there, back] = [reachState(map, from, to), reachState(map, to, from)];
      found.push({ from, to, there, back });
    }
  }
  return found;
}

/** Something that is wrong. */
export type Trouble =
  /** `from` does not reach `to`, which reaches it. */
  | { readonly type: "one-way"; readonly from: string; readonly to: string }
  /** All of these do not reach `to`, and it does not reach them, as far as is known. */
  | { readonly type: "cut"; readonly from: readonly string[]; readonly to: string };

/** What is wrong: links that work one way only first, then those that are not reached, by most first. */
export function troubles(found: readonly Pair[]): Trouble[] {
  const oneWay: Trouble[] = [];
  const cut = new Map<string, string[]>();
  const judge = (from: string, to: string, state: ReachState): void => {
    if (state === "one-way") oneWay.push({ type: "one-way", from, to });
    if (state === "cut") cut.set(to, [...(cut.get(to) ?? []), from]);
  };
  for (const { from, to, there, back } of found) {
    judge(from, to, there);
    judge(to, from, back);
  }
  const cuts = [...cut].sort((a, b) => b[1].length - a[1].length);
  return [...oneWay, ...cuts.map(([to, from]) => ({ type: "cut", from, to }) as const)];
}

/** What a member told just now. */
export function toldFrom(reach: Reach): Told {
  const reached = reach.reached.map(
    ({ address, ok, roundTrip }) =>
      [address, { isOk: ok, roundTripMs: lengthMs(roundTrip) }] as const,
  );
  return { hasAnswered: reach.answered, reached: new Map(reached) };
}

/** What this agent's own links tell. Silence over a link is judged by the member's own reach, not here. */
export function toldFromLinks(links: readonly Link[]): Told {
  const reached = links.map(
    (link) => [link.address, { isOk: true, roundTripMs: lengthMs(link.roundTrip) }] as const,
  );
  return { hasAnswered: true, reached: new Map(reached) };
}
