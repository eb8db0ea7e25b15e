// What is measured of one contender at one size: a cluster joins, rests, hears of an update, of
// crashes and of members that leave, and lives with some that are stopped now and then.

import { setTimeout } from "node:timers/promises";
import type { Contender } from "./contenders.js";
import type { Host, Place } from "./host.js";
import { loopbackBytes, Namespace } from "./namespace.js";
import { cpuMsOf, residentMbOf } from "./process-figures.js";

const FIRST_PORT = 20_000;
/** What takes longer is given up, and told as such. */
const TIMEOUT_MS = 60_000;
/** Until what a join leaves behind is done with. */
const SETTLE_MS = 6_000;
const REST_MS = 10_000;
const UPDATES = 3;
/** Between updates, so that each is alone; no multiple of anybody's interval. */
const UPDATE_PAUSE_MS = 730;
const CRASHES = 3;
const LEAVES = 2;
/** A crash begins when all know of the one before, or this much later. */
const NEXT_CRASH_MS = 2_300;
const STOPPED_SHARE = 0.05;
const STOPPED_MS = 5_000;
const RUNNING_MS = 15_000;

/** What one run of a contender found; a list has one figure for each that was in time. */
export interface Findings {
  readonly joinS: number | undefined;
  readonly updateS: readonly (number | undefined)[];
  readonly crashS: readonly (number | undefined)[];
  readonly leaveS: readonly (number | undefined)[];
  /** Of a peer at rest. */
  readonly cpuMsPerS: number | undefined;
  readonly bytesPerS: number | undefined;
  /** Of all processes at rest. */
  readonly residentMb: number | undefined;
  /** Removals of members that ran all the time, counted for each observer. */
  readonly removedRunning: number | undefined;
  /** Removals of members that were stopped, counted for each observer. */
  readonly removedStopped: number | undefined;
}

/** How much of the work is done. */
export interface Extent {
  readonly peers: number;
  /** How often 5 % of the peers are stopped for 5 s of 20. */
  readonly stops: number;
}

const NOTHING: Findings = {
  joinS: undefined,
  updateS: [undefined],
  crashS: [undefined],
  leaveS: [undefined],
  cpuMsPerS: undefined,
  bytesPerS: undefined,
  residentMb: undefined,
  removedRunning: undefined,
  removedStopped: undefined,
};

/** Runs a cluster of one contender, and ends it. */
export async function measureContender(
  contender: Contender,
  extent: Extent,
  hasNamespaces: boolean,
): Promise<Findings> {
  const place = hasNamespaces ? new Namespace() : undefined;
  const cluster = new Cluster(contender, extent.peers, place);
  try {
    return await work(cluster, extent);
  } finally {
    cluster.kill();
    place?.remove();
  }
}

async function work(cluster: Cluster, { stops }: Extent): Promise<Findings> {
  const joinS = await cluster.join();
  if (joinS === undefined) return NOTHING;
  await setTimeout(SETTLE_MS);
  const rest = await cluster.rest();
  const updateS: (number | undefined)[] = [];
  for (let round = 0; round < UPDATES && !isLate(updateS); round += 1) {
    updateS.push(await cluster.update(7 * round + 1));
    await setTimeout(UPDATE_PAUSE_MS);
  }
  const others = await cluster.addOthers(CRASHES + LEAVES);
  // As when it never joined: nobody could know of what becomes of them.
  if (others === undefined) return { ...NOTHING, joinS, ...rest, updateS };
  const crashS = await overlapping(others.slice(0, CRASHES), (other) => cluster.crash(other));
  const leaveS: (number | undefined)[] = [];
  for (const other of others.slice(CRASHES)) {
    if (!isLate(leaveS)) leaveS.push(await cluster.leave(other));
  }
  const removals = stops > 0 ? await cluster.stopSome(stops) : {};
  return { ...NOTHING, joinS, ...rest, updateS, crashS, leaveS, ...removals };
}

/** Where one was not in time, those after it are left out: each would take as long. */
function isLate(took: readonly (number | undefined)[]): boolean {
  return took.length > 0 && took.at(-1) === undefined;
}

/** Begins one after another, the next when one is over or takes long. */
async function overlapping<T, R>(
  items: readonly T[],
  begin: (item: T) => Promise<R>,
): Promise<R[]> {
  const begun: Promise<R>[] = [];
  for (const item of items) {
    const one = begin(item);
    begun.push(one);
    await Promise.race([one, setTimeout(NEXT_CRASH_MS)]);
  }
  return Promise.all(begun);
}

/** A member of the cluster with a process of its own. */
interface Other {
  readonly member: number;
  readonly host: Host;
}

class Cluster {
  readonly #contender: Contender;
  readonly #place: Place;
  readonly #peers: number;
  readonly #main: Host;
  readonly #hosts: Host[] = [];
  #members = 0;
  #listed = 0;

  constructor(contender: Contender, peers: number, place: Place) {
    this.#contender = contender;
    this.#place = place;
    this.#peers = peers;
    this.#main = this.#newHost();
  }

