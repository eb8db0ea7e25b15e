// What is run, and in which order: contenders in turns, so that what else the machine does hits all
// alike.

import type { Contender } from "./contenders.js";
import { GOAL_PEERS } from "./goals.js";

const PEERS = [10, 50, 100, 200] as const;
const AGENTS = 10;
/** These two are run at every size. */
const MAIN = ["gossip", "memberlist"];
/** And these at the size of the goals, in every run. */
const REPEATED = [...MAIN, "gossip-200", "memberlist-200"];
/** Of those that are stopped now and then, at the size of the goals. */
const STOPS = 1;

/** One contender at one size. */
export interface Session {
  readonly contender: Contender;
  readonly peers: number;
  readonly stops: number;
}

/** What was asked for. */
export interface Wanted {
  readonly runs: number;
  /** Undefined for the sizes that each contender has by default. */
  readonly peers: readonly number[] | undefined;
}

/**
 * All sessions, in order. By default the first run has all, and those after it what the goals are
 * about; with sizes given, all runs have all.
 */
export function plan(contenders: readonly Contender[], { runs, peers }: Wanted): Session[] {
  const sessions: Session[] = [];
  for (let run = 0; run < runs; run += 1) {
    for (const size of peers ?? PEERS) {
      for (const contender of contenders) {
        if (
          contender.isAgent !== true &&
          (peers !== undefined || isPlanned(contender, size, run))
        ) {
          sessions.push({ contender, peers: size, stops: size === GOAL_PEERS ? STOPS : 0 });
        }
      }
    }
    if (run > 0 && peers === undefined) continue;
    for (const contender of contenders) {
      if (contender.isAgent === true) sessions.push({ contender, peers: AGENTS, stops: STOPS });
    }
  }
  return sessions;
}

function isPlanned({ name }: Contender, size: number, run: number): boolean {
  if (run === 0) return size === GOAL_PEERS || MAIN.includes(name);
  return size === GOAL_PEERS && REPEATED.includes(name);
}
