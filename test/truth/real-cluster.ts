// The scenario with real processes on loopback.

import { type ChildProcess, fork } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  type CpuTime,
  CRASHED,
  gather,
  type Lists,
  listAll,
  listEverywhere,
  listName,
  listNowhere,
  type OfStages,
  PAUSED,
  PEERS,
  PEERS_PER_PROCESS,
  type StageResult,
  type Times,
  UPDATED,
} from "./cluster.js";
import type { WorkerReport, WorkerRequest } from "./messages.js";

const WORKER_FILE = fileURLToPath(new URL("worker.ts", import.meta.url));
const PATIENCE_MS = 60_000;

/** Processes that one cluster after another runs in, so that they are warm. */
export class RealProcesses {
  readonly #children: readonly ChildProcess[];
  readonly #onReports = new Set<(report: WorkerReport) => void>();

  private constructor(children: readonly ChildProcess[]) {
    this.#children = children;
    for (const child of children) {
      child.on("message", (report: WorkerReport) => {
        for (const onReport of this.#onReports) onReport(report);
      });
    }
  }

  static async start(): Promise<RealProcesses> {
    const count = PEERS / PEERS_PER_PROCESS;
    const children = Array.from({ length: count }, () =>
      fork(WORKER_FILE, { execArgv: ["--import", "tsx"] }),
    );
    for (const { pid } of children) favour(pid);
    await Promise.all(
      children.map((child) => new Promise((resolve) => child.once("message", resolve))),
    );
    return new RealProcesses(children);
  }

  listen(onReport: (report: WorkerReport) => void): () => void {
    this.#onReports.add(onReport);
    return () => this.#onReports.delete(onReport);
  }

  send(request: WorkerRequest): void {
    this.of(request.index).send(request);
  }

  /** The process that a peer runs in. */
  of(index: number): ChildProcess {
    const child = this.#children[Math.floor(index / PEERS_PER_PROCESS)];
    if (child === undefined) throw new Error(`no process for peer ${index}`);
    return child;
  }

  /** The CPU time of each process so far, by Linux's account; elsewhere nothing. */
  cpu(): CpuTime[] {
    return this.#children.map(({ pid }) => cpuOf(pid));
  }

  stop(): void {
    for (const child of this.#children) child.kill("SIGKILL");
  }
}

/** The times of a run, and the CPU time that its parts took. */
export interface RealRun {
  readonly times: Times;
  readonly cpu: OfStages<CpuTime>;
}

/** Forms a cluster once for nothing, so that what is timed later is compiled by then. */
export async function warmUp(processes: RealProcesses): Promise<void> {
  const cluster = new RealCluster(processes);
  try {
    await cluster.join();
  } finally {
    await cluster.stop();
  }
}

/** Runs the scenario once. */
export async function runReal(processes: RealProcesses): Promise<RealRun> {
  const cluster = new RealCluster(processes);
  try {
    return await cluster.run();
  } finally {
    await cluster.stop();
  }
}

class RealCluster {
  readonly #processes: RealProcesses;
  readonly #addresses: string[] = [];
  readonly #lists: Map<string, string>[] = [];
  readonly #stopListening: () => void;
  #latestMs = 0;
  readonly #onChanges = new Set<() => void>();

  constructor(processes: RealProcesses) {
    this.#processes = processes;
    this.#stopListening = processes.listen((report) => this.#onReport(report));
  }

  async run(): Promise<RealRun> {
    const join = await this.#measure(async () => [await this.join()]);
    const update = await this.#measure(async () => {
      const times: number[] = [];
      for (const index of UPDATED) times.push(await this.#update(index));
      return times;
    });
    const pause = await this.#measure(() => this.#pause());
    const resume = await this.#measure(() => this.#resume());
    const crash = await this.#measure(() => {
      return Promise.all(CRASHED.map((index) => this.#crash(index)));
    });
    return gather({ join, update, pause, resume, crash });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#addresses.map((_, index) => this.#ask({ type: "stop", index })));
    this.#stopListening();
  }

  /** Runs a part of the scenario, and tells the CPU time that each process took. */
  async #measure(run: () => Promise<readonly number[]>): Promise<StageResult<CpuTime>> {
    const before = this.#processes.cpu();
    const times = await run();
    const cpu = this.#processes.cpu().map(({ spentMs, waitedMs }, index) => ({
      spentMs: spentMs - (before[index]?.spentMs ?? 0),
      waitedMs: waitedMs - (before[index]?.waitedMs ?? 0),
    }));
    return { times, cpu };
  }

  async join(): Promise<number> {
    await this.#start(0, []);
    const startMs = nowMs();
    const seeds = [this.#addresses[0] ?? ""];
    const others = Array.from({ length: PEERS - 1 }, (_, index) => this.#start(index + 1, seeds));
    await Promise.all(others);
    return (await this.#until("all join", listAll)) - startMs;
  }

  async #update(index: number): Promise<number> {
    const name = `peer-${index}-updated`;
    const startMs = (await this.#ask({ type: "update", index, name })).atMs;
    const address = this.#addresses[index] ?? "";
    return (await this.#until("an update", (lists) => listName(lists, address, name))) - startMs;
  }

  /** Pauses a process until all others have given its peers up. */
  #pause(): Promise<number[]> {
    const startMs = nowMs();
    this.#processes.of(PAUSED[0]).kill("SIGSTOP");
    return this.#eachOfPaused(startMs, (lists, address) => listNowhere(lists, address, PAUSED));
  }

  async #resume(): Promise<number[]> {
    const startMs = nowMs();
    this.#processes.of(PAUSED[0]).kill("SIGCONT");
    const times = await this.#eachOfPaused(startMs, listEverywhere);
    await this.#until("agreement after a pause", listAll);
    return times;
  }

  #eachOfPaused(
    startMs: number,
    isReached: (lists: Lists, address: string) => boolean,
  ): Promise<number[]> {
    const times = PAUSED.map(async (index) => {
      const address = this.#addresses[index] ?? "";
      return (await this.#until("a pause", (lists) => isReached(lists, address))) - startMs;
    });
    return Promise.all(times);
  }

  async #crash(index: number): Promise<number> {
    const startMs = (await this.#ask({ type: "stop", index })).atMs;
    const address = this.#addresses[index] ?? "";
    const isGone = (lists: Lists): boolean => listNowhere(lists, address, CRASHED);
    return (await this.#until("a crash", isGone)) - startMs;
  }

  async #start(index: number, seeds: readonly string[]): Promise<void> {
    // Before it starts, since what it lists is told as it changes from there.
    const list = new Map<string, string>();
    this.#lists[index] = list;
    const { address } = await this.#ask({ type: "start", index, seeds });
    this.#addresses[index] = address;
    list.set(address, `peer-${index}`);
  }

  #ask(request: WorkerRequest): Promise<Extract<WorkerReport, { type: "done" }>> {
    return new Promise((resolve) => {
      const stopListening = this.#processes.listen((report) => {
        if (report.type !== "done" || report.index !== request.index) return;
        stopListening();
        resolve(report);
      });
      this.#processes.send(request);
    });
  }

  #onReport(report: WorkerReport): void {
    if (report.type !== "listed") return;
    const { index, address, name, atMs } = report;
    if (name === undefined) this.#lists[index]?.delete(address);
    else this.#lists[index]?.set(address, name);
    this.#latestMs = Math.max(this.#latestMs, atMs);
    for (const onChange of this.#onChanges) onChange();
  }

  /** When what is waited for came true, by the clock of whoever brought it about. */
  async #until(what: string, isReached: (lists: Lists) => boolean): Promise<number> {
    const giveUp = new AbortController();
    const tooLong = setTimeout(PATIENCE_MS, undefined, { signal: giveUp.signal }).then(() => {
      throw new Error(`${what} took more than ${PATIENCE_MS} ms: ${JSON.stringify(this.#sizes())}`);
    });
    let onChange = (): void => {};
    const reached = new Promise<number>((resolve) => {
      onChange = () => {
        if (isReached(this.#lists)) resolve(this.#latestMs);
      };
      this.#onChanges.add(onChange);
      onChange();
    });
    try {
      return await Promise.race([reached, tooLong]);
    } finally {
      this.#onChanges.delete(onChange);
      giveUp.abort();
      tooLong.catch(() => {});
    }
  }

  #sizes(): number[] {
    return this.#lists.map((list) => list.size);
  }
}

/** Keeps other work of the machine out of the times, where that is allowed. */
function favour(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_HIGHEST);
  } catch {
    // Only an administrator may; then the machine has to be quiet.
  }
}

/** By Linux's account; elsewhere nothing. */
function cpuOf(pid: number | undefined): CpuTime {
  const file = `/proc/${pid}/schedstat`;
  if (!existsSync(file)) return { spentMs: 0, waitedMs: 0 };
  const [spentNs, waitedNs] = readFileSync(file, "utf8").split(" ");
  return { spentMs: Number(spentNs) / 1e6, waitedMs: Number(waitedNs) / 1e6 };
}

function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