  /** The time from the start of the first one until all list all. */
  async join(): Promise<number | undefined> {
    const seconds = await this.#timed(async () => {
      await this.#start(this.#main, this.#peers);
      await this.#main.ask({ type: "await-listed", size: this.#listed });
    });
    return seconds;
  }

  async rest(): Promise<Pick<Findings, "cpuMsPerS" | "bytesPerS" | "residentMb">> {
    const { pids } = this.#main;
    const [pid] = pids;
    const hasOwnLoopback = pid !== undefined && this.#place !== undefined;
    const bytes = (): number => (hasOwnLoopback ? loopbackBytes(pid) : Number.NaN);
    const before = { cpuMs: cpuMsOf(pids), bytes: bytes(), atMs: performance.now() };
    await setTimeout(REST_MS);
    const peerSeconds = (this.#peers * (performance.now() - before.atMs)) / 1_000;
    const bytesPerS = (bytes() - before.bytes) / peerSeconds;
    return {
      cpuMsPerS: (cpuMsOf(pids) - before.cpuMs) / peerSeconds,
      bytesPerS: Number.isNaN(bytesPerS) ? undefined : bytesPerS,
      residentMb: residentMbOf(pids),
    };
  }

  async update(round: number): Promise<number | undefined> {
    const member = round % this.#peers;
    const seen = this.#main.ask({ type: "await-updated", member });
    return this.#timed(async (restart) => {
      // The answer to an agent's command is that it was made; all others tell of it at once.
      await this.#main.ask({ type: "update", member }).then(restartIf(this.#contender, restart));
      await seen;
    });
  }

  /** Adds members with a process each; undefined when they are not listed by all in time. */
  async addOthers(count: number): Promise<readonly Other[] | undefined> {
    const others: Other[] = [];
    const started: Promise<void>[] = [];
    for (let index = 0; index < count; index += 1) {
      const host = this.#newHost();
      others.push({ member: this.#members, host });
      started.push(this.#start(host, 1));
    }
    return (await this.#allListed(started, others)) ? others : undefined;
  }

  crash({ member, host }: Other): Promise<number | undefined> {
    this.#listed -= 1;
    return this.#timed(async () => {
      const seen = this.#main.ask({ type: "await-gone", member });
      host.kill();
      await seen;
    });
  }

  leave({ member, host }: Other): Promise<number | undefined> {
    this.#listed -= 1;
    return this.#timed(async () => {
      const seen = this.#main.ask({ type: "await-gone", member });
      // What it does afterwards is its own affair; some end before they can answer.
      host.ask({ type: "leave", member }).catch(() => {});
      await seen;
    });
  }

  /** Adds members that are stopped, all at once, and counts who is removed meanwhile. */
  async stopSome(times: number): Promise<Partial<Findings>> {
    const host = this.#newHost();
    const first = this.#members;
    const count = Math.max(1, Math.round(STOPPED_SHARE * this.#peers));
    const started = this.#start(host, count);
    if (!(await this.#allListed([started], [{ member: first, host }]))) return {};
    const before = await this.#removals([this.#main, host]);
    for (let time = 0; time < times; time += 1) {
      for (const pid of host.pids) process.kill(pid, "SIGSTOP");
      await setTimeout(STOPPED_MS);
      for (const pid of host.pids) process.kill(pid, "SIGCONT");
      await setTimeout(RUNNING_MS);
    }
    const after = await this.#removals([this.#main, host]);
    const between = (from: number, to: number): number => {
      let sum = 0;
      for (let member = from; member < to; member += 1) {
        sum += (after.get(member) ?? 0) - (before.get(member) ?? 0);
      }
      return sum;
    };
    return {
      removedRunning: between(0, this.#peers),
      removedStopped: between(first, first + count),
    };
  }

  kill(): void {
    for (const host of this.#hosts) host.kill();
  }

  #newHost(): Host {
    const host = this.#contender.host(this.#place);
    this.#hosts.push(host);
    return host;
  }

  async #start(host: Host, count: number): Promise<void> {
    const first = this.#members;
    this.#members += count;
    this.#listed += count;
    await host.ask({ type: "start", first, count, port: FIRST_PORT, seed: 0 });
  }

  /** Whether these have started in time, and all that matter list all. */
  async #allListed(started: readonly Promise<void>[], others: readonly Other[]): Promise<boolean> {
    const size = this.#listed;
    const hosts = [this.#main, ...others.map(({ host }) => host)];
    const took = await this.#timed(async () => {
      await Promise.all(started);
      await Promise.all(hosts.map((host) => host.ask({ type: "await-listed", size })));
    });
    return took !== undefined;
  }

  async #removals(hosts: readonly Host[]): Promise<ReadonlyMap<number, number>> {
    const sums = new Map<number, number>();
    for (const host of hosts) {
      const { gones = {} } = await host.ask({ type: "gones" });
      for (const [member, count] of Object.entries(gones)) {
        sums.set(Number(member), (sums.get(Number(member)) ?? 0) + count);
      }
    }
    return sums;
  }

  /** How long it takes, in seconds; undefined when it does not end in time. */
  async #timed(run: (restart: () => void) => Promise<void>): Promise<number | undefined> {
    let startedAtMs = performance.now();
    const restart = (): void => {
      startedAtMs = performance.now();
    };
    const timeout = new AbortController();
    const late = setTimeout(TIMEOUT_MS, "late", { signal: timeout.signal }).catch(() => "late");
    const outcome = await Promise.race([run(restart).then(() => "done"), late]);
    timeout.abort();
    return outcome === "done" ? (performance.now() - startedAtMs) / 1_000 : undefined;
  }
}

function restartIf({ isAgent }: Contender, restart: () => void): () => void {
  return () => {
    if (isAgent === true) restart();
  };
}
