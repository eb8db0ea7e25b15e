// One soak, from the first peer to the last look.

import { setTimeout as sleep } from "node:timers/promises";
import type { Departure, FalseFailure, PeerList, Sample } from "./messages.js";
import { SoakWorker } from "./workers.js";

/** What is done to the cluster. */
export interface SoakPlan {
  readonly minutes: number;
  readonly peers: number;
  readonly processes: number;
  /** How many of the peers are replaced in a minute. */
  readonly churnPercent: number;
  readonly updatesPerSecond: number;
}

/** What was seen. */
export interface SoakResult {
  /** For each process, what it held at each look after the first minute. */
  readonly samples: readonly (readonly Sample[])[];
  /** Looks that make up the begin, and the end. */
  readonly window: number;
  readonly falseFailures: readonly FalseFailure[];
  readonly replaced: number;
  readonly updates: number;
  /** Updates that came at another peer, by the time that they took: by the exponent of 2. */
  readonly delays: readonly number[];
  readonly overtaken: number;
  readonly eventsDropped: number;
  /** What some peer lacks or has beyond the others at the end. */
  readonly differences: readonly string[];
}

const SAMPLE_EVERY_MS = 5_000;
const WARM_UP_MS = 60_000;
/** A quarter of what is left after the warm-up, and no more than a minute. */
const MAX_WINDOW = 60_000 / SAMPLE_EVERY_MS;
/** After a peer went, so long nobody is wrong to say so. */
const EXCUSED_MS = 30_000;
/** How long all have to come to agree, at the begin and at the end. */
const PATIENCE_MS = 60_000;
/** So many of those that were taken for gone in error are told at once; all are counted. */
const MAX_TOLD = 20;
const UPDATE_STEP_MS = 20;
const DEPARTURES: readonly Departure[] = ["leave", "stop", "restart"];

/** A cluster under load. */
export class Soak {
  readonly #plan: SoakPlan;
  readonly #workers: SoakWorker[] = [];
  readonly #addresses = new Map<number, string>();
  readonly #falseFailures: FalseFailure[] = [];
  readonly #samples: Sample[][] = [];
  #updates = 0;
  #replaced = 0;
  #isOver = false;
  readonly #startedAtMs = performance.timeOrigin + performance.now();

  private constructor(plan: SoakPlan) {
    this.#plan = plan;
  }

