// Makes random runs in several processes, one for each core, and gives what came of them in the order
// of their seeds: the same whatever the number of workers.

import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { CommandFailed } from "./command-failed.js";
import type { ScriptCoverage } from "./run-coverage.js";
import { brokenRun, type RunOrder, type RunOutcome, type RunReport } from "./run-messages.js";

const WORKER_FILE = fileURLToPath(new URL("run-worker.js", import.meta.url));
/** Seeds that a worker has at once, so that it never waits for the next one. */
const SEEDS_AHEAD = 2;
/**
 * All cores are in use, so that V8's helper threads only take from each other; and most of a short
 * batch is spent on compiling, which grows with what is inlined. Together a fifth less CPU time.
 */
const V8_FLAGS = ["--single-threaded-gc", "--max-inlined-bytecode-size-cumulative=300"];
/** How Node ends where it does not know a flag. */
const BAD_OPTION = 9;

/** Which runs, and by how many. */
export interface PoolOptions {
  readonly firstSeed: number;
  readonly runs: number;
  readonly peers: number | undefined;
  readonly workers: number;
  /** Told what each worker has run of the core and the wire; undefined where that is not asked for. */
  readonly onCoverage?: ((scripts: readonly ScriptCoverage[]) => void) | undefined;
}

/** Makes the runs, and gives what came of each in the order of the seeds. */
export async function* runInWorkers(options: PoolOptions): AsyncGenerator<RunOutcome> {
  const pool = new RunPool(options);
  try {
    for (let seed = options.firstSeed; seed < options.firstSeed + options.runs; seed += 1) {
      yield await pool.outcomeOf(seed);
    }
    await pool.end();
  } finally {
    pool.stop();
  }
}

interface Waiter {
  readonly seed: number;
  resolve(outcome: RunOutcome): void;
  reject(error: unknown): void;
}

class RunPool {
  readonly #options: PoolOptions;
  readonly #workers = new Set<RunWorker>();
  readonly #outcomes = new Map<number, RunOutcome>();
  /** Seeds that a worker had not begun when it ended. */
  readonly #again: number[] = [];
  #nextSeed: number;
  #waiter: Waiter | undefined;
  #onEmpty: (() => void) | undefined;
  #failure: Error | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#nextSeed = options.firstSeed;
    const workers = Math.min(options.workers, options.runs);
    for (let count = 0; count < workers; count += 1) this.#startWorker(V8_FLAGS);
  }

  /** Waits for what comes of that run. */
  outcomeOf(seed: number): Promise<RunOutcome> {
    return new Promise((resolve, reject) => {
      this.#waiter = { seed, resolve, reject };
      this.#tellWaiter();
    });
  }

  /** Waits until all workers have ended, after they gave their coverage. */
  end(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onEmpty = () => (this.#failure === undefined ? resolve() : reject(this.#failure));
      for (const worker of this.#workers) worker.tell({ type: "end" });
      if (this.#workers.size === 0) this.#onEmpty();
    });
  }

  /** Ends whatever still runs. */
  stop(): void {
    for (const worker of this.#workers) worker.stop();
    this.#workers.clear();
  }

  #startWorker(flags: readonly string[]): void {
    const worker: RunWorker = new RunWorker(flags, this.#options, {
      onOutcome: (outcome) => {
        this.#note(outcome);
        this.#feed(worker);
      },
      onEnd: (how) => this.#onWorkerEnded(worker, flags, how),
    });
    this.#workers.add(worker);
    this.#feed(worker);
  }

  #feed(worker: RunWorker): void {
    const { firstSeed, runs, peers } = this.#options;
    while (worker.seeds.length < SEEDS_AHEAD) {
      const isLeft = this.#nextSeed < firstSeed + runs;
      const seed = this.#again.shift() ?? (isLeft ? this.#nextSeed++ : undefined);
      if (seed === undefined) return;
      worker.run(seed, peers);
    }
  }

  #onWorkerEnded(worker: RunWorker, flags: readonly string[], how: string): void {
    if (!this.#workers.delete(worker)) return;
    const [seed, ...unbegun] = worker.seeds;
    if (!worker.isReady) {
      this.#again.push(...worker.seeds);
      if (flags.length > 0 && worker.isOfBadOption) return this.#startWorker([]);
      this.#fail(new CommandFailed(`a worker of the simulator could not start: it ${how}`));
    } else if (seed !== undefined) {
      this.#again.push(...unbegun);
      this.#startWorker(flags);
      this.#note(brokenRun(seed, this.#options.peers, `its worker ${how}`));
    } else if (worker.owesCoverage) {
      this.#fail(new CommandFailed(`a worker ${how} before it gave its coverage`));
    }
    if (this.#workers.size === 0) this.#onEmpty?.();
  }

  #note(outcome: RunOutcome): void {
    this.#outcomes.set(outcome.seed, outcome);
    this.#tellWaiter();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#tellWaiter();
  }

  #tellWaiter(): void {
    const waiter = this.#waiter;
    if (waiter === undefined) return;
    const outcome = this.#outcomes.get(waiter.seed);
    if (outcome === undefined && this.#failure === undefined) return;
    this.#waiter = undefined;
    this.#outcomes.delete(waiter.seed);
    if (outcome !== undefined) waiter.resolve(outcome);
    else waiter.reject(this.#failure);
  }
}

interface WorkerListener {
  onOutcome(outcome: RunOutcome): void;
  /** The process is no more; `how` it ended, as in "ended with SIGKILL". */
  onEnd(how: string): void;
}

/** One process. */
class RunWorker {
  /** The seeds that it was given and has not answered, that which it runs first. */
  readonly seeds: number[] = [];
  /** Whether it has loaded all that it needs. */
  isReady = false;
  /** Whether Node refused to start with the flags that it was given. */
  isOfBadOption = false;
  /** Whether it has still to tell what it has run. */
  owesCoverage: boolean;
  readonly #child: ChildProcess;
  readonly #listener: WorkerListener;

  constructor(flags: readonly string[], { onCoverage }: PoolOptions, listener: WorkerListener) {
    this.#listener = listener;
    this.owesCoverage = onCoverage !== undefined;
    this.#child = fork(WORKER_FILE, onCoverage === undefined ? [] : ["--coverage"], {
      execArgv: [...process.execArgv, ...flags],
      // Whatever it says is no part of the result.
      stdio: ["ignore", process.stderr, process.stderr, "ipc"],
    });
    this.#child.on("message", (report: RunReport) => {
      if (report.type === "ready") this.isReady = true;
      else if (report.type === "ran") this.#onRan(report.outcome);
      else {
        this.owesCoverage = false;
        onCoverage?.(report.scripts);
      }
    });
    this.#child.on("error", (error) => listener.onEnd(`failed: ${error.message}`));
    this.#child.on("close", (code, signal) => {
      this.isOfBadOption = code === BAD_OPTION;
      listener.onEnd(`ended with ${signal ?? `exit code ${code}`}`);
    });
  }

  run(seed: number, peers: number | undefined): void {
    this.seeds.push(seed);
    this.tell({ type: "run", seed, peers });
  }

  tell(order: RunOrder): void {
    // One that ends just now tells of it itself.
    if (this.#child.connected) this.#child.send(order, () => {});
  }

  stop(): void {
    this.#child.kill("SIGKILL");
  }

  #onRan(outcome: RunOutcome): void {
    this.seeds.shift();
    this.#listener.onOutcome(outcome);
  }
}
