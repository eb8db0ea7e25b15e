// One scenario for a simulated and a real cluster: sixteen peers in four processes, and what is
// timed of them.

/** How many peers there are, and how many share a process. */
export const PEERS = 16;
export const PEERS_PER_PROCESS = 4;

/**
 * What every peer is started with. Default timeouts: a busy machine is no fault to be found. By the
 * seed's rule, whose times are long: the native protocol joins, updates and notices a crash within
 * milliseconds, of which a shared machine adds more than that by itself.
 */
export const PEER_OPTIONS = { pingPeriodMs: 200, failureDetection: "immediate" } as const;

/** Those whose process is paused. */
export const PAUSED = [12, 13, 14, 15] as const;
/** Those that crash: in different processes, and at the same moment. */
export const CRASHED = [5, 10, 15] as const;
/** Those that write a new info, one after another. */
export const UPDATED = [1, 6, 11, 12, 0] as const;

/** CPU time of a process's main thread, in milliseconds. */
export interface CpuTime {
  readonly spentMs: number;
  /** How long it could have run and did not, since others had the CPU. */
  readonly waitedMs: number;
}

/** What is timed, in milliseconds. */
export interface Times {
  /** From the start of all but the seed until each lists all. */
  readonly join: readonly number[];
  /** From an update until all list it. */
  readonly update: readonly number[];
  /** From the begin of a process's pause until none of the others lists one of its peers. */
  readonly pause: readonly number[];
  /** From the end of the pause until all list such a peer again. */
  readonly resume: readonly number[];
  /** From a crash until none of the others lists the crashed peer. */
  readonly crash: readonly number[];
}

/** The parts of the scenario. */
export type Stage = keyof Times;

/** Something of each part for each process. */
export type OfStages<T> = Readonly<Record<Stage, readonly T[]>>;

/** What each peer lists: names by address, by the peer's index. */
export type Lists = readonly ReadonlyMap<string, string>[];

/** True when each of the peers lists exactly `PEERS` members, itself included. */
export function listAll(lists: Lists): boolean {
  return lists.every((list) => list.size === PEERS);
}

/** True when all list that member by that name. */
export function listName(lists: Lists, address: string, name: string): boolean {
  return lists.every((list) => list.get(address) === name);
}

/** True when all list that member. */
export function listEverywhere(lists: Lists, address: string): boolean {
  return lists.every((list) => list.has(address));
}

/** True when none but those in `except` lists that member. */
export function listNowhere(lists: Lists, address: string, except: readonly number[]): boolean {
  return lists.every((list, index) => except.includes(index) || !list.has(address));
}

/** What a part of the scenario gave. */
export interface StageResult<Cpu> {
  readonly times: readonly number[];
  readonly cpu: readonly Cpu[];
}

/** The results of all parts, by what they are. */
export function gather<Cpu>(stages: Readonly<Record<Stage, StageResult<Cpu>>>): {
  readonly times: Times;
  readonly cpu: OfStages<Cpu>;
} {
  const { join, update, pause, resume, crash } = stages;
  return {
    times: {
      join: join.times,
      update: update.times,
      pause: pause.times,
      resume: resume.times,
      crash: crash.times,
    },
    cpu: {
      join: join.cpu,
      update: update.cpu,
      pause: pause.cpu,
      resume: resume.cpu,
      crash: crash.cpu,
    },
  };
}
