// What is to come out of the comparison, as ratios of figures of one run.

import { type FigureName, significant, summarize } from "./figures.js";
import type { FloorCosts } from "./floors.js";
import type { Findings } from "./work.js";

/** The size at which the goals are set. */
export const GOAL_PEERS = 100;
const LARGE = 200;
const SMALL = 50;

/**
 * What as many originals take in one process, each with a connection to each other: 3,667 MB, as it was
 * measured once, since the original is not run here.
 */
const ORIGINAL_MEMORY_MB = 3_667e6 / 2 ** 20;

/** The findings of each contender at each size. */
export type Results = ReadonlyMap<number, ReadonlyMap<string, readonly Findings[]>>;

/** A goal, and what came out; `met` is undefined where something was not measured. */
export interface GoalRow {
  readonly what: string;
  readonly goal: string;
  readonly ratio: string;
  readonly met: boolean | undefined;
}

/** All goals. */
export function goalRows(results: Results, floors: FloorCosts | undefined): GoalRow[] {
  const figureOf = (contender: string, name: FigureName, peers = GOAL_PEERS): number | undefined =>
    summarize(name, results.get(peers)?.get(contender) ?? [])?.median;
  const sooner = (name: FigureName, suffix = ""): number | undefined =>
    ratio(figureOf(`memberlist${suffix}`, name), figureOf(`gossip${suffix}`, name));
  const share = (name: FigureName, peers = GOAL_PEERS): number | undefined =>
    ratio(figureOf("gossip", name, peers), figureOf("memberlist", name, peers));
  const growth = ratio(figureOf("gossip", "bytes", LARGE), figureOf("gossip", "bytes", SMALL));
  const at = `, ${GOAL_PEERS} peers`;
  return [
    atLeast(`crash seen by all, times sooner${at}`, sooner("crash"), 20),
    atLeast(`crash seen by all, times sooner, both at 200 ms${at}`, sooner("crash", "-200"), 5),
    atLeast(`update seen by all, times sooner${at}`, sooner("update"), 8),
    atMost(`join of all, share of memberlist's time${at}`, share("join"), 1),
    atMost(`CPU at rest, share of memberlist's${at}`, share("cpu"), 1),
    atMost(`bytes at rest, share of memberlist's${at}`, share("bytes"), 1),
    atMost(`bytes at rest, share of memberlist's, ${LARGE} peers`, share("bytes", LARGE), 1),
    atMost(`bytes at rest, growth from ${SMALL} to ${LARGE} peers`, growth, 1.1),
    atMost(`memory, share of memberlist's${at}`, share("memory"), 4),
    atMost(
      `memory, share of the original's${at}`,
      ratio(figureOf("gossip", "memory"), ORIGINAL_MEMORY_MB),
      0.1,
    ),
    removals("removals of peers that ran, less memberlist's", "removedRunning", figureOf),
    removals("removals of peers that were stopped, less memberlist's", "removedStopped", figureOf),
    atMost(
      "CPU of a message over a link, share of raw http2 frames'",
      ratio(floors?.link, floors?.http2),
      2,
    ),
  ];
}

function removals(
  what: string,
  name: FigureName,
  figureOf: (contender: string, name: FigureName) => number | undefined,
): GoalRow {
  const ours = figureOf("gossip", name);
  const others = figureOf("memberlist", name);
  const more = ours === undefined || others === undefined ? undefined : ours - others;
  return atMost(what, more, 0);
}

function atLeast(what: string, value: number | undefined, least: number): GoalRow {
  const met = value === undefined ? undefined : value >= least;
  return { what, goal: `≥ ${least}`, ratio: text(value), met };
}

function atMost(what: string, value: number | undefined, most: number): GoalRow {
  const met = value === undefined ? undefined : value <= most;
  return { what, goal: `≤ ${most}`, ratio: text(value), met };
}

function ratio(part: number | undefined, whole: number | undefined): number | undefined {
  const quotient = part === undefined || whole === undefined ? Number.NaN : part / whole;
  return Number.isNaN(quotient) ? undefined : quotient;
}

function text(value: number | undefined): string {
  if (value === undefined) return "not measured";
  return Number.isFinite(value) ? significant(value) : "endless";
}