  /** Starts the processes. */
  static async start(plan: SoakPlan): Promise<Soak> {
    const soak = new Soak(plan);
    for (let index = 0; index < plan.processes; index += 1) {
      const worker = await SoakWorker.start((code) => {
        if (soak.#isOver) return;
        console.error(`a worker process ended with ${code}`);
        process.exit(1);
      });
      worker.onReport((report) => {
        if (report.type === "false-failure") soak.#onFalseFailure(report.failure);
      });
      soak.#workers.push(worker);
      soak.#samples.push([]);
    }
    return soak;
  }

  kill(): void {
    this.#isOver = true;
    for (const worker of this.#workers) worker.kill();
  }

  async run(): Promise<SoakResult> {
    await this.#join();
    const endAtMs = performance.now() + this.#plan.minutes * 60_000;
    await Promise.all([this.#update(endAtMs), this.#churn(endAtMs), this.#sample(endAtMs)]);
    const differences = await this.#settle();
    const reports = await this.#lists();
    const delays: number[] = [];
    for (const report of reports) {
      for (const [index, count] of report.delays.entries()) {
        delays[index] = (delays[index] ?? 0) + count;
      }
    }
    await Promise.all(this.#workers.map((worker) => worker.ask({ type: "stop" }, "stopped")));
    const looks = this.#samples[0]?.length ?? 0;
    return {
      samples: this.#samples,
      window: Math.max(1, Math.min(MAX_WINDOW, Math.floor(looks / 3))),
      falseFailures: this.#falseFailures,
      replaced: this.#replaced,
      updates: this.#updates,
      delays,
      overtaken: reports.reduce((sum, report) => sum + report.overtaken, 0),
      eventsDropped: reports.reduce((sum, report) => sum + report.eventsDropped, 0),
      differences,
    };
  }

  /** The first peer of each process is a seed, and stays. */
  get #seeds(): string[] {
    return this.#workers.flatMap((_, index) => this.#addresses.get(index) ?? []);
  }

  #workerOf(id: number): SoakWorker {
    const worker = this.#workers[id % this.#workers.length];
    if (worker === undefined) throw new Error(`no process for peer ${id}`);
    return worker;
  }

  async #join(): Promise<void> {
    for (let id = 0; id < this.#plan.peers; id += 1) {
      const worker = this.#workerOf(id);
      const request = { type: "start", id, seeds: this.#seeds } as const;
      const { address } = await worker.ask(request, "started", (report) => report.id === id);
      this.#addresses.set(id, address);
    }
    const differences = await this.#settle();
    if (differences.length > 0) {
      throw new Error(`not all joined: ${differences.slice(0, MAX_TOLD).join("; ")}`);
    }
  }

  /** As many updates as planned, however late a timer is; by all peers in turn. */
  async #update(endAtMs: number): Promise<void> {
    const { peers, updatesPerSecond } = this.#plan;
    const startedAtMs = performance.now();
    while (performance.now() < endAtMs) {
      const due = ((performance.now() - startedAtMs) / 1_000) * updatesPerSecond;
      for (; this.#updates < due; this.#updates += 1) {
        const id = this.#updates % peers;
        this.#workerOf(id).send({ type: "update", id });
      }
      await sleep(UPDATE_STEP_MS);
    }
  }

  /** Peers go, in each way in turn, and others come. */
  async #churn(endAtMs: number): Promise<void> {
    const { peers, churnPercent } = this.#plan;
    const everyMs = 60_000 / ((peers * churnPercent) / 100);
    const churned = Array.from(this.#addresses.keys()).slice(this.#workers.length);
    for (let turn = 0; ; turn += 1) {
      const leftMs = endAtMs - performance.now();
      await sleep(Math.max(0, Math.min(everyMs, leftMs)));
      if (leftMs <= everyMs) return;
      // Each process in turn, and in it each peer.
      const id = churned[turn % churned.length];
      const departure = DEPARTURES[turn % DEPARTURES.length];
      if (id !== undefined && departure !== undefined) await this.#replace(id, departure);
    }
  }

  async #replace(id: number, departure: Departure): Promise<void> {
    const address = this.#addresses.get(id) ?? "";
    const untilMs = performance.timeOrigin + performance.now() + EXCUSED_MS;
    // All have to know before it happens: news of it is faster than another message to them.
    const excuse = { type: "excuse", address, untilMs } as const;
    await Promise.all(this.#workers.map((worker) => worker.ask(excuse, "excused")));
    const request = { type: "replace", id, departure, seeds: this.#seeds } as const;
    const isMeant = (report: { readonly id: number }): boolean => report.id === id;
    const started = await this.#workerOf(id).ask(request, "started", isMeant);
    this.#addresses.set(id, started.address);
    this.#replaced += 1;
  }

  async #sample(endAtMs: number): Promise<void> {
    await sleep(WARM_UP_MS);
    while (performance.now() < endAtMs) {
      const [due] = await Promise.all([sleep(SAMPLE_EVERY_MS, true), this.#sampleAll()]);
      if (!due) return;
    }
  }

  /** One process after another: a collection stops it for a moment. */
  async #sampleAll(): Promise<void> {
    for (const [index, worker] of this.#workers.entries()) {
      const { sample } = await worker.ask({ type: "sample" }, "sample");
      this.#samples[index]?.push(sample);
    }
  }

  /** Waits until all list the same, with the same updates. What differs when time is up is given. */
  async #settle(): Promise<string[]> {
    const giveUpAtMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const lists = (await this.#lists()).flatMap((report) => report.lists);
      const differences = differencesOf(lists, this.#plan.peers);
      if (differences.length === 0 || performance.now() > giveUpAtMs) return differences;
      await sleep(250);
    }
  }

  #lists() {
    return Promise.all(this.#workers.map((worker) => worker.ask({ type: "list" }, "list")));
  }

  #onFalseFailure(failure: FalseFailure): void {
    this.#falseFailures.push(failure);
    if (this.#falseFailures.length > MAX_TOLD) return;
    const atS = ((failure.atMs - this.#startedAtMs) / 1_000).toFixed(1);
    console.error(`after ${atS} s, ${failure.by}: ${failure.what} of ${failure.of}, which lives`);
  }
}

/** What peers list beyond, or short of, what those that live say of themselves. */
function differencesOf(lists: readonly PeerList[], peers: number): string[] {
  const truth = new Map(lists.map(({ address, updates }) => [address, updates[address] ?? 0]));
  const differences = lists.flatMap(({ address, updates }) => [
    ...Object.keys(updates)
      .filter((of) => !truth.has(of))
      .map((of) => `${address} lists ${of}, which is gone`),
    ...Array.from(truth)
      .filter(([of, update]) => updates[of] !== update)
      .map(([of, update]) => `${address} has update ${updates[of]} of ${of}, and not ${update}`),
  ]);
  return truth.size === peers ? differences : [`${truth.size} peers are there`, ...differences];
}
